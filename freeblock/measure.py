"""The closed form beside the measurement: derive, choose values for the symbols, sample, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from freeblock.calculus.derivation import Derivation
from freeblock.check import CheckResult, run_check
from freeblock.errors import DomainError, OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.renaming import all_symbols
from freeblock.formula.traversal import symbols
from freeblock.language.nodes import Program
from freeblock.network.tree import leaves
from freeblock.report.values import constant_values
from freeblock.session import Result, derive_source, free_symbols
from freeblock.settings import is_whole, read_values
from freeblock.source import Source

DEFAULT_PREFIXES = ("sigma_", "rho_")
"""Standard deviations and root mean squares without a value are 1."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A check with the derivation it tested and the values that were taken for granted."""

    result: CheckResult
    derivation: Result
    defaults: Mapping[str, float]


def measure(
    source: Source | Program, *, width: int | None = None, samples: int | None = None, seed: int = 0, order: int = 2,
    network: bool = False, values: Mapping[str, object] | None = None, name: str | None = None,
    library: Sequence[str] = (), progress: Progress | None = None,
) -> Measurement:
    """Compare φ_1 … φ_order with samples. Orders that are not proved are compared at their free value.

    Raises FreeblockError kinds; OptionError where a symbol has no value.
    """
    for option, count in (("width", width), ("samples", samples), ("seed", seed)):
        if count is not None and not is_whole(count):
            raise OptionError(f"the {option} is a whole number, not {count!r}")
    given = read_values(values)
    derived = derive_source(source, order=order, name=name, library=library, values=values, assume_free=True)
    derivation = derived.derivation
    numbers: dict[str, Fraction | float] = dict(constant_values(derivation))
    for symbol, value in given.items():
        number = value.number()
        if number is not None:
            numbers[symbol] = Fraction(number)
        elif not symbols(value):
            numbers[symbol] = _value(value, {})
    defaults = {}
    stated = free_symbols(derivation) | derivation.network.whole
    for symbol in sorted((stated | _arguments(derivation)) - numbers.keys() - given.keys() - {"n"}):
        if not symbol.startswith(DEFAULT_PREFIXES):
            if symbol not in stated:
                continue  # it may not be needed; if it is, the sampler says where
            raise OptionError(f"`{symbol}` needs a number", hint=f"add --set {symbol}=NUMBER")
        defaults[symbol] = 1.0
    numbers |= defaults

    def predicted(at: Mapping[str, float]) -> list[float | None]:
        found: list[float | None] = []
        for k in range(1, order + 1):
            moment = derivation.moment(k)
            found.append(None if moment is None else _value(moment, at))
        return found

    result = run_check(derivation.network.block, predicted, numbers, width=width, samples=samples, seed=seed,
                       order=order, network=network, progress=progress)
    unproved = frozenset(k for k in range(1, order + 1) if k > derivation.proved)
    return Measurement(replace(result, unproved=unproved), derived, defaults)


def _value(formula: Expression, values: Mapping[str, float]) -> float:
    try:
        return evaluate(formula, values).to_float()
    except (ArithmeticError, ValueError) as error:
        raise DomainError(f"the formula has no value there: {error}") from None


def _arguments(derivation: Derivation) -> frozenset[str]:
    """The symbols of the components, some of which may cancel in the result."""
    return all_symbols(value for leaf in leaves(derivation.network.block) for value in leaf.arguments.values())
