"""The Python interface: `import freeblock as fb`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from freeblock.check import CheckResult
from freeblock.comparing import Compared, compare_sources
from freeblock.diluting import DilutionResult, dilute_source
from freeblock.errors import FreeblockError, OptionError
from freeblock.forwarding import Forwarded, forward_source
from freeblock.measure import Measurement, measure
from freeblock.overlapping import Overlapped, overlap_source
from freeblock.rich_result import RichResult
from freeblock.session import derive_source, require
from freeblock.solving import Solved, solve_source
from freeblock.source import Source
from freeblock.truncating import Truncated, truncate_source
from freeblock.verifying import Verified, verify_source

__all__ = ["FreeblockError", "check", "compare", "derive", "dilution", "forward", "overlap", "shallow", "solve",
           "verify"]


def derive(
    expression: str, *, order: int = 2, name: str | None = None, library: str | Sequence[str] = (),
    values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out", assume_free: bool = False,
    assume: str | Sequence[str] = (), require_variance: bool = False, q: str | float | None = None,
    c: str | float | None = None,
) -> RichResult:
    """Derive the spectral moments φ_1 … φ_order of a network's Jacobian in closed form.

    Args:
        expression: A block expression, or the text of a program.
        order: The highest moment, 1 to 12.
        name: The definition to derive; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text: `{"sigma_w": "sqrt(2)"}`.
        side: `out` for φ(JJᵀ), normalised over the outputs; `in` for φ(JᵀJ), over the inputs.
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several, e.g. `independent-patterns`.
        require_variance: Raise where φ or ϕ is refused.
        q: The mean square of a unit of a Gaussian input. With it, what normalisations divide by and the variance that
            activations meet are worked out, and need not be set.
        c: With `q`, the correlation of two inputs, −1 to 1; 0 if not said.

    Returns:
        The result. A refused order is None in it, and its hypotheses say why.

    Raises:
        FreeblockError: Bad input; RefusedError with `require_variance` where φ or ϕ is refused.
    """
    result = derive_source(
        _source(expression), order=order, name=name, library=_many(library), values=values, side=side,
        assume_free=assume_free, assume=_many(assume), q=None if q is None else str(q), c=None if c is None else str(c))
    if require_variance:
        require(result, "variance")
    return RichResult.of(result)


def check(
    expression: str, *, width: int | None = None, samples: int | None = None, seed: int = 0, order: int = 2,
    network: bool = False, values: Mapping[str, object] | None = None, name: str | None = None,
    library: str | Sequence[str] = (), narrow: int | None = None, batch: int | None = None, blocks: bool = False,
    q: str | float | None = None, c: str | float | None = None,
) -> CheckResult:
    """Compare the closed form with sampled random matrices, or with real forward passes.

    Args:
        expression: A block expression, or the text of a program.
        width: The number of input coordinates, 8 to 4096; half of it is sampled too.
        samples: How many at the full width, 2 to 1 000 000; enough if not said.
        seed: The seed of the draws, 0 to 2^64 − 1.
        order: The highest moment, 1 to 8.
        network: Run data through the network, and use the patterns and statistics that really occur.
        values: Symbol → a number, or a formula as text. Standard deviations without a value are 1.
        name: The definition to check; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        narrow: What the numbers of channels of a network on images are divided by.
        batch: How many images, or vectors, go through at once.
        blocks: Measure the gradients at the blocks of a network on images, too.
        q: With `network`, the mean square of a unit of the input; 1 if not said.
        c: With `network`, the correlation of two inputs, −1 to 1; 0 if not said.

    Returns:
        Prediction, measurement, standard error and verdict for each order. Refused orders are compared at their
        free value. With `network`, `.signal` has those of mean square, correlation and gradient scale of the output.

    Raises:
        FreeblockError: Bad input, or a symbol without a value.
    """
    measurement: Measurement = measure(
        _source(expression), width=width, samples=samples, seed=seed, order=order, network=network,
        values=values, name=name, library=_many(library), narrow=narrow, batch=batch, blocks=blocks, q=q, c=c)
    return measurement.result


def solve(
    expression: str, unknown: str | Sequence[str], where: str | Sequence[str] = "phi = 1", *,
    depth: str | int | None = None, tolerance: str | float | None = None, q: str | float | None = None,
    show: str | Sequence[str] = (), order: int = 2, name: str | None = None, library: str | Sequence[str] = (),
    values: Mapping[str, object] | None = None, side: Literal["out", "in", "average"] = "out",
    assume_free: bool = False, assume: str | Sequence[str] = (),
) -> Solved:
    """The admissible values of symbols that meet conditions on the moments.

    Args:
        expression: A block expression, or the text of a program.
        unknown: The symbol to solve for, or several.
        where: A condition on phi, variance, kappa, phi_3, …, or several, e.g. `phi = 1` or `phi <= 2`.
        depth: How many copies of the block are taken in series: a whole number or a symbol.
        tolerance: By how much the two sides of an equation may differ.
        q: The mean square of the input, for conditions on `mean_square` and `mean`, those of the output.
        show: Formulas of such names whose values are wanted at each solution, one or several.
        order: The highest moment that is derived, 1 to 12; more where a condition needs it.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.
        side: `out` for φ(JJᵀ), `in` for φ(JᵀJ), `average` for their mean.
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.solutions` (empty where nothing is admissible), `.text()` and `.data()`.

    Raises:
        FreeblockError: Bad input, a refused result, or a condition that cannot be solved.
    """
    return solve_source(
        _source(expression), _many(unknown), _many(where), depth=None if depth is None else str(depth),
        tolerance=None if tolerance is None else str(tolerance), q=None if q is None else str(q), show=_many(show),
        order=order, name=name, library=_many(library), values=values, side=side, assume_free=assume_free,
        assume=_many(assume))


def forward(
    expression: str, *, q: str | float = 1, c: str | float = 0, depth_table: bool = False, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None, assume_free: bool = False,
    assume: str | Sequence[str] = (),
) -> Forwarded:
    """What a network does to a Gaussian signal, and to gradients: q, c, χ, φ and GSC block by block.

    Args:
        expression: A block expression, or the text of a program.
        q: The mean square of a unit of the input.
        c: The correlation of two inputs, −1 to 1.
        depth_table: One row for each copy of what is repeated.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.table` (its rows and flags), `.text()`, `.data()` and `.plot()`.

    Raises:
        FreeblockError: Bad input, a symbol without a value, or a block of which no rule says what it does.
    """
    return forward_source(
        _source(expression), q=q, c=c, depth_table=depth_table, name=name, library=_many(library), values=values,
        assume_free=assume_free, assume=_many(assume))


def dilution(
    expression: str, *, q: str | float = 1, c: str | float = 0, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None, assume_free: bool = False,
    assume: str | Sequence[str] = (),
) -> DilutionResult:
    """How far the skips of residual blocks dilute the growth of the branches beside them.

    Args:
        expression: A block expression, or the text of a program.
        q: The mean square of a unit of the input.
        c: The correlation of two inputs, −1 to 1.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text. One repeated block may keep its symbols, the depth among them.
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.found` (its blocks with k², R_S, R and GSC²), `.product` (formulas, or None), `.text()`, `.data()`, `.plot()`.

    Raises:
        FreeblockError: Bad input, no block with a skip, a refused φ, or symbols without a closed form.
    """
    return dilute_source(
        _source(expression), q=q, c=c, name=name, library=_many(library), values=values, assume_free=assume_free,
        assume=_many(assume))


def overlap(
    expression: str, *, q: str | float = 1, c: str | float = 0, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None,
) -> Overlapped:
    """φ and ϕ of a pre-activation residual network or DenseNet, exactly (the overlap theorem).

    Args:
        expression: A block expression, or the text of a program.
        q: The mean square of a unit of the input.
        c: The correlation of two inputs, −1 to 1, which batch norm looks at.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.

    Returns:
        `.found` (phi, variance, kappa, plain_kappa), `.text()` and `.data()`.

    Raises:
        FreeblockError: Bad input, a symbol without a value, or a network of another form.
    """
    return overlap_source(_source(expression), q=q, c=c, name=name, library=_many(library), values=values)


def shallow(
    expression: str, *, branches: int | None = None, cover: str | float | None = None, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None, assume_free: bool = False,
    assume: str | Sequence[str] = (),
) -> Truncated:
    """φ of blocks that are a skip beside a branch, summed over at most so many branches.

    Args:
        expression: A block expression, or the text of a program.
        branches: How many branches are kept at most; 3 if neither is said.
        cover: Instead of a number, the part of φ that the fewest branches are to cover, between 0 and 1.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.text()` and `.data()`.

    Raises:
        FreeblockError: With `.message`, `.span` and `.hint`; RefusedError where φ is refused or no block has a skip.
    """
    return truncate_source(
        _source(expression), branches=branches, cover=None if cover is None else str(cover), name=name,
        library=_many(library), values=values, assume_free=assume_free, assume=_many(assume))


def verify(
    expression: str, claim: str | Sequence[str], *, order: int = 2, name: str | None = None,
    library: str | Sequence[str] = (), values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out",
    assume_free: bool = False, assume: str | Sequence[str] = (),
) -> Verified:
    """Hold claims about a network against what is derived.

    Args:
        expression: A block expression, or the text of a program.
        claim: A claim such as `phi = (sigma_w^2/2)^L`, or several.
        order: The highest moment that is derived, 1 to 12; more where a claim needs it.
        name: The definition to take; the last one if not said.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.
        side: `out` for φ(JJᵀ), `in` for φ(JᵀJ).
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.equal` (all claims are), `.verdicts` with the ground of each, `.text()` and `.data()`.

    Raises:
        FreeblockError: Bad input, a refused result, or a name that the network lacks.
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
    """Named networks side by side.

    Args:
        networks: Name → a block expression, or the text of a program.
        columns: What is compared: phi, variance, kappa, condition and others, see the page of `compare`.
        unknown: The symbol that the column `condition` is solved for; each network's own if not said.
        where: The condition of that column.
        order: The highest moment that is derived, 1 to 12.
        library: Files of component rules laid over ours, one path or several.
        values: Symbol → a number, or a formula as text.
        side: `out` for φ(JJᵀ), `in` for φ(JᵀJ).
        assume_free: Turn every refusal into an assumption that the result names.
        assume: Names of hypotheses to assume, one or several.

    Returns:
        `.text()`, `.data()`, and `.curves(…)` over a symbol.

    Raises:
        FreeblockError: Bad input, or no network at all.
    """
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
