"""The forward table of a network: q, c, χ, φ and the gradient scale coefficient, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import acos, inf, log10, pi, sqrt

from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.deviations import check_deviations
from freeblock.calculus.forward import check_vectors
from freeblock.calculus.premises import Premises
from freeblock.calculus.refusals import refusal
from freeblock.errors import RefusedError
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Repeat, Serial
from freeblock.signals.leaf_maps import Split
from freeblock.signals.passing import Passing, Progress
from freeblock.signals.signal import Signal, input_signal

GRADIENTS, SIGNAL = 10.0, 100.0
"""*explodes* and *vanishes*: GSC, and the mean square, by this factor."""
DEVIATION = 0.2
"""*collapses*: √(1 − c) behind the network below this, and less than half of what it was."""
NONLINEAR = 0.02
"""*pseudo-linear*: a smaller share of what a unit varies over the data is not affine in its input."""


@dataclass(frozen=True, slots=True)
class Row:
    """A block with the signal behind it. None: not known, or not meant for a block of this kind."""

    label: str
    count: int
    """The copies it stands for."""
    place: int | None
    """Of a copy that stands alone, which one it is."""
    q: float
    c: float | None
    chi: float | None
    phi: float | None
    gsc_squared: float | None
    split: Split | None
    nonlinear: float | None

    @property
    def gsc(self) -> float | None:
        """The gradient scale coefficient."""
        return None if self.gsc_squared is None else sqrt(self.gsc_squared)

    @property
    def dilution(self) -> float | None:
        """k of a sum of a skip and branches."""
        return None if self.split is None else self.split.k

    @property
    def deviation(self) -> float | None:
        """√(1 − c): how much a unit varies over the data, in units of its root mean square."""
        return None if self.c is None else sqrt(max(1 - self.c, 0.0))

    @property
    def diversity(self) -> float | None:
        """arccos(√c)/π: the probability that a unit has another sign than most of its values."""
        return None if self.c is None else acos(sqrt(min(max(self.c, 0.0), 1.0))) / pi


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and what holds of the whole. Logarithms are to the base 10."""

    network: Network
    derivation: Derivation
    q: float
    c: float
    rows: tuple[Row, ...]
    log_phi: float | None
    log_gsc_squared: float | None
    chi: float | None
    flags: tuple[tuple[str, str], ...]
    """(flag, why)."""
    refused: str | None
    """Why φ and GSC are not given."""
    error: float
    """Of the Gaussian means that were integrated, the largest relative error."""

    @property
    def last(self) -> Row:
        """The row of the output."""
        return self.rows[-1]


def forward_table(
    network: Network, q: float, c: float, *, premises: Premises, depth: bool = False, progress: Progress | None = None
) -> Table:
    """Follow a Gaussian input of mean square q > 0 and correlation −1 ≤ c ≤ 1 of two inputs.

    `depth`: one row for each copy of what is repeated. Raises RefusedError, OptionError, LimitError.
    """
    check_vectors(network)
    derivation = derive(network, order=1, premises=premises)
    check_deviations(derivation)
    known = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    passing = Passing(known, progress)
    freely = derivation.given >= 1
    rows, chi, logarithms = [], 1.0, (0.0, 0.0)
    signal = input_signal(q, c)
    total_chi: float | None = chi
    logs: tuple[float, float] | None = logarithms if freely else None
    for block, count, place in _pieces(network.block, passing, depth):
        row, signal, factor = _row(passing, block, count, place, signal, freely)
        rows.append(row)
        total_chi = None if total_chi is None or row.chi is None else total_chi * row.chi
        logs = None if logs is None or factor is None else (logs[0] + factor[0], logs[1] + factor[1])
    flags = _flags(q, c, rows, None if logs is None else logs[1])
    refused = None if logs is not None else _reason(derivation, freely)
    return Table(network, derivation, q, c, tuple(rows), logs and logs[0], logs and logs[1], total_chi, tuple(flags),
                 refused, passing.maps.error)


def _pieces(block: Block, passing: Passing, depth: bool) -> Iterator[tuple[Block, int, int | None]]:
    """(block, copies, which copy) along the chain of a network."""
    for part in block.parts if isinstance(block, Serial) else (block,):
        if isinstance(part, Repeat):
            count = passing.copies(part)
            if depth:
                yield from ((part.block, 1, place) for place in range(1, count + 1))
            elif count:
                yield part, count, None
        else:
            yield part, 1, None


def _row(
    passing: Passing, block: Block, count: int, place: int | None, signal: Signal, freely: bool
) -> tuple[Row, Signal, tuple[float, float] | None]:
    passing.last = None
    passed = passing.through(block, signal)
    after = passed.signal
    phi = passed.phi if freely else None
    squared = phi * signal.q / after.q if phi is not None and after.q else None
    factor = None if squared is None or phi is None else (_log(phi), _log(squared))
    nonlinear = passing.last[0].nonlinearity(passing.last[1]) if passing.last else None
    row = Row(block.label, count, place, after.q, after.correlation, passed.chi, phi, squared, passed.split,
              nonlinear)
    return row, after, factor


def _log(value: float) -> float:
    return log10(value) if value > 0 else -inf


def _reason(derivation: Derivation, freely: bool) -> str:
    if freely:
        return "the units of a normalisation have different standard deviations, or the signal is 0"
    try:
        raise refusal(derivation, 1)
    except RefusedError as error:
        return error.message


def _flags(q: float, c: float, rows: list[Row], gradients: float | None) -> Iterator[tuple[str, str]]:
    last = rows[-1]
    size = last.q / q
    if gradients is not None and gradients / 2 > log10(GRADIENTS):
        yield "explodes", f"gradients grow by GSC = {_power(gradients / 2)} relative to the signal"
    if size > SIGNAL:
        yield "explodes", f"the mean square of the signal grows by {size:.4g}"
    if gradients is not None and gradients / 2 < -log10(GRADIENTS):
        yield "vanishes", f"gradients shrink by GSC = {_power(gradients / 2)} relative to the signal"
    if size < 1 / SIGNAL:
        yield "vanishes", f"the mean square of the signal shrinks by {size:.4g}"
    if last.c is not None and last.deviation is not None and last.deviation < DEVIATION \
            and last.deviation < sqrt(1 - c) / 2:
        yield "collapses", f"two inputs end with correlation {last.c:.6g}: a unit varies by {last.deviation:.4g} of " \
                           "its root mean square"
    seen = [row.nonlinear for row in rows if row.nonlinear is not None]
    if last.q and seen and seen[-1] < NONLINEAR:
        yield "pseudo-linear", f"of what the last activation varies over the data, {seen[-1]:.3g} is not affine"


def _power(logarithm: float) -> str:
    return f"{10**logarithm:.5g}" if abs(logarithm) < 300 else f"10^{logarithm:.5g}"
