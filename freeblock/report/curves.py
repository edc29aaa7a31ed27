"""φ or κ against depth as numbers, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from freeblock.calculus.derivation import Derivation
from freeblock.errors import OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.traversal import symbols
from freeblock.report.line_plot import Line, line_plot
from freeblock.report.reasons import reason_of_refusal
from freeblock.report.values import constant_values


@dataclass(frozen=True, slots=True)
class Curve:
    """One network: log10 φ or κ at each depth; empty, with the reason, where it is refused."""

    name: str
    depths: tuple[int, ...]
    values: tuple[float, ...]
    refused: str | None = None


def curve(name: str, derivation: Derivation, quantity: str, depth: str, depths: Sequence[int]) -> Curve:
    """The values at the depths. Raises OptionError where a symbol has none."""
    order = 1 if quantity == "phi" else 2
    formula = derivation.phi if quantity == "phi" else derivation.kappa
    if formula is None:
        return Curve(name, (), (), reason_of_refusal(derivation, order) if derivation.given < order
                     else "the zero block has no kappa")
    known = constant_values(derivation)
    missing = sorted(symbols(formula) - known.keys() - {depth})
    if missing:
        raise OptionError(f"the curve of {name} needs a number for {', '.join(f'`{one}`' for one in missing)}",
                          hint=" ".join(f"--set {one}=1" for one in missing))
    places, values = [], []
    for place in depths:
        try:
            found = evaluate(formula, {**known, depth: place})
            values.append(_height(found.log10(), quantity, found.to_float()))
        except (ArithmeticError, ValueError) as error:
            raise OptionError(f"the curve of {name} has no value at depth {place}: {error}") from None
        places.append(place)
    return Curve(name, tuple(places), tuple(values))


def _height(logarithm: float | None, quantity: str, value: float) -> float:
    if quantity == "phi":
        if logarithm is None:
            raise ValueError("phi is 0")
        return logarithm
    return value


def picture(curves: Sequence[Curve], quantity: str, kind: str) -> bytes:
    """The curves as an SVG, PNG or PDF file. Raises OptionError without matplotlib."""
    lines = [Line(one.name + (" (refused)" if one.refused is not None else ""), one.depths, one.values)
             for one in curves]
    up = r"$\log_{10}\,\phi(JJ^{\mathsf{T}})$" if quantity == "phi" else r"$\kappa(J)$"
    return line_plot(lines, kind, across="depth", up=up)
