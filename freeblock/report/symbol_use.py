"""Which symbols, indices, functions and matrices stand in the text of a derivation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields

from freeblock.calculus.derivation import Derivation
from freeblock.formula.expression import Expression, Function
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import index_name, symbols
from freeblock.language.records import record
from freeblock.network.nodes import Indexed, Leaf

OWN = frozenset({"J", "S", "z", "i"})
"""Letters of the report that are always the same."""
_UNIT_FUNCTION = "f(x)"
"""Among the functions of a derivation: a component is stated by its function."""


@record
class SymbolUse:
    """What the printed names of a derivation's symbols depend on, besides the user's notation."""

    used: frozenset[str]
    """Its symbols, indices among them."""
    indices: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    """The symbols that stand for the moments of blocks nothing is known of."""
    functions: frozenset[str] = frozenset()
    matrices: frozenset[str] = frozenset()
    """How the report prints its matrices and indices."""

    @property
    def taken(self) -> frozenset[str]:
        """The letters that are none of the user's, besides those of the report's quantities."""
        return OWN | self.matrices | _of_functions(self.functions)


def symbol_use(derivation: Derivation, matrices: Collection[str]) -> SymbolUse:
    """The symbols of a derivation whose matrices are printed so."""
    used, functions, indices = _used(derivation)
    return SymbolUse(frozenset(used), indices, _of_opaque_blocks(derivation), frozenset(functions),
                     frozenset(matrices))


def common_use(uses: Iterable[SymbolUse]) -> SymbolUse:
    """The symbols of several derivations that stand in one text, each printed alike everywhere."""
    every = list(uses)
    used, indices, opaque, functions, matrices = (
        frozenset().union(*(getattr(use, field.name) for use in every)) for field in fields(SymbolUse))
    # A name that is a moment here and a symbol of the user there is printed as that of a symbol.
    opaque = opaque.difference(*(use.used - use.opaque for use in every))
    return SymbolUse(used, indices, opaque, functions, matrices)


def _of_functions(functions: Collection[str]) -> set[str]:
    """Letters that mean something once a function is printed."""
    found: set[str] = set()
    if "sech_moment" in functions:
        found.add("z")
    if _UNIT_FUNCTION in functions:
        found |= {"f", "x"}
    if "Phi" in functions:
        found.add(r"\Phi")
    if "gamma" in functions:
        found.add(r"\Gamma")
    if "harmonic" in functions:
        found.add("H")
    return found


def _used(derivation: Derivation) -> tuple[set[str], set[str], frozenset[str]]:
    """Every symbol, function and index in any formula of the derivation."""
    names: set[str] = set()
    functions: set[str] = set()
    indices = {step.block.index for step in derivation.steps if isinstance(step.block, Indexed)}
    seen: set[Expression] = set()
    for step in derivation.steps:
        if step.law.model is not None:
            names.update(step.law.model.new)
        leaf = step.block
        if isinstance(leaf, Leaf) and leaf.jacobian.means is not None:
            functions.add(_UNIT_FUNCTION)
            for value in leaf.jacobian.means.names(leaf.arguments).values():
                names |= symbols(value)
    for formula in _formulas(derivation):
        if formula.number() is not None or formula in seen:
            continue
        for part in bottom_up(formula, known=seen):
            seen.add(part)
            for monomial in part.terms:
                for base, _ in monomial:
                    if isinstance(base, str):
                        names.add(base)
                    elif isinstance(base, Function):
                        functions.add(base.name)
                        if base.name in {"product", "sum"}:
                            indices.add(index_name(base.arguments[0]))
    return (names | indices) - {"e", "pi"}, functions, frozenset(indices)


def _formulas(derivation: Derivation) -> Iterable[Expression]:
    shapes = {id(side): side for step in derivation.steps for side in (step.law.rows, step.law.columns)}
    yield from shapes.values()
    for step in derivation.steps:
        if step.law.model is None and step.theorem != "serial":
            # Others hold the functions of the law they were renamed from, or of their premises.
            yield from (step.law.phi, *step.law.state)
        block: object = step.block
        for field in ("count", "factor", "lower", "upper") if not isinstance(block, Leaf) else ():
            value = getattr(block, field, None)
            if isinstance(value, Expression):
                yield value


def _of_opaque_blocks(derivation: Derivation) -> frozenset[str]:
    """The symbols that stand for the moments of blocks nothing is known of."""
    found: set[str] = set()
    for step in derivation.steps:
        if isinstance(step.block, Leaf) and step.block.jacobian.opaque:
            found |= symbols(step.law.phi).union(*map(symbols, step.law.state))
    return frozenset(found)
