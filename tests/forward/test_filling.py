"""`derive` with an input: what normalisations divide by and activations meet is derived, not set by hand."""

from __future__ import annotations

from math import pi

import pytest
from signals import table

from freeblock.errors import FreeblockError
from freeblock.session import derive_source
from freeblock.source import Source


def phi(expression: str, q: str = "1", c: str | None = None, **values: float) -> float:
    result = derive_source(Source("expression", expression), q=q, c=c, order=1)
    found = result.evaluate(values).phi
    assert found is not None
    return found


def test_a_batch_norm_relu_block():
    result = derive_source(Source("expression", "relu >> dense >> bn"), q="1", c="0")
    assert result.phi is not None and not result.phi.free_symbols  # the scale of the weights drops out
    assert float(result.phi) == pytest.approx(pi / (pi - 1), rel=1e-14)
    assert float(result.kappa) == 2


def test_a_symbolic_depth_where_the_signal_settles():
    depths = {"L": 50}
    # The first norm meets inputs of mean 0; each later one what relu left of them.
    assert phi("(dense >> bn >> relu)^L", **depths) == pytest.approx(0.5 * (pi / (pi - 1)) ** 49)
    assert phi("(dense >> ln >> relu)^L", sigma_w=1.7, **depths) == pytest.approx(0.5)


@pytest.mark.parametrize(("expression", "c"), [
    ("(id + (bn >> relu >> dense(var=2/fan_in)))^8", "0"), ("(id + (bn >> relu >> dense(var=2/fan_in)))^8", "1/3"),
    ("(id + (ln >> activation(x*tanh(x)) >> dense(var=1/fan_in)))^3", "1/3"),
    ("(dense(var=2/fan_in) >> gelu)^3 >> dense(var=2/fan_in) >> bn", "1/2"),
    ("(dense(var=2/fan_in) >> relu)^5 >> dense(var=2/fan_in) >> bn", "1/2"),
    ("dense(var=1/fan_in) >> activation(sin(x) + x/3) >> sws(gain=2) >> rms_norm >> activation(exp(-x^2))", "0"),
    ("(dense(var=1/fan_in) >> bn >> activation(x^3 - x))^4", "-1/4"),
    ("(id | (dense(var=1/fan_in) >> tanh))^2 >> dense(var=3/fan_in)", "0"),
])
def test_it_agrees_with_the_numbers_of_the_forward_table(expression, c):
    found = table(expression, c=c)
    assert phi(expression, c=c) == pytest.approx(10**found.log_phi, rel=1e-9)


@pytest.mark.parametrize(("expression", "c"), [
    ("(id + (bn >> relu >> dense(var=2/fan_in)))^L", "1/3"), ("(id + (ln >> tanh >> dense(var=1/fan_in)))^L", "1/3"),
    ("(id + (rms_norm >> gelu >> dense(var=1/fan_in) >> relu >> dense(var=3/fan_in)))^L >> dense(var=1/fan_in) >> ln", "0"),
])
def test_a_symbolic_depth_where_each_block_adds_the_same(expression, c):
    deep = table(expression.replace("^L", "^12"), c=c)
    assert phi(expression, c=c, L=12) == pytest.approx(10**deep.log_phi, rel=1e-9)


def test_a_symbolic_input():
    assert phi("bn >> relu >> dense(var=2/fan_in)", q="a", a=4) == pytest.approx(1 / 4)
    assert phi("dense >> tanh", q="a", a=0.25, sigma_w=2) == pytest.approx(
        phi("dense(var=4/fan_in) >> tanh", q="1/4"))


@pytest.mark.parametrize("expression", ["(dense >> relu)^L", "(id + (dense >> relu >> dense))^L", "id | (relu >> dense(k))"])
def test_where_nothing_is_to_be_filled_in_the_result_is_the_same(expression):
    plain = derive_source(Source("expression", expression))
    given = derive_source(Source("expression", expression), q="1")
    assert (plain.derivation.phi, plain.derivation.kappa) == (given.derivation.phi, given.derivation.kappa)


@pytest.mark.parametrize(("expression", "q", "c"), [
    ("(id + (tanh >> dense))^L", "1", "0"), ("(id + (bn >> relu >> dense))^L", "1", "1"), ("tanh >> tanh", "1", "0"), ("dense >> bn", "1", "1"),
    ("dense >> tanh(q=3)", "1", "0"), ("dense >> bn", "0", "0"), ("dense >> bn", "1", "2"), ("dense >> bn", "1", "x"),
    ("dense >> bn", "q <", "0"), ("(id | (relu >> dense)) >> bn", "1", "0"), ("dense(bias=1) >> bn", "1", "0"),
    ("serial[l=1..L](id + (1/l)*(bn >> relu >> dense))", "1", "0"),
])
def test_refusals(expression, q, c):
    with pytest.raises(FreeblockError):
        derive_source(Source("expression", expression), q=q, c=c)
