"""A formula with numbers put in for all its symbols, again and again."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.formula.expression import Expression, Monomial, number
from freeblock.formula.rational import CHUNK_BITS, POWER_BITS, Rational, bits, divide, whole
from freeblock.formula.traversal import bottom_up, substitute

Powers = list[tuple[str | Expression, int]]


class Filling:
    """A formula prepared for substitution: exact arithmetic where all of it becomes a number of moderate size."""

    __slots__ = ("_expression", "_parts")

    def __init__(self, expression: Expression) -> None:
        self._expression = expression
        self._parts: list[tuple[Expression, list[tuple[Rational, Powers]]]] | None = []
        for part in bottom_up(expression):
            terms = [(coefficient, _plain_powers(monomial)) for monomial, coefficient in part.terms.items()]
            plain = [(coefficient, powers) for coefficient, powers in terms if powers is not None]
            if len(plain) < len(terms) or self._parts is None:
                self._parts = None
                break
            self._parts.append((part, plain))

    def at(self, values: Mapping[str, Rational]) -> Expression:
        """The formula with positive numbers for symbols. Raises what `substitute` does."""
        value = self._number(values)
        if value is None:
            return substitute(self._expression, {name: number(known) for name, known in values.items()})
        return number(value)

    def _number(self, values: Mapping[str, Rational]) -> Rational | None:
        """None where a symbol stays, or a number has so many digits that it is kept as powers or chunks."""
        done: dict[Expression, Rational] = {}
        value: Rational | None
        total: Rational = 0
        for part, terms in self._parts or ():
            total = 0
            for coefficient, powers in terms:
                for base, exponent in powers:
                    value = values.get(base) if isinstance(base, str) else done[base]
                    if value is None:
                        return None
                    if exponent != 1:
                        if not value or bits(value) * abs(exponent) > POWER_BITS:
                            return None
                        value = whole(value**exponent) if exponent > 0 else divide(1, whole(value**-exponent))
                    coefficient = coefficient * value
                total = total + coefficient
            done[part] = total
        return None if self._parts is None or bits(total) > CHUNK_BITS else total


def _plain_powers(monomial: Monomial) -> Powers | None:
    """The factors, if all are whole powers of symbols and sums."""
    found: Powers = []
    for base, exponent in monomial:
        if type(exponent) is not int or not isinstance(base, (str, Expression)):
            return None
        found.append((base, exponent))
    return found
