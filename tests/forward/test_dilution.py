"""k-dilution: figures of the theory, the gamma form against the product, and the order of the remainder."""

from __future__ import annotations

from math import gamma, pi, prod, sqrt

import pytest

from freeblock.diluting import dilute_source
from freeblock.errors import FreeblockError
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


def test_the_product_is_a_quotient_of_gamma_functions():
    found = dilution("(id + (ln >> tanh >> dense(var=1/fan_in)))^20", q=0.7)
    one = found.product
    assert one is not None
    whole = prod(block.exact for block in found.blocks)
    assert one.value == pytest.approx(whole, rel=1e-12)
    x, y = one.upper, one.lower
    assert gamma(21 + x) * gamma(1 + y) / gamma(1 + x) / gamma(21 + y) == pytest.approx(whole)
    far = dilution("(id + (ln >> tanh >> dense(var=1/fan_in)))^2000", q=0.7).product
    near = dilution("(id + (ln >> tanh >> dense(var=1/fan_in)))^1000", q=0.7).product
    assert far is not None and near is not None
    assert far.value / near.value == pytest.approx(2**one.exponent, rel=1e-3)
    assert dilution("(id + (bn >> relu >> dense(var=1/fan_in)))^20").product is None


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
