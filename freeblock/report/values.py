"""Numbers out of formulas: the value of a result without symbols, and of a result at given values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from freeblock.calculus.derivation import Derivation
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.traversal import symbols

SIGNIFICANT = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Numerical results, None where refused; a float is ±inf or 0.0 beyond its range, log10_phi is not."""

    phi: float | None
    variance: float | None
    kappa: float | None
    moments: tuple[float | None, ...]
    log10_phi: float | None


def evaluate_derivation(derivation: Derivation, values: Mapping[str, float | int | Fraction]) -> Evaluation:
    """φ, ϕ, κ and φ_1 … φ_K at the given symbol values. Raises KeyError naming a missing symbol."""
    values = {**constant_values(derivation), **values}
    phi = _value(derivation.phi, values)
    kappa = _value(derivation.kappa, values)
    if derivation.proof is not None and phi is not None and kappa is not None:
        # κ is a sum over pairs of blocks, which is worked out once.
        variance: Magnitude | None = kappa * phi * phi
        moments = [phi, kappa * phi * phi + phi * phi, *[None] * (derivation.order - 2)]
    else:
        variance = _value(derivation.variance, values)
        moments = [_value(derivation.moment(order), values) for order in range(1, derivation.order + 1)]
    return Evaluation(_float(phi), _float(variance), _float(kappa), tuple(_float(moment) for moment in moments),
                      None if phi is None else phi.log10())


def _value(expression: Expression | None, values: Mapping[str, float | int | Fraction]) -> Magnitude | None:
    return None if expression is None else evaluate(expression, values)


def _float(value: Magnitude | None) -> float | None:
    return None if value is None else value.to_float()


def constant_values(derivation: Derivation) -> dict[str, Fraction]:
    """The published values of symbols such as the scale of SELU."""
    return {name: Fraction(value.number() or 0) for name, value in derivation.network.constants.items()}


def constants_used(derivation: Derivation) -> dict[str, tuple[str, str]]:
    """The numbers that stand in φ and κ by name, each with what is to be said of its error, if anything."""
    used = frozenset().union(*(symbols(value) for value in (derivation.phi, derivation.kappa) if value))
    errors = derivation.network.errors
    return {name: (_digits(value), f" (by quadrature, error below {float(errors[name]):.0e})") if name in errors
            else (repr(float(value)), "") for name, value in constant_values(derivation).items() if name in used}


def _digits(value: Fraction) -> str:
    """All digits of a decimal."""
    places = 0
    while (value * 10**places).denominator > 1:
        places += 1
    digits = f"{(value * 10**places).numerator:0{places + 1}d}"
    return f"{digits[: len(digits) - places]}.{digits[len(digits) - places:]}" if places else digits


def constant(expression: Expression, known: Mapping[str, Fraction]) -> Magnitude | None:
    """The value of a formula whose symbols are all `known`; None with others, or where it is too large."""
    if symbols(expression) - known.keys():
        return None
    try:
        return evaluate(expression, known)
    except (ArithmeticError, ValueError):
        return None


def decimal(value: Magnitude) -> str:
    """Ten significant digits; beyond the range of a float as a power of ten."""
    number = value.to_float()
    if number in (float("inf"), float("-inf")) or (not number and value.mantissa):
        logarithm = value.log10()
        assert logarithm is not None
        exponent = int(logarithm // 1)
        return f"{'-' if value.mantissa < 0 else ''}{10 ** (logarithm - exponent):.6g}e{exponent:+d}"
    return f"{number:.{SIGNIFICANT}g}"
