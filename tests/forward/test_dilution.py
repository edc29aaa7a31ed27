"""k-dilution: figures of the theory, the gamma form against the product, and the order of the remainder."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log, pi, prod, sqrt, tanh

import mpmath
import pytest
import sympy

from freeblock.diluting import dilute_source
from freeblock.errors import FreeblockError, RefusedError
from freeblock.forwarding import forward_source
from freeblock.signals.dilution import Dilution
from freeblock.source import Source


def dilution(expression: str, **options) -> Dilution:
    return dilute_source(Source("expression", expression), **options).found


@pytest.mark.parametrize(("k", "relu", "tanh"), [(0.5, 1.3735, 1.142), (1, 1.2335, 1.089), (2, 1.0934, 1.0356)])
def test_a_diluted_block(k, relu, tanh):
    """Theory 3 §3: a signal that relu has left, so that a batch knows 1/π of it, and tanh behind a layer norm."""
    before = "relu >> orthogonal(gain=sqrt(2)) >> "  # q = 1, and two inputs share 1/π of it
    for branch, expected in (("bn >> relu >> dense(var=2/fan_in)", relu), ("ln >> tanh >> dense(var=1/0.3942945/fan_in)", tanh)):
        block = dilution(f"{before}({k}*orthogonal + ({branch}))").blocks[0]
        assert block.k_squared == pytest.approx(k * k, rel=1e-6) and block.skip == pytest.approx(1)
        assert block.exact == pytest.approx(expected, abs=6e-4)
    assert dilution(f"{before}({k}*orthogonal + (bn >> relu >> dense(var=2/fan_in)))").blocks[0].branch == pytest.approx(pi / (pi - 1))


@pytest.mark.parametrize(("branch", "predicted", "measured"), [
    # GSC² of 50 blocks: theory 3 §3, predicted and simulated
    ("bn >> relu >> dense(var=2/fan_in)", 3.01, 3.08),
    ("bn >> relu >> dense(var=2/fan_in) >> bn >> relu >> dense(var=2/fan_in)", 22.6, 24.8),
    ("ln >> tanh >> dense(var=1/0.3942945/fan_in)", 1.85, 1.92), ("ln >> relu >> dense(var=2/fan_in)", 1.00, 1.07),
])
def test_fifty_blocks(branch, predicted, measured):
    found = dilution(f"(id + ({branch}))^50")
    whole = prod(block.exact for block in found.blocks)
    assert whole == pytest.approx(predicted, rel=4e-3) and whole == pytest.approx(measured, rel=0.1)
    assert [block.k_squared for block in found.blocks] == pytest.approx(range(1, 51), rel=1e-6)
    # c of a batch norm's input: R_b = b/Var_b, times π/(π − 1) for two sublayers
    if branch.startswith("bn"):
        twice = pi / (pi - 1) if branch.count("bn") == 2 else 1
        assert [block.branch for block in found.blocks] == pytest.approx(
            [twice * b / (1 + (b - 1) * (1 - 1 / pi)) for b in range(1, 51)])


def product_of(expression: str, **options) -> dict:
    return dilute_source(Source("expression", expression), **options).data()["product"]


def value(product: dict, name: str, **values) -> mpmath.mpf:
    """A formula of the JSON at 30 digits, with the names in it replaced; read by sympy."""
    known = {word: sympy.sympify(text) for word, text in product["definitions"].items()}
    formula = sympy.sympify(product[name])
    for _ in range(2):  # a definition may hold the name of a number
        formula = formula.subs(known)
    return mpmath.mpf(str(sympy.N(formula.subs({sympy.Symbol(word): number for word, number in values.items()}), 30)))


def by_hand(branch: str, depth: int, q, c, variance) -> mpmath.mpf:
    """Π (1 + φ_ρ)·q_in/q_out, block by block: relu halves a Gaussian, and two independent ones share 1/(2π)."""
    whole, covariance = mpmath.mpf(1), q * c
    for _ in range(depth):
        divisor = {"bn": q - covariance, "ln": q, "none": mpmath.mpf(1)}[branch]
        added = variance / 2 * (q if branch == "none" else 1)
        whole *= (1 + variance / 2 / divisor) * q / (q + added)
        q, covariance = q + added, covariance + variance / (2 * mpmath.pi)
    return whole


@pytest.mark.parametrize("normalization", ["bn", "ln", "none"])
@pytest.mark.parametrize(("q", "c", "variance"), [("1", "0", 2), ("7/3", "2/5", 3), ("1/10", "-1/3", 1), ("1", "99/100", 2)])
def test_products_are_those_of_the_recursion(normalization, q, c, variance):
    branch = {"bn": "bn >> relu", "ln": "ln >> relu", "none": "relu"}[normalization]
    with mpmath.workdps(30):
        start, shared = (mpmath.mpf(Fraction(text).numerator) / Fraction(text).denominator for text in (q, c))
        one = product_of(f"(id + ({branch} >> dense))^L", q=q, c=c)
        for depth in (1, 2, 9, 60):
            expected = by_hand(normalization, depth, start, shared, mpmath.mpf(variance))
            assert abs(value(one, "gsc_squared", L=depth, sigma_w=sympy.sqrt(variance)) / expected - 1) < 1e-20
        for place in (1, 4):
            block = by_hand(normalization, place, start, shared, mpmath.mpf(variance)) / by_hand(
                normalization, place - 1, start, shared, mpmath.mpf(variance))
            assert abs(value(one, "block_gsc_squared", b=place, sigma_w=sympy.sqrt(variance)) / block - 1) < 1e-20


@pytest.mark.parametrize(("branch", "exponent"), [
    # theory 3 §3: R → π/(π − 1), for two sublayers its square; GSC² grows like N^(R − 1)
    ("bn >> relu >> dense", pi / (pi - 1) - 1),
    ("bn >> relu >> dense >> bn >> relu >> dense(var=3/fan_in)", (pi / (pi - 1)) ** 2 - 1),
    ("ln >> leaky_relu(slope=1/5) >> dense", 0.0), ("bn >> leaky_relu(slope=1/5) >> dense", 0.52 / (0.52 - 0.64 / (2 * pi)) - 1),
    ("ln >> sin >> dense", 1 / tanh(1) - 1),
])
def test_asymptotic_exponents(branch, exponent):
    one = product_of(f"(id + ({branch}))^L", values={"sigma_w": 1})
    # The exponent is a difference of logarithms of what numbers give, block by block.
    rows = dilution(f"(id + ({branch}))^2000", values={"sigma_w": 1}).blocks
    far, near = (sum(log(block.exact) for block in rows[:depth]) for depth in (2000, 1000))
    assert float(value(one, "exponent")) == pytest.approx(exponent, abs=3e-6)
    assert (far - near) / log(2) == pytest.approx(exponent, abs=2e-3)
    scale = float(value(one, "scale"))
    assert exp(far) == pytest.approx(scale * 2000**exponent, rel=3e-3)


@pytest.mark.parametrize("expression", [
    "(id + (bn >> gelu >> dense(var=3/fan_in)))^30", "(orthogonal + (rms_norm >> activation(x*tanh(x)) >> dense))^30",
    "(id + (bn >> relu >> dense) + (bn >> elu >> dense(var=2/fan_in)))^30", "(id + 1/3*(ln >> silu >> dense >> ln >> relu >> dense))^30",
    "(id + (bn >> erf >> dense(2*n) >> relu >> dense(n)))^30",
])
def test_the_formulas_are_those_of_the_blocks(expression):
    """The blocks are followed as numbers, by another program than the formulas."""
    options = {"values": {"sigma_w": "4/5"}, "q": "6/5", "c": "1/4"}
    found = dilute_source(Source("expression", expression), **options)
    one = found.data()["product"]
    assert one is not None
    assert float(value(one, "gsc_squared", L=30)) == pytest.approx(prod(block.exact for block in found.found.blocks), rel=1e-7)
    for place in (1, 17):
        block = found.found.blocks[place - 1]
        assert float(value(one, "k_squared", b=place)) == pytest.approx(block.k_squared, rel=1e-7)
        assert float(value(one, "branch_growth", b=place)) == pytest.approx(block.branch, rel=1e-7)
    assert float(value(one, "q", L=30)) == pytest.approx(found.found.table.last.q, rel=1e-7)


@pytest.mark.parametrize("expression", [
    "(2*id + (bn >> relu >> dense))^L", "(id + (bn >> relu >> dense))^L >> dense", "(id + (tanh >> dense))^L", "(dense >> relu)^L",
    "(id + (ln >> relu >> dense) + (bn >> tanh >> dense))^L", "serial[l=1..L](id + l^(-1/2)*(bn >> relu >> dense))",
    "(id + dense + (ln >> relu >> dense))^L", "(id + (ln >> relu))^L",
])
def test_no_formula_where_blocks_are_not_alike(expression):
    with pytest.raises(RefusedError):
        dilute_source(Source("expression", expression))


def test_forward_takes_the_closed_form():
    data = forward_source(Source("expression", "(id + (bn >> relu >> dense))^L")).data()
    with mpmath.workdps(30):
        expected = by_hand("bn", 40, mpmath.mpf(1), mpmath.mpf(0), mpmath.mpf(2))
        assert abs(value(data, "gsc_squared", L=40, sigma_w=sympy.sqrt(2)) / expected - 1) < 1e-20
        assert abs(value(data, "phi", L=40, sigma_w=sympy.sqrt(2)) / expected - 41) < 1e-18  # q grows to 41


@pytest.mark.parametrize("style", ["text", "unicode", "markdown", "latex"])
def test_every_style_and_the_plot(style):
    found = dilute_source(Source("expression", "(id + (bn >> gelu >> dense(var=2/fan_in)))^30"))
    text = found.text(style)
    assert "0.000153" in text and "6 more blocks" in text and "gaussian-pre-activation" in text
    assert found.plot("svg").startswith(b"<?xml")
    with pytest.raises(FreeblockError, match="no value"):
        dilute_source(Source("expression", "(id + (bn >> relu >> dense))^L")).plot()



def test_the_remainder_of_the_first_order_form():
    block = dilution("id + (ln >> activation(x + x^2/30) >> dense(var=1/fan_in))").blocks[0]
    r, k2 = sqrt(block.branch) - 1, block.k_squared
    assert 0 < r < 0.01
    assert block.first_order == pytest.approx(1 + r / (k2 + 1))
    assert block.remainder == pytest.approx(r * r * k2 / (2 * (k2 + 1) ** 2), rel=0.02)


@pytest.mark.parametrize("expression", ["dense(var=1/fan_in) >> relu", "id | (relu >> dense(var=1/fan_in))",
                                        "(id + (relu >> dense))^L", "relu + relu", "(id + (bn(batch=9) >> relu >> dense(var=1/fan_in)))^2"])
def test_refusals(expression):
    with pytest.raises(FreeblockError):
        dilution(expression)
