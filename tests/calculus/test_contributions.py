"""The share of each block in κ, on both sides: the shares add up to the κ that is printed."""

from __future__ import annotations

import pytest
from derivations import derived

from freeblock.formula.evaluation import evaluate


def shares(text, side, order=2, **values):
    """({block: share}, κ) as floats; n is 1."""
    derivation = derived(text, order, side=side)
    numbers = {"n": 1, **values}
    found = {share.block: evaluate(share.kappa, numbers).to_float() for share in derivation.shares}
    return found, evaluate(derivation.kappa, numbers).to_float()


@pytest.mark.parametrize("order", [2, 4])
def test_shares_of_a_rectangular_chain(order):
    """κ(WWᵀ) = rows/columns, κ(WᵀW) = columns/rows; a chain weighs each with its own last width over theirs."""
    text = "dense(2*n) >> relu >> dense(n/2)"
    out, kappa = shares(text, "out", order)
    assert out == pytest.approx({"dense(2*n)": 2 / 4, "relu": 1 / 4, "dense(n/2)": 1 / 4})
    assert kappa == pytest.approx(1)
    inside, kappa = shares(text, "in", order)
    assert inside == pytest.approx({"dense(2*n)": 1 / 2, "relu": 1 / 2, "dense(n/2)": 2})
    assert kappa == pytest.approx(3)


@pytest.mark.parametrize("side", ["out", "in"])
@pytest.mark.parametrize("text", [
    "dense(2*n) >> (id + dense)^L >> dense(3*n)", "(id | dense(n/2)) >> relu >> dense", "orthogonal(2*n) >> dropout(1/2)",
    "dense(m) >> 2 * (relu >> orthogonal(n)) >> bn(std=2)", "dense(2*n) + orthogonal(2*n)", "dense(m)^1",
])
def test_shares_add_up(text, side):
    found, kappa = shares(text, side, sigma_w=1.3, L=3, m=.7)
    assert sum(found.values()) == pytest.approx(kappa)
