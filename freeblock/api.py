"""The Python interface: `import freeblock as fb`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from freeblock.check import CheckResult
from freeblock.errors import FreeblockError, OptionError
from freeblock.measure import Measurement, measure
from freeblock.session import Result, derive_source, require
from freeblock.source import Source

__all__ = ["FreeblockError", "check", "derive"]


def derive(
    expression: str, *, order: int = 2, name: str | None = None, library: str | Sequence[str] = (),
    values: Mapping[str, object] | None = None, side: Literal["out", "in"] = "out", assume_free: bool = False,
    assume: str | Sequence[str] = (), require_variance: bool = False,
) -> Result:
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

    Returns:
        The result. A refused order is None in it, and its hypotheses say why.

    Raises:
        FreeblockError: Bad input; RefusedError with `require_variance` where φ or ϕ is refused.
    """
    result = derive_source(
        _source(expression), order=order, name=name, library=_many(library), values=values, side=side,
        assume_free=assume_free, assume=_many(assume))
    if require_variance:
        require(result, "variance")
    return result


def check(
    expression: str, *, width: int | None = None, samples: int | None = None, seed: int = 0, order: int = 2,
    network: bool = False, values: Mapping[str, object] | None = None, name: str | None = None,
    library: str | Sequence[str] = (),
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

    Returns:
        Prediction, measurement, standard error and verdict for each order. Refused orders are compared at their
        free value.

    Raises:
        FreeblockError: Bad input, or a symbol without a value.
    """
    measurement: Measurement = measure(
        _source(expression), width=width, samples=samples, seed=seed, order=order, network=network,
        values=values, name=name, library=_many(library))
    return measurement.result


def _source(expression: str) -> Source:
    if not isinstance(expression, str):
        raise OptionError(f"the expression is text, not {type(expression).__name__}",
                          hint="for example 'dense >> relu'")
    return Source("expression", expression)


def _many(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()
