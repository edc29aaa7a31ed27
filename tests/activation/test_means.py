"""Gaussian means of functions of x, against published tables and scipy's quadrature of numerical derivatives."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from functions import Q, evaluated, float_of, tree, unit
from scipy.integrate import quad
from scipy.special import erf, expit, ndtr

from freeblock.activation.closed_means import closed_mean
from freeblock.activation.kernels import NoClosedFormError
from freeblock.activation.numeric import NumericFunction
from freeblock.activation.quadrature import DIGITS, GUARD, Quadrature
from freeblock.activation.tree import raised
from freeblock.errors import RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import symbol
from freeblock.formula.precise import evaluate_precisely

SELU = "1.0507009873554805*(max(x, 0) + 1.6732632423543772*(exp(min(x, 0)) - 1))"
TABLE = [
    # function; phi_D, kappa_D, phi_D/Var f, phi_D/E f^2 at q = 1 (theory 1, section 3.3), to the digits printed there
    ("max(x, 0)", ".50000", "1", "1.4669", "1"),
    ("max(x, x/100)", ".50005", ".9996", "1.453", "1"), ("max(x, 0.18*x)", ".5162", ".8784", "1.261", "1"),
    ("max(x, 0.3*x)", ".545", ".6970", "1.167", "1"), ("max(x, x/2)", ".625", ".3600", "1.068", "1"),
    ("tanh(x)", ".46440", ".5835", "1.1778", "1.1778"), ("sigmoid(x)", ".04484", ".1370", "1.0336", ".1528"),
    ("max(x, 0) + exp(min(x, 0)) - 1", ".66810", ".3317", "1.0790", "1.0359"),
    (SELU, "1.07157", ".3162", "1.0716", "1.0716"),
    ("x*Phi(x)", ".45585", "1.0883", "1.3188", "1.0720"), ("x*sigmoid(x)", ".37948", ".9900", "1.2121", "1.0666"),
    ("log(1 + exp(x))", ".29338", ".5289", "1.0805", ".3185"),
    ("min(max(x, -1), 1)", ".68269", ".4648", "1.3229", "1.3229"),
    ("erf(x)", ".56941", ".6667", "1.226", "1.226"), ("sin(x)", ".56767", ".3738", "1.313", "1.313"),
    ("abs(x)", "1", "0", "2.752", "1"),
]
MEAN_SQUARES = [("max(x, 0)", .5), ("max(x, x/10)", .505), ("tanh(x)", .394294), ("min(max(x, -1), 1)", .516059),
                (SELU, 1), ("sin(x)", .432332)]


@pytest.mark.parametrize(("text", "phi", "kappa", "batch", "layer"), TABLE)
def test_the_table_of_the_theory(text, phi, kappa, batch, layer):
    function = unit(text)
    first, second = (float_of(function.slope_moment(power, Q(1))) for power in (2, 4))
    mean, square = float_of(function.mean(Q(1))), float_of(function.mean_square(Q(1)))
    for found, printed in ((first, phi), (second / first**2 - 1, kappa), (first / (square - mean**2), batch),
                           (first / square, layer)):
        digits = len(printed.partition(".")[2])
        # The table rounds, here and there the last digit by one.
        assert found == pytest.approx(float(printed), abs=1.01 * 10.0**-digits)


@pytest.mark.parametrize(("text", "square"), MEAN_SQUARES)
def test_mean_squares_of_the_theory(text, square):
    assert float_of(unit(text).mean_square(Q(1))) == pytest.approx(square, abs=6e-7)


FUNCTIONS = [
    ("x*Phi(x)", lambda x: x * ndtr(x), ()), ("x*sigmoid(x)", lambda x: x * expit(x), ()),
    ("log(1 + exp(x))", lambda x: np.logaddexp(0, x), ()), ("arctan(x)", np.arctan, ()),
    ("x*tanh(log(1 + exp(x)))", lambda x: x * np.tanh(np.logaddexp(0, x)), ()),
    ("max(x, 0)^2", lambda x: max(x, 0) ** 2, (0,)), ("abs(tanh(x))", lambda x: abs(np.tanh(x)), (0,)),
    ("max(min(x, 1), x/4 - 1)", lambda x: max(min(x, 1), x / 4 - 1), (1, 8)),
    ("x*exp(-x^2/2)", lambda x: x * np.exp(-(x**2) / 2), ()), ("x^3 - x", lambda x: x**3 - x, ()),
    ("sqrt(1 + x^2)", lambda x: np.sqrt(1 + x**2), ()), ("x*cos(2*x)", lambda x: x * np.cos(2 * x), ()),
    ("sinh(x/2) + cosh(x/3)", lambda x: np.sinh(x / 2) + np.cosh(x / 3), ()),
    ("exp(x/2)*max(x, -1)", lambda x: np.exp(x / 2) * max(x, -1), (-1,)), ("erf(x/2) + x", lambda x: erf(x / 2) + x, ()),
    ("abs(x - 1/3)^(3/2)", lambda x: abs(x - 1 / 3) ** 1.5, (1 / 3,)),
    ("tanh(20*(x - 1/2))", lambda x: np.tanh(20 * (x - 0.5)), (0.3, 0.4, 0.5, 0.6, 0.7)),
    ("max(sin(x), 0)", lambda x: max(np.sin(x), 0), tuple(np.pi * np.arange(-3, 4))),
]


def by_scipy(function, power: int, q: float, cuts, *, slope: bool) -> float:
    """The mean by scipy, of f or of its slope between two points close by."""
    def value(x: float) -> float:
        return (function(x + 1e-6) - function(x - 1e-6)) / 2e-6 if slope else function(x)

    reach = 12 * q**0.5
    ends = sorted({-reach, 0.0, reach, *(cut for cut in cuts if abs(cut) < reach)})
    return sum(quad(lambda x: value(x) ** power * np.exp(-x * x / (2 * q)) / np.sqrt(2 * np.pi * q), low, high,
                    limit=200)[0] for low, high in zip(ends, ends[1:], strict=False))


@pytest.mark.parametrize("q", [Fraction(1, 4), 1, 3])
@pytest.mark.parametrize(("text", "function", "cuts"), FUNCTIONS)
def test_means_agree_with_scipy(text, function, cuts, q):
    found = unit(text)
    assert float_of(found.slope_moment(2, Q(q))) == pytest.approx(by_scipy(function, 2, float(q), cuts, slope=True), rel=2e-5)
    assert float_of(found.mean(Q(q))) == pytest.approx(by_scipy(function, 1, float(q), cuts, slope=False), rel=1e-8, abs=1e-9)
    assert float_of(found.mean_square(Q(q))) == pytest.approx(by_scipy(function, 2, float(q), cuts, slope=False), rel=1e-8)


CLOSED = ["max(x, 0)", "min(max(x, -1/2), 2)", SELU, "x*min(max(x/6 + 1/2, 0), 1)", "sin(2*x)", "x*sin(x) + 1", "tanh(x/3)",
          "sigmoid(2*x)", "exp(x/2)", "abs(x)^3", "x*exp(-x^2)", "exp(x/4)*max(x, -1)", "cosh(x/2)"]


@pytest.mark.parametrize("text", CLOSED)
@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_closed_forms_and_quadrature_are_one_number(text, power):
    """Two ways that share nothing but the tree, to thirty digits; and the error that is stated is met."""
    function = tree(text)
    q = symbol("q")
    exact = evaluate_precisely(closed_mean(raised(function, power), q, {}), {"q": Fraction(7, 5)}, DIGITS + GUARD)
    variance = evaluate_precisely(Q(Fraction(7, 5)), {}, DIGITS + GUARD)
    mean = Quadrature(NumericFunction(function, {}, DIGITS + GUARD), variance).mean(power)
    with mpmath.workdps(DIGITS + GUARD):
        assert abs(mean.value - exact) <= mean.error


def test_symbols_stay_symbols():
    q = symbol("q")
    function = unit("max(x, 0) + alpha*(exp(min(x, 0)) - 1)")
    moment = function.slope_moment(2, q)
    assert moment.error is None
    for alpha, variance in ((0.3, 0.7), (1.7, 2.0)):
        expected = 0.5 + alpha**2 * np.exp(2 * variance) * ndtr(-2 * variance**0.5)
        assert evaluated_at(moment.value, alpha=alpha, q=variance) == pytest.approx(expected, rel=1e-12)


def test_an_unknown_sign_is_no_obstacle_where_it_does_not_matter():
    function = unit("max(x, a*x)")
    assert evaluated_at(function.slope_moment(4, symbol("q")).value, a=3) == pytest.approx((1 + 81) / 2)
    with pytest.raises(RefusedError, match="no closed form"):
        function.mean(symbol("q"))


def evaluated_at(expression, **values) -> float:
    return evaluate(expression, values).to_float()


@pytest.mark.parametrize("text", ["1/x", "log(abs(x))", "sqrt(abs(x))", "sqrt(x)", "log(x)", "exp(x^2)", "exp(x^2/5)", "exp(exp(x))",
                                  "exp(x^3/10^30)", "1/(x - 1/3)", "sin(exp(x))", "cosh(x^2)", "tanh(1/x)"])
def test_a_mean_that_is_not_there_is_refused(text):
    with pytest.raises(RefusedError):
        unit(text).slope_moment(4, Q(1))


def test_a_growth_that_is_slow_enough_is_not_refused():
    # E (x e^{x²/10}/5)² = E x²/25·e^{x²/5} = (1 − 2/5)^{−3/2}/25
    assert evaluated(unit("exp(x^2/10)").slope_moment(2, Q(1)).value) == pytest.approx(0.6**-1.5 / 25)


@pytest.mark.parametrize(("text", "expected"), [
    # Features of width w around 1/3 that even steps pass by: E f'² = 1 + 2∫g' + ∫g'² times the density there.
    ("x + exp(-(1000*(x - 1/3))^2)/1000", 1 + 1e-3 * np.sqrt(np.pi / 2) * np.exp(-1 / 18) / np.sqrt(2 * np.pi)),
    ("x + tanh(10^6*(x - 1/3))/1000", 1 + 4e-3 * np.exp(-1 / 18) / np.sqrt(2 * np.pi) + 4 / 3 * np.exp(-1 / 18) / np.sqrt(2 * np.pi)),
])
def test_narrow_features_are_seen(text, expected):
    assert float_of(unit(text).slope_moment(2, Q(1))) == pytest.approx(expected, rel=1e-4)


def test_odd_functions_have_no_odd_moments():
    assert unit("log(cosh(x))").slope_moment(3, Q(1)).value.is_zero


def test_outside_its_pieces_a_closed_form_is_not_claimed():
    with pytest.raises(NoClosedFormError):
        closed_mean(tree("x*Phi(x)"), symbol("q"), {})


def test_a_mean_is_worked_out_once(monkeypatch, tmp_path):
    """The second process finds it in the cache; the second question in one process asks nobody."""
    from freeblock.activation import means

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(means, "_ANSWERS", {})
    first = unit("x*arctan(3*x)").slope_moment(2, Q(2))
    assert len(list(tmp_path.rglob("mean-*.json"))) == 1
    monkeypatch.setattr(means, "_ANSWERS", {})
    monkeypatch.setattr(means.UnitFunction, "_integrated", lambda *_: pytest.fail("worked out again"))
    assert unit("x*arctan(3*x)").slope_moment(2, Q(2)) == first
