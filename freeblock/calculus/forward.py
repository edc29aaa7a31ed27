"""What a chain does to a signal: mean square and mean of the output from those of the input, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from freeblock.activation.on_demand import read_function, unit_function, weighted_sum
from freeblock.errors import LimitError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression, symbol
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.language.walk import Pass, run
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Commuting, Leaf, Repeat, Scale, Serial, Sum
from freeblock.network.wording import in_words
from freeblock.rules.schema import STATE

if TYPE_CHECKING:
    from freeblock.activation.means import UnitFunction

COPIES = 1000
"""Copies of a block that are followed one by one."""
_ANY = "mean square of the input"
"""A symbol that no text can name: a signal of any size."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Mean square and mean over units, None where not known; `law` is that of one unit, input: symmetric."""

    mean_square: Expression | None
    mean: Expression | None = ZERO
    law: Literal["input", "gaussian", "other"] = "input"


def forward(block: Block, mean_square: Expression | None) -> Signal:
    """The signal behind a chain whose input is symmetric. Raises RefusedError where no rule gives it, LimitError."""
    return run(_after(block, Signal(mean_square)))


def _after(block: Block, signal: Signal) -> Pass[Signal]:
    if isinstance(block, Leaf):
        return _after_leaf(block, signal)
    if isinstance(block, (Serial, Commuting)):
        for part in block.parts:
            signal = yield _after(part, signal)
        return signal
    if isinstance(block, Scale):
        inner = yield _after(block.block, signal)
        return replace(inner, mean_square=inner.mean_square and inner.mean_square * power(block.factor, 2),
                       mean=inner.mean and inner.mean * block.factor)
    if isinstance(block, Repeat):
        return (yield _after_copies(block, signal))
    raise RefusedError(f"the mean square behind branches is not derived: `{block.label}`", block.span,
                       "ask for it in a chain of blocks")


def _after_copies(block: Repeat, signal: Signal) -> Pass[Signal]:
    """Copy by copy until nothing changes, or by a factor for each copy."""
    count = block.count.number()
    if isinstance(count, int) and count <= COPIES:
        for _ in range(count):
            before, signal = signal, (yield _after(block.block, signal))
            if signal == before:
                break
        return signal
    first = yield _after(block.block, signal)
    if (yield _after(block.block, first)) == first:
        return first
    any_size = Signal(symbol(_ANY), None, first.law)
    found = yield _after(block.block, any_size)
    factor = None if found.mean_square is None else multiply_out(found.mean_square / symbol(_ANY))
    if factor is None or _ANY in symbols(factor) or first.mean_square is None or found.law != first.law:
        raise LimitError(f"the mean square behind `{block.label}` has no closed form",
                         block.span, f"give the number of copies, {COPIES} at most")
    last = product(((first.mean_square, 1), (_raised(factor, block.count - ONE - ONE), 1)))
    return replace(found, mean_square=product(((last, 1), (factor, 1))),
                   mean=found.mean and substitute(found.mean, {_ANY: last}))


def _raised(base: Expression, exponent: Expression) -> Expression:
    number = exponent.number()
    return power(base, exponent if number is None else number)


def check_vectors(network: Network) -> None:
    """Raise RefusedError for a network on images: a signal there has a mean square at each position."""
    if network.on_images or network.image is not None:
        raise RefusedError("a signal is followed through vectors, and this network is on images, whose positions share "
                           "weights and have mean squares of their own next to borders", network.block.span,
                           "write it with dense layers")


def unit_of(leaf: Leaf) -> UnitFunction | None:
    """The function of a unit-wise block, None where its rule gives none."""
    means, forward = leaf.jacobian.means, leaf.rule.forward
    if means is not None:
        return means.unit(leaf.arguments) if means.function is not None else None
    if forward is None or forward.function is None:
        return None
    return unit_function(read_function(forward.function, leaf.arguments, free=False, jumps=False), None, {})


def unit_sum(blocks: Sequence[Block]) -> UnitFunction | None:
    """The function that blocks on one vector add up to; None where one of them is no multiple of x or of a function."""
    terms: list[tuple[Expression, UnitFunction | None]] = []
    waiting = [(block, ONE) for block in reversed(blocks)]
    while waiting:
        block, factor = waiting.pop()
        if isinstance(block, Scale):
            waiting.append((block.block, factor * block.factor))
        elif isinstance(block, Sum):
            waiting.extend([(part, factor) for part in reversed(block.parts)])
        elif not isinstance(block, Leaf):
            return None
        elif block.rule.name == "id":
            terms.append((factor, None))
        else:
            unit = unit_of(block)
            if unit is None or unit.function is None or "q" in block.given:
                return None
            check_leaf(block)
            terms.append((factor, unit))
    return weighted_sum(terms)


def check_leaf(leaf: Leaf) -> None:
    """Raise RefusedError where no rule says what a component at its place does to a signal."""
    rule = leaf.rule
    silent = rule.forward is None and (leaf.jacobian.means is None or leaf.jacobian.means.function is None)
    if silent or (rule.depends_on == "statistics" and "scalar" not in leaf.traits):
        raise RefusedError(f"no rule says what `{leaf.label}` does to the mean square of a signal", leaf.span,
                           "a component of a library says it under `forward`")
    if leaf.shared:
        raise RefusedError(f"`{leaf.label}` is one random object that may have met the signal before", leaf.span,
                           "without `let` each use draws fresh weights")
    shift = next((name for name in leaf.given if rule.parameters[name].ignored), None)
    if shift is not None:
        raise RefusedError(f"`{shift}` of `{leaf.label}` changes the mean square, and no rule says how", leaf.span,
                           f"leave `{shift}` out")
    for premise in rule.premises:
        parameter = None if premise.unless not in leaf.given else rule.parameters[premise.unless]
        if parameter is not None and parameter.default is not None and leaf.arguments[parameter.name] != \
                to_expression(parameter.default, leaf.arguments, free=True):
            raise RefusedError(f"`{leaf.label}` states `{parameter.name}`, so its input is not N(0, q)", leaf.span,
                               f"leave `{parameter.name}` out")


def _after_leaf(leaf: Leaf, signal: Signal) -> Signal:
    check_leaf(leaf)
    rule = leaf.rule
    unit = unit_of(leaf)
    if rule.depends_on in {"sign", "value"}:
        signal = _before_activation(leaf, signal)
    law = signal.law if "scalar" in leaf.traits else "gaussian" if "left" in leaf.traits else "other"
    if unit is not None:
        return _after_function(unit, signal)
    assert rule.forward is not None
    scope = dict(leaf.arguments)
    if signal.mean_square is not None:
        scope.setdefault("q", signal.mean_square)
    if signal.mean is not None:
        scope.setdefault("mean", signal.mean)
    return Signal(_value(rule.forward.mean_square, scope), _value(rule.forward.mean, scope), law)


def _after_function(unit: UnitFunction, signal: Signal) -> Signal:
    """The exact means of a function; one that is a number with an error is not a formula."""
    q = signal.mean_square
    if q is None:
        return Signal(None, None, "other")
    square = unit.mean_square(q)
    mean = None if signal.mean is None else unit.mean(q)
    if square.error is not None:
        raise RefusedError("the mean square of an activation has no closed form here")
    return Signal(square.value, None if mean is None or mean.error is not None else mean.value, "other")


def _value(formula: Node | None, scope: dict[str, Expression]) -> Expression | None:
    if formula is None or any(name.name in STATE and name.name not in scope for name in names_in(formula)):
        return None
    return to_expression(formula, scope, free=False)


def _before_activation(leaf: Leaf, signal: Signal) -> Signal:
    """The signal an activation meets, which its rule takes to be N(0, q)."""
    stated = leaf.arguments.get("q")
    if signal.law == "other":
        raise RefusedError(f"what `{leaf.label}` is applied to is not known to be Gaussian", leaf.span,
                           "a fresh weight before it would make it so")
    if stated is not None:
        given = signal.mean_square
        if given is not None and not multiply_out(given - stated).is_zero:
            raise RefusedError(
                f"`{leaf.label}` takes {in_words(stated)} for the variance of its input, which is {in_words(given)}",
                leaf.span, f"write `q={in_words(given)}`")
        return replace(signal, mean_square=stated)
    # Half of a symmetric law's mean square lies on either side, but its mean on one side is not known.
    return signal if signal.law == "gaussian" else replace(signal, mean=None)
