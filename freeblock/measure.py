"""The closed form beside the measurement: derive, choose values for the symbols, sample, compare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.premises import Premises
from freeblock.check import (
    UNTIL_MEASURED,
    CheckResult,
    Copy,
    Data,
    measured_symbols,
    run_check,
    run_image_check,
)
from freeblock.check.images.run import Predicted as PredictedOnImages
from freeblock.check.images.run import Uses
from freeblock.check.rows import rows_of
from freeblock.check.run import Predicted
from freeblock.check.unrolling import differs_by_place, unrolled
from freeblock.errors import DomainError, LimitError, OptionError, RefusedError, ShapeError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.renaming import all_symbols
from freeblock.formula.traversal import symbols
from freeblock.forwarding import read_input
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.network.narrowing import narrowed
from freeblock.network.network import Network
from freeblock.network.tree import leaves
from freeblock.report.values import constant_values
from freeblock.session import Result, derive_source, free_symbols, load_libraries
from freeblock.settings import is_whole, read_values
from freeblock.signal_check import signal_check
from freeblock.source import Source

DEFAULT_PREFIXES = ("sigma_", "rho_")
"""Standard deviations and root mean squares without a value are 1."""

DIGITS = 6
"""Of measured numbers that are put into formulas: more would only make exact fractions long."""
NARROWEST = 4096
"""The largest number that channels are divided by."""

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
    library: Sequence[str] = (), narrow: int | None = None, batch: int | None = None, blocks: bool = False,
    q: str | float | None = None, c: str | float | None = None, progress: Progress | None = None,
) -> Measurement:
    """Compare φ_1 … φ_order with samples. Orders that are not proved are compared at their free value.

    Of a network with data on vectors, mean square, correlation and gradient scale of the output are compared with what
    `forward` says for an input of mean square q and correlation c of two inputs (1 and 0 if not said).
    Networks on images have the channels they say, divided by `narrow`; with `blocks` the gradients at their blocks are
    measured too. Raises FreeblockError kinds; OptionError where a symbol has no value.
    """
    for option, count in (("width", width), ("samples", samples), ("seed", seed), ("narrow", narrow),
                          ("batch", batch)):
        if count is not None and not is_whole(count):
            raise OptionError(f"the {option} is a whole number, not {count!r}")
    program = parse_program(source) if isinstance(source, Source) else source
    data = _data(q, c, network)
    copies = _Copies(program, order, name, library, values)
    derived = copies.derived(1)
    on_images = derived.derivation.network.image is not None
    _check_options(on_images, width, narrow, blocks, data)
    if narrow is not None and narrow > 1:
        derived = copies.derived(narrow)
    derivation = derived.derivation
    numbers, defaults = _numbers(derivation, read_values(values), network)
    if on_images:
        factor = narrow or 1
        half = copies.half(2 * factor)
        known = {*defaults, *measured_symbols(derivation.network.block, network)}
        full = _Evaluated(copies, factor, order, known, network)
        result = run_image_check(
            _copy(derivation, factor, full.moments),
            None if half is None else _copy(half.derivation, 2 * factor,
                                            _Evaluated(copies, 2 * factor, order, known, network).moments),
            numbers, samples=samples, seed=seed, order=order, network=network, progress=progress, batch=batch,
            tails=full.tails if blocks else None)
        derived = full.last or derived
        derivation = derived.derivation
    else:
        block, settled = derivation.network.block, {**(values or {}), **dict.fromkeys(defaults, 1)}
        derived = (copies.behind(data, settled) if data is not None else None) or derived
        derivation = derived.derivation
        result = run_check(block, _prediction(derivation, order), numbers, width=width, samples=samples, seed=seed,
                           order=order, network=network, progress=progress, batch=batch, data=data)
        if network:
            signal = signal_check(
                program, block, numbers, data or Data(), name=name, library=library, values=settled, width=width,
                samples=samples, seed=seed, batch=batch, progress=progress)
            result = replace(result, signal=signal, agrees=result.agrees and signal.agrees,
                             seconds=result.seconds + signal.seconds)
    unproved = frozenset(k for k in range(1, order + 1) if k > derivation.proved)
    return Measurement(replace(result, unproved=unproved), derived, defaults)


def _data(q: str | float | None, c: str | float | None, network: bool) -> Data | None:
    """The input that was asked for; None where nothing was."""
    if q is None and c is None:
        return None
    if not network:
        raise OptionError("--q and --c are for data that go through the network", hint="add --network")
    return Data(*read_input(1 if q is None else q, 0 if c is None else c))


class _Copies:
    """Derivations of one program with its channels divided."""

    def __init__(
        self, program: Program, order: int, name: str | None, library: Sequence[str],
        values: Mapping[str, object] | None,
    ) -> None:
        self._program, self._order, self._name, self._values = program, order, name, values
        self._library = [read_source(file) for file in library]

    def derived(self, narrow: int, known: Mapping[str, object] | None = None) -> Result:
        """The derivation with the channels divided by so much, and values for more symbols."""
        program = self._program
        if narrow > 1:
            program = narrowed(program, load_libraries(self._library), narrow, self._name and spell(self._name))
        return derive_source(program, order=self._order, name=self._name, library=self._library,
                             values={**(self._values or {}), **(known or {})}, assume_free=True)

    def behind(self, data: Data, values: Mapping[str, object]) -> Result | None:
        """The derivation with what these data decide worked out, None where that is not known."""
        try:
            return derive_source(self._program, order=self._order, name=self._name, library=self._library,
                                 values=values, assume_free=True, q=data.exact_q, c=data.exact_c)
        except (RefusedError, LimitError, OptionError):
            return None

    def half(self, narrow: int) -> Result | None:
        """The same where a copy so narrow is wanted and may not exist: its shapes need not fit together."""
        try:
            return self.derived(narrow)
        except (ShapeError, DomainError):
            return None


def _check_options(
    on_images: bool, width: int | None, narrow: int | None, blocks: bool, data: Data | None
) -> None:
    if on_images and data is not None:
        raise OptionError("--q and --c are for networks on vectors", hint="leave them out: images are white")
    if on_images and width is not None:
        raise OptionError("--width is for networks on vectors; an image has the shape that `input` says",
                          hint="--narrow 4 divides the numbers of channels by 4, --set gives symbols values")
    if not on_images and (blocks or narrow is not None):
        what = "--blocks and --plot are" if blocks else "--narrow is"
        raise OptionError(f"{what} for networks on images", hint="say the shape of the input: `input (3, 32, 32)`"
                          if blocks else "--width says how wide a network on vectors is")
    if narrow is not None and not 1 <= narrow <= NARROWEST:
        raise OptionError(f"the channels are divided by a number between 1 and {NARROWEST}, not {narrow}")


def _numbers(
    derivation: Derivation, given: Mapping[str, Expression], network: bool
) -> tuple[dict[str, Fraction | float], dict[str, float]]:
    """A number for every symbol, and those that were taken for granted."""
    numbers: dict[str, Fraction | float] = dict(constant_values(derivation))
    for symbol, value in given.items():
        number = value.number()
        if number is not None:
            numbers[symbol] = Fraction(number)
        elif not symbols(value):
            numbers[symbol] = _value(value, {})
    defaults = {}
    stated = free_symbols(derivation) | derivation.network.whole
    measured = measured_symbols(derivation.network.block, network)
    for symbol in sorted((stated | _arguments(derivation)) - numbers.keys() - given.keys() - {"n"}):
        if symbol in measured:
            numbers[symbol] = UNTIL_MEASURED
            continue
        if not symbol.startswith(DEFAULT_PREFIXES):
            if symbol not in stated:
                continue  # it may not be needed; if it is, the sampler says where
            raise OptionError(f"`{symbol}` needs a number", hint=f"add --set {symbol}=NUMBER")
        defaults[symbol] = 1.0
    return numbers | defaults, defaults


def _prediction(derivation: Derivation, order: int) -> Predicted:
    """φ_1 … φ_order at given values of all symbols."""
    known = {name: float(value) for name, value in constant_values(derivation).items()}

    def predicted(at: Mapping[str, float]) -> list[float | None]:
        found: list[float | None] = []
        for k in range(1, order + 1):
            moment = derivation.moment(k)
            found.append(None if moment is None else _value(moment, {**at, **known}))
        return found

    return predicted


class _Evaluated:
    """A network on images derived with numbers for all symbols: so the energies at its positions have a closed form."""

    def __init__(self, copies: _Copies, narrow: int, order: int, known: Collection[str], network: bool) -> None:
        self._copies, self._narrow, self._order, self._network = copies, narrow, order, network
        self._known = frozenset(known)
        self.last: Result | None = None

    def moments(self, at: Mapping[str, float], uses: Uses) -> Sequence[float | None]:
        """φ_1 … φ_order where the symbols have these values; None where they have none there."""
        try:
            self._derive(at, uses)
        except (DomainError, ZeroDivisionError):
            self.last = None
        return [None] * self._order if self.last is None else _prediction(self.last.derivation, self._order)(at)

    def tails(self, at: Mapping[str, float], uses: Uses) -> list[float | None]:
        """φ of the network from each of its blocks on; none where nothing is predicted."""
        if self.moments(at, uses)[0] is None or self.last is None:
            return []
        whole = self._apart(at, uses) or self.last.derivation.network
        known = _rationals(uses)
        found: list[float | None] = []
        for row in rows_of(whole.block, at, self._network, whole.image):
            tail = unrolled(row.tail, at, known) if known else row.tail
            part = derive(replace(whole, block=tail), order=1, premises=Premises(True))
            found.append(_prediction(part, 1)(at)[0])
        return found

    def _derive(self, at: Mapping[str, float], uses: Uses) -> None:
        self.last = self._copies.derived(self._narrow, {name: f"{at[name]:.{DIGITS}g}" for name in self._known})
        network = self._apart(at, uses)
        if network is not None:
            network = replace(network, block=unrolled(network.block, at, _rationals(uses)))
            self.last = replace(self.last, derivation=derive(network, order=self._order, premises=Premises(True)))

    def _apart(self, at: Mapping[str, float], uses: Uses) -> Network | None:
        """The network whose statistics are symbols, where places that share one differ; else None."""
        if all(len(values) == 1 for values in uses.values()):
            return None
        others = {name: f"{at[name]:.{DIGITS}g}" for name in self._known - uses.keys()}
        network = self._copies.derived(self._narrow, others).derivation.network
        return network if differs_by_place(network.block, uses) else None


def _rationals(uses: Uses) -> dict[str, list[Fraction]]:
    return {name: [Fraction(f"{value:.{DIGITS}g}") for value in values] for name, values in uses.items()}


def _copy(derivation: Derivation, narrow: int, predicted: PredictedOnImages) -> Copy:
    network = derivation.network
    assert network.image is not None
    return Copy(network.block, network.image, narrow, predicted)


def _value(formula: Expression, values: Mapping[str, float]) -> float:
    try:
        return evaluate(formula, values).to_float()
    except (ArithmeticError, ValueError) as error:
        raise DomainError(f"the formula has no value there: {error}") from None


def _arguments(derivation: Derivation) -> frozenset[str]:
    """The symbols of the components, some of which may cancel in the result."""
    return all_symbols(value for leaf in leaves(derivation.network.block) for value in leaf.formulas)
