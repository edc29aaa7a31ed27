"""Formulas and counts inside messages and labels; a formula is printed where it is short enough to be read."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.formula.structure import bottom_up, children, symbol_name

READABLE = 400
"""Factors of a formula, counted as often as they would be printed."""


def is_readable(value: Expression) -> bool:
    """Whether a formula is short; its parts may be shared so often that it could never be printed."""
    sizes: dict[Expression, int] = {}
    for part in bottom_up(value):
        sizes[part] = sum(map(len, part.terms)) + sum(sizes[child] for child in children(part))
        if sizes[part] > READABLE:
            return False
    return True


def in_words(value: Expression) -> str:
    """The formula as it could be typed."""
    name = symbol_name(value)
    if name is not None:
        return name
    known = value.number()
    if type(known) is int and 0 <= known <= READABLE:
        return str(known)
    return print_expression(value, PLAIN) if is_readable(value) else "a long formula"


def plural(count: int, word: str) -> str:
    """The count with its noun: 1 argument, 2 arguments."""
    return f"{count} {word}{'' if count == 1 else 's'}"
