"""What a chain does to a signal: mean square and mean of the output from those of the input, block by block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from freeblock.errors import LimitError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression, symbol
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.language.walk import Pass, run
from freeblock.network.nodes import Block, Commuting, Leaf, Repeat, Scale, Serial
from freeblock.network.wording import in_words

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


def _after_leaf(leaf: Leaf, signal: Signal) -> Signal:
    rule = leaf.rule
    if rule.forward is None:
        raise RefusedError(f"no rule says what `{leaf.label}` does to the mean square of a signal", leaf.span,
                           "a component of a library says it under `forward`")
    if leaf.shared:
        raise RefusedError(f"`{leaf.label}` is one random object that may have met the signal before", leaf.span,
                           "without `let` each use draws fresh weights")
    shift = next((name for name in leaf.given if rule.parameters[name].ignored), None)
    if shift is not None:
        raise RefusedError(f"`{shift}` of `{leaf.label}` changes the mean square, and no rule says how", leaf.span,
                           f"leave `{shift}` out")
    if rule.depends_on in {"sign", "value"}:
        signal = _before_activation(leaf, signal)
    scope = dict(leaf.arguments)
    if signal.mean_square is not None:
        scope.setdefault("q", signal.mean_square)
    if signal.mean is not None:
        scope.setdefault("mean", signal.mean)
    law = signal.law if "scalar" in leaf.traits else "gaussian" if "left" in leaf.traits else "other"
    return Signal(_value(rule.forward.mean_square, scope), _value(rule.forward.mean, scope), law)


def _value(formula: Node | None, scope: dict[str, Expression]) -> Expression | None:
    if formula is None or any(name.name in {"q", "mean"} and name.name not in scope for name in names_in(formula)):
        return None
    return to_expression(formula, scope, free=False)


def _before_activation(leaf: Leaf, signal: Signal) -> Signal:
    """The signal an activation meets, which its rule takes to be N(0, q)."""
    rule, arguments = leaf.rule, leaf.arguments
    stated = arguments.get("q")
    if signal.law == "other":
        raise RefusedError(f"what `{leaf.label}` is applied to is not known to be Gaussian", leaf.span,
                           "a fresh weight before it would make it so")
    for premise in rule.premises:
        parameter = None if premise.unless not in leaf.given else rule.parameters[premise.unless]
        if parameter is not None and parameter.default is not None and \
                arguments[parameter.name] != to_expression(parameter.default, arguments, free=True):
            raise RefusedError(f"`{leaf.label}` states `{parameter.name}`, so its input is not N(0, q)", leaf.span,
                               f"leave `{parameter.name}` out")
    if stated is not None:
        given = signal.mean_square
        if given is not None and not multiply_out(given - stated).is_zero:
            raise RefusedError(
                f"`{leaf.label}` takes {in_words(stated)} for the variance of its input, which is {in_words(given)}",
                leaf.span, f"write `q={in_words(given)}`")
        return replace(signal, mean_square=stated)
    # Half of a symmetric law's mean square lies on either side, but its mean on one side is not known.
    return signal if signal.law == "gaussian" else replace(signal, mean=None)
