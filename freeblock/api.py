"""The Python interface: `import freeblock as fb`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from freeblock.check import CheckResult
from freeblock.comparing import Compared, compare_sources
from freeblock.errors import FreeblockError, OptionError
from freeblock.measure import Measurement, measure
from freeblock.rich_result import RichResult
from freeblock.session import derive_source, require
from freeblock.solving import Solved, solve_source
from freeblock.source import Source
from freeblock.verifying import Verified, verify_source

__all__ = ["FreeblockError", "check", "compare", "derive", "solve", "verify"]


def derive(
    expression: str, *, order: int = 2, name: str | None = None, library: str | Sequence[str] = (),
    values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out", assume_free: bool = False,
    assume: str | Sequence[str] = (), require_variance: bool = False,
) -> RichResult:
    """Derive φ_1 … φ_order (1 to 12) of JJᵀ for a block expression or program text.

    `values` maps symbols to numbers or formula texts. Raises FreeblockError for bad input; a refused order is
    None in the result, unless `require_variance` asks for φ and ϕ.
    """
    result = derive_source(
        _source(expression), order=order, name=name, library=_many(library), values=values, side=side,
        assume_free=assume_free, assume=_many(assume))
    if require_variance:
        require(result, "variance")
    return RichResult.of(result)


def check(
    expression: str, *, width: int | None = None, samples: int | None = None, seed: int = 0, order: int = 2,
    network: bool = False, values: Mapping[str, object] | None = None, name: str | None = None,
    library: str | Sequence[str] = (),
) -> CheckResult:
    """Compare the closed form with sampled random matrices (or, with `network`, with real forward passes).

    `width` is the number of input coordinates, 8 to 4096. Raises FreeblockError for bad input.
    """
    measurement: Measurement = measure(
        _source(expression), width=width, samples=samples, seed=seed, order=order, network=network,
        values=values, name=name, library=_many(library))
    return measurement.result


def solve(
    expression: str, unknown: str | Sequence[str], where: str | Sequence[str] = "phi = 1", *,
    depth: str | int | None = None, tolerance: str | float | None = None, order: int = 2, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None,
    side: Literal["out", "in", "average"] = "out", assume_free: bool = False, assume: str | Sequence[str] = (),
) -> Solved:
    """The admissible values of symbols that meet conditions on phi, variance, kappa, phi_3, …

    `depth` copies of the block are taken in series; an equation may be missed by `tolerance`. The result has
    `.solutions`, `.data()`, `.text()`; the list is empty where nothing is admissible. Raises FreeblockError.
    """
    return solve_source(
        _source(expression), _many(unknown), _many(where), depth=None if depth is None else str(depth),
        tolerance=None if tolerance is None else str(tolerance), order=order, name=name, library=_many(library),
        values=values, side=side, assume_free=assume_free, assume=_many(assume))


def verify(
    expression: str, claim: str | Sequence[str], *, order: int = 2, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out",
    assume_free: bool = False, assume: str | Sequence[str] = (),
) -> Verified:
    """Hold claims such as `phi = (sigma_w^2/2)^L` against what is derived; `.equal`, `.verdicts`, `.data()`.

    Raises FreeblockError: a refused result, a name the network lacks, bad input.
    """
    return verify_source(
        _source(expression), _many(claim), order=order, name=name, library=_many(library), values=values, side=side,
        assume_free=assume_free, assume=_many(assume))


def compare(
    networks: Mapping[str, str], *, columns: Sequence[str] = ("phi", "variance", "kappa", "condition"),
    unknown: str | None = None, where: str = "phi = 1", order: int = 2, library: str | Sequence[str] = (),
    values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out", assume_free: bool = False,
    assume: str | Sequence[str] = (),
) -> Compared:
    """Named networks side by side: `.text()`, `.data()`, `.curves(…)`. Raises FreeblockError for bad input."""
    sources = {name: _source(text) for name, text in networks.items()}
    return compare_sources(
        sources, columns=columns, unknown=unknown, where=where, order=order, library=_many(library), values=values,
        side=side, assume_free=assume_free, assume=_many(assume))


def _source(expression: str) -> Source:
    if not isinstance(expression, str):
        raise OptionError(f"the expression is text, not {type(expression).__name__}",
                          hint="for example 'dense >> relu'")
    return Source("expression", expression)


def _many(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()
