"""A function of one real variable as a tree.

Formulas of the rest of freeblock stand for positive symbols, so that (x^2)^(1/2) is x; here x has either sign, and
only what does not hold x is such a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.formula.rational import Rational
from freeblock.formula.sums import total
from freeblock.formula.traversal import substitute
from freeblock.language.records import Record, record


@record
class Constant(Record):
    """What does not depend on x."""

    value: Expression


@record
class Variable(Record):
    """The variable itself."""

    name: str = "x"


@record
class Sum(Record):
    """Two and more functions added."""

    parts: tuple[Tree, ...]


@record
class Product(Record):
    """Two and more functions multiplied."""

    parts: tuple[Tree, ...]


@record
class Power(Record):
    """A function raised to a number."""

    base: Tree
    exponent: Rational


@record
class Apply(Record):
    """A named smooth function of a function."""

    name: str
    argument: Tree


@record
class Choice(Record):
    """`above` where the switch is positive, `below` where it is negative."""

    switch: Tree
    above: Tree
    below: Tree


Tree: TypeAlias = Constant | Variable | Sum | Product | Power | Apply | Choice

X = Variable()
NOTHING, UNIT = Constant(ZERO), Constant(ONE)


def constant(value: Rational) -> Constant:
    """A number."""
    return Constant(number(value))


def added(parts: Sequence[Tree]) -> Tree:
    """The sum, with its constants taken together."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Sum) else (part,))]
    known = total([part.value for part in flat if isinstance(part, Constant)])
    kept: list[Tree] = [part for part in flat if not isinstance(part, Constant)]
    if not known.is_zero or not kept:
        kept.append(Constant(known))
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def multiplied(parts: Sequence[Tree]) -> Tree:
    """The product, with its constants taken together."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Product) else (part,))]
    known = product([(part.value, 1) for part in flat if isinstance(part, Constant)])
    if known.is_zero:
        return NOTHING
    kept: list[Tree] = [part for part in flat if not isinstance(part, Constant)]
    if not known.is_one or not kept:
        kept.insert(0, Constant(known))
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def raised(base: Tree, exponent: Rational) -> Tree:
    """A power. Raises ZeroDivisionError for 0 to a negative number."""
    if exponent == 1:
        return base
    if not exponent:
        return UNIT
    if isinstance(base, Constant):
        if base.value.is_zero:
            if exponent < 0:
                raise ZeroDivisionError("division by zero")
            return NOTHING
        return Constant(base.value ** (exponent if isinstance(exponent, (int, Fraction)) else Fraction(exponent)))
    if isinstance(base, Power) and isinstance(exponent, int) and isinstance(base.exponent, int):
        return raised(base.base, base.exponent * exponent)
    if isinstance(base, Apply) and base.name == "cosh" and exponent < 0:
        return raised(Apply("sech", base.argument), -exponent)
    if isinstance(base, Apply) and base.name == "exp":
        return Apply("exp", multiplied((constant(exponent), base.argument)))
    return Power(base, exponent)


def negated(tree: Tree) -> Tree:
    """Minus the function."""
    return multiplied((constant(-1), tree))


def children(tree: Tree) -> tuple[Tree, ...]:
    """The functions it is made of."""
    if isinstance(tree, (Sum, Product)):
        return tree.parts
    if isinstance(tree, Power):
        return (tree.base,)
    if isinstance(tree, Apply):
        return (tree.argument,)
    return (tree.switch, tree.above, tree.below) if isinstance(tree, Choice) else ()


def children_first(tree: Tree) -> list[Tree]:
    """Every part, each object once, parts before what they are parts of."""
    order: list[Tree] = []
    seen: set[int] = set()
    waiting: list[tuple[Tree, bool]] = [(tree, False)]
    while waiting:
        part, done = waiting.pop()
        if done:
            order.append(part)
        elif id(part) not in seen:
            seen.add(id(part))
            waiting.append((part, True))
            waiting.extend((inner, False) for inner in children(part))
    return order


def with_values(tree: Tree, values: Mapping[str, Expression]) -> Tree:
    """The function with its parameters replaced."""
    done: dict[int, Tree] = {}
    for part in children_first(tree):
        done[id(part)] = _replaced(part, values, done)
    return done[id(tree)]


def _replaced(tree: Tree, values: Mapping[str, Expression], done: Mapping[int, Tree]) -> Tree:
    match tree:
        case Constant(value):
            return Constant(substitute(value, values))
        case Sum(parts):
            return added([done[id(part)] for part in parts])
        case Product(parts):
            return multiplied([done[id(part)] for part in parts])
        case Power(base, exponent):
            return raised(done[id(base)], exponent)
        case Apply(name, argument):
            return Apply(name, done[id(argument)])
        case Choice(switch, above, below):
            return Choice(done[id(switch)], done[id(above)], done[id(below)])
    return tree
