"""How φ and the solutions of a condition behave as the depth grows, in words and in a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from freeblock.calculus.asymptotics import Leading, leading
from freeblock.calculus.constraints import constraints_of
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.solutions import Outcome, Range, Value
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.functions import facts_known
from freeblock.formula.signs import Known, sign_of
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import symbols
from freeblock.network.nodes import Block, Indexed, Repeat, Scale, Serial


@dataclass(frozen=True, slots=True)
class Growth:
    """What grows with which depth, how, and its leading term."""

    of: str
    depth: str
    words: str
    formula: Expression | None


def growth_of_outcome(derivation: Derivation, outcome: Outcome) -> tuple[Growth, ...]:
    """φ, and every end of a solution that depends on the depth."""
    depth = depth_symbol(derivation, outcome.unknowns)
    if depth is None:
        return ()
    known = constraints_of(derivation).known
    found = []
    with facts_known(known.facts, known.whole):
        for label, formula in _formulas(derivation, outcome):
            if depth in symbols(formula):
                term = leading(formula, depth)
                if term is not None:
                    found.append(described(label, depth, term, known))
    return tuple(found)


def _formulas(derivation: Derivation, outcome: Outcome) -> Iterator[tuple[str, Expression]]:
    if derivation.phi is not None:
        yield "phi", derivation.phi
    for solution in outcome.solutions:
        for name, value in solution.values.items():
            ends = (value,) if isinstance(value, Value) else (value.low, value.high)
            labels = (name,) if isinstance(value, Value) else (f"least {name}", f"largest {name}")
            if isinstance(value, Range) and value.low is None:
                labels = (name, f"largest {name}")
            for label, end in zip(labels, ends, strict=True):
                if end is not None and end.exact:
                    yield label, end.formula


def depth_symbol(derivation: Derivation, without: tuple[str, ...] = ()) -> str | None:
    """The whole symbol that φ has as an exponent or as the end of an index, else one that counts copies; L first."""
    if derivation.phi is None:
        return None
    found: set[str] = set()
    for part in bottom_up(derivation.phi):
        for monomial in part.terms:
            for base, exponent in monomial:
                if isinstance(exponent, Expression):
                    found |= symbols(exponent)
                if not isinstance(base, (str, int, Expression)):
                    found |= symbols(Expression({frozenset(((base, 1),)): 1}))
    for names in (found, _counts(derivation.network.block)):
        candidates = sorted((names & derivation.network.whole) - set(without), key=lambda name: (name != "L", name))
        if candidates:
            return candidates[0]
    return None


def _counts(block: Block) -> set[str]:
    """The symbols that say how many copies are in the chain; φ need not show them: it may be 1, or 1 + L."""
    found: set[str] = set()
    waiting = [block]
    while waiting:
        match waiting.pop():
            case Serial() as chain:
                waiting += chain.parts
            case Scale() as scaled:
                waiting.append(scaled.block)
            case Repeat() as repeat:
                found |= symbols(repeat.count)
                waiting.append(repeat.block)
            case Indexed(kind="serial") as indexed:
                found |= symbols(indexed.upper)
                waiting.append(indexed.body)
    return found


def described(label: str, depth: str, term: Leading, known: Known) -> Growth:
    """The growth in words; the formula is the leading term."""
    formula = term.formula(depth)
    if not term.base.is_one:
        sign = sign_of(term.base - ONE, known)
        words = ("exponential growth" if sign == 1 else "exponential decay" if sign == -1 else
                 "exponential, growth where the base is above 1 and decay where it is below")
        return Growth(label, depth, words, formula)
    if term.power.is_zero:
        return Growth(label, depth, "bounded, it tends to a constant", formula)
    sign = sign_of(term.power, known)
    kind = {1: "polynomial growth", -1: "polynomial decay"}.get(sign or 0, "a power of the depth")
    return Growth(label, depth, kind, formula)
