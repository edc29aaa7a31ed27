"""What the laws of components of one rule have in common, and the laws that were worked out."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.calculus.law import Law
from freeblock.formula.expression import ONE_MONOMIAL, Expression, Monomial
from freeblock.formula.filling import Filling
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.rational import Rational
from freeblock.formula.renaming import Renaming, all_symbols, in_order_with_constants
from freeblock.language.formulas import names_in
from freeblock.language.nodes import Node
from freeblock.network.nodes import Leaf
from freeblock.rules.rule import Jacobian
from freeblock.rules.schema import MEAN_SQUARE

WIDTHS = ("fan_in", "fan_out")
MANY_FORMS = 20
"""With more widths (or arguments not given) than this in the laws of one family, these vary like arguments."""

Key = tuple[object, ...]


def placeholder(name: str) -> str:
    """A symbol no text can name."""
    return f"parameter {name}"


class Numbered:
    """A law with placeholders for numbers."""

    def __init__(self, law: Law, names: Sequence[str]) -> None:
        self._filling = Filling((law.phi, *law.state), names)

    def at(self, leaf: Leaf, numbers: Sequence[Rational]) -> Law:
        """The law of the leaf with the numbers in it, in the order of the names."""
        phi, *state = self._filling.at(numbers)
        return Law(leaf.rows, leaf.columns, phi, tuple(state))


class Form:
    """Laws alike up to some arguments."""

    def __init__(self, family: Family, varying: Sequence[str], fixed: Sequence[Expression], *, is_open: bool) -> None:
        self.family = family
        self.varying = tuple(varying)
        """The parameters, and widths, in which the laws differ."""
        self.is_open = is_open
        """Whether everything the law rests on varies."""
        self.fixed = all_symbols(fixed)
        """The symbols of everything else."""
        self.fixed_in_order = in_order_with_constants(self.fixed)
        self.particular = family.opaque or not all(map(is_manifestly_positive, fixed))
        """Every law is worked out by itself."""
        self.constant: Law | None = None
        """The law where nothing varies."""
        self.named: dict[Key, tuple[Law, tuple[str, ...], Renaming]] = {}
        """The law of the first one for each way the names of arguments compare."""
        self.numbered: dict[tuple[Monomial, ...], Numbered] = {}
        """Laws with placeholders for numbers."""

    def may_rename(self, values: Sequence[Expression]) -> bool:
        """Whether a law renamed is worth looking for: where everything varies, numbers are seldom the same."""
        return not self.is_open or all([set(value.terms.values()) == {1} for value in values])

    def may_count(self, values: Sequence[Expression]) -> bool:
        """Whether a law with placeholders for numbers is worth keeping: where everything varies, symbols do too."""
        return not self.is_open or all([ONE_MONOMIAL in value.terms for value in values])


class Family:
    """Components of one rule with the same arguments given, all square or none."""

    def __init__(self, leaf: Leaf, *, square: bool) -> None:
        self.opaque = leaf.jacobian.opaque
        named = _names_in(leaf.jacobian)
        # Which laws are possible rests on both widths, although the law may not.
        self.used = tuple([name for name in leaf.arguments if (name in WIDTHS and not square) or name in named])
        """The parameters, and widths, that the laws rest on."""
        self.sized = set(self.used).issuperset(WIDTHS)
        """Whether a law says what the widths are."""
        self.general: Law | None = None
        """A law with placeholders for everything it rests on."""
        self._forms: dict[Key, Form] = {}
        self._open: Form | None = None

    def form(self, leaf: Leaf) -> Form:
        """The laws with the same widths and arguments that are not given; one for all beyond a number of these."""
        given = leaf.given
        fixed = tuple([leaf.arguments[name] for name in self.used if name not in given])
        form = self._forms.get(fixed) or self._open
        if form is None and len(self._forms) < MANY_FORMS:
            varying = [name for name in self.used if name in given]
            form = self._forms[fixed] = Form(self, varying, fixed, is_open=False)
        elif form is None:
            form = self._open = Form(self, self.used, (), is_open=True)
        return form


def _names_in(jacobian: Jacobian) -> set[str]:
    """The names that a law rests on: those in its formulas, or in its function with the variance of x."""
    formulas: list[Node | None] = [jacobian.moments, jacobian.first, jacobian.second, jacobian.s_transform,
                                   jacobian.function, jacobian.derivative]
    for value, weight in jacobian.measure:
        formulas += [value, weight]
    return {name.name for formula in formulas if formula is not None for name in names_in(formula)} | {MEAN_SQUARE}
