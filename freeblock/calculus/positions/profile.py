"""An energy at every position of an image: a sum of formulas, each with numbers at the positions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from freeblock.calculus.positions.grid import Grid, TooMuch
from freeblock.formula.expression import ONE, Expression, number
from freeblock.formula.products import as_factor, product
from freeblock.formula.sums import total

MOST_FORMULAS = 12
"""A profile of more different formulas has no closed form worth printing."""


class Profile:
    """factor·Σ formula·grid; the formulas have no numeric factor."""

    __slots__ = ("factor", "terms")

    def __init__(self, terms: dict[Expression, Grid], factor: Expression = ONE) -> None:
        if len(terms) > MOST_FORMULAS:
            raise TooMuch
        self.terms = terms
        self.factor = factor
        """Multiplied in only where profiles are added: most components change it alone."""

    @classmethod
    def ones(cls, height: int, width: int) -> Profile:
        """1 at every position."""
        return cls({ONE: Grid.ones(height, width)})

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return next(iter(self.terms.values())).size

    @property
    def is_constant(self) -> bool:
        """Whether all positions have one value."""
        return all(grid.is_constant for grid in self.terms.values())

    def times(self, factor: Expression) -> Profile:
        """Every value multiplied by a formula."""
        return self if factor.is_one else Profile(self.terms, product(((self.factor, 1), (as_factor(factor), 1))))

    def each(self, change: Callable[[Grid], Grid]) -> Profile:
        """Every grid changed by a linear map."""
        return Profile({formula: change(grid) for formula, grid in self.terms.items()}, self.factor)

    def _multiplied(self) -> dict[Expression, Grid]:
        """The terms with the factor in them."""
        if self.factor.is_one:
            return self.terms
        terms: dict[Expression, Grid] = {}
        for formula, grid in self.terms.items():
            _add(terms, product(((formula, 1), (self.factor, 1))), grid)
        return terms

    def __add__(self, other: Profile) -> Profile:
        terms = dict(self._multiplied())
        for formula, grid in other._multiplied().items():
            terms[formula] = terms[formula] + grid if formula in terms else grid
        return Profile(terms)

    def __mul__(self, other: Profile) -> Profile:
        """The product position by position."""
        terms: dict[Expression, Grid] = {}
        for formula, grid in self.terms.items():
            for beside, second in other.terms.items():
                _add(terms, product(((formula, 1), (beside, 1))), grid * second)
        return Profile(terms, product(((self.factor, 1), (other.factor, 1))))

    def mean(self) -> Expression:
        """The mean over all positions."""
        return total(product(((formula, 1), (number(grid.mean()), 1))) for formula, grid in self._multiplied().items())


def _add(terms: dict[Expression, Grid], formula: Expression, grid: Grid) -> None:
    """Add formula·grid; the number in the formula goes into the grid."""
    if len(formula.terms) == 1:
        ((monomial, coefficient),) = formula.terms.items()
        if coefficient != 1:
            formula = Expression({monomial: 1})
            grid = grid.times(Fraction(coefficient))
    terms[formula] = terms[formula] + grid if formula in terms else grid
