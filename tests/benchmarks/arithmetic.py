"""Evaluates a printed Python expression of any length: it sees the text only, and its exponents are unbounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from freeblock.formula.magnitude import Magnitude

_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]\w*)|(\*\*|[-+*/()]))")
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "minus": 3, "**": 4}
_WORK: dict[str, Callable[[Magnitude, Magnitude], Magnitude]] = {
    "+": Magnitude.__add__, "-": Magnitude.__sub__, "*": Magnitude.__mul__, "/": Magnitude.__truediv__,
    "**": Magnitude.__pow__}


def value_of(text: str, known: Mapping[str, Magnitude]) -> Magnitude:
    """The value of sums, products, powers and square roots."""
    values: list[Magnitude] = []
    waiting: list[str] = []
    operand_next = True

    def close(strength: int) -> None:
        while waiting and _STRENGTH.get(waiting[-1], 0) >= strength:
            operator = waiting.pop()
            if operator == "minus":
                values[-1] = -values[-1]
            else:
                second = values.pop()
                values[-1] = _WORK[operator](values[-1], second)

    for match in _TOKEN.finditer(text):
        digits, name, sign = match.groups()
        if digits:
            values.append(Magnitude.of(Fraction(int(digits))))
            operand_next = False
        elif name == "sqrt":
            waiting.append(name)
        elif name:
            values.append(known[name])
            operand_next = False
        elif sign == "(":
            waiting.append(sign)
            operand_next = True
        elif sign == ")":
            close(1)
            assert waiting.pop() == "("
            if waiting and waiting[-1] == "sqrt":
                waiting.pop()
                values[-1] = values[-1] ** Magnitude(0.5)
            operand_next = False
        elif operand_next:
            waiting.append("minus")
        else:
            # A power binds to the right, everything else to the left.
            close(_STRENGTH[sign] + (sign == "**"))
            waiting.append(sign)
            operand_next = True
    close(1)
    (result,) = values
    return result
