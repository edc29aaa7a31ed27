"""From a tree and numbers to the steps of a pass: widths, copies, limits, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sampled_networks import network

from freeblock.check.place import Place
from freeblock.check.plan import LEAVES, make_plan
from freeblock.check.widths import at_width, fitting_width, half_width
from freeblock.errors import DomainError, LimitError, RefusedError, ShapeError


def shapes(plan):
    return [(step.rows, step.columns) for step in plan.steps if isinstance(step, Place)]


def test_widths_are_evaluated():
    plan = make_plan(network("dense(2*n) >> relu >> dense(m) >> (id | dense(n/4))"), {"n": 8, "m": 6, "sigma_w": 1})
    assert shapes(plan) == [(16, 8), (16, 16), (6, 16), (6, 6), (2, 6)]
    assert (plan.rows, plan.columns) == (8, 8)
    assert plan.widths == (8, 16, 16, 6, 6)


def test_parameters_are_evaluated_with_the_index_of_their_copy():
    block = network("serial[l=1..L](id + (1/l) * orthogonal(gain=l^2))")
    plan = make_plan(block, {"n": 4, "L": 3})
    gains = [step.parameters["gain"] for step in plan.steps if isinstance(step, Place) and step.sampler.name == "haar"]
    assert gains == pytest.approx([1, 4, 9])


def test_copies_share_their_place_and_an_exponent_of_zero_leaves_nothing():
    block = network("(orthogonal >> relu)^L")
    assert not make_plan(block, {"n": 4, "L": 0}).steps
    assert len(make_plan(block, {"n": 4, "L": 5}).steps) == 10
    assert make_plan(block, {"n": 4, "L": 5}).groups == 2
    assert make_plan(network("(relu^L)^M"), {"n": 4, "L": 0, "M": 10**12}).steps == ()


def test_values_may_be_exact():
    plan = make_plan(network("dense(n/3, var=v)"), {"n": 9, "v": Fraction(1, 3)})
    (place,) = [step for step in plan.steps if isinstance(step, Place)]
    assert place.parameters["var"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "values", "kind", "words"),
    [
        ("dense >> relu", {}, DomainError, "`sigma_w`, which has no value"),
        ("bn >> relu", {}, DomainError, "`sigma_B`, which has no value"),
        ("dense(n/3, var=1)", {}, DomainError, "not a whole number"),
        ("dense(n-8, var=1)", {}, DomainError, "outside its domain"),
        ("dense(var=v)", {"v": -1}, DomainError, "outside its domain"),
        ("dropout >> relu", {"keep": 1.5}, DomainError, "outside its domain"),
        ("(orthogonal)^L", {"L": 1.5}, DomainError, "not a whole number"),
        ("(orthogonal)^L", {"L": -1}, DomainError, "copies is -1"),
        ("sum[l=1..L](orthogonal)", {"L": 0}, DomainError, "empty"),
        ("orthogonal(m) + orthogonal(m)", {"m": 0}, DomainError, "outside its domain"),
        ("dense(var=1/v)", {"v": 0}, DomainError, "no value here"),
        ("dense(var=exp(v))", {"v": 10**5}, DomainError, "not a finite number"),
        ("orthogonal^L", {"L": 10**12}, LimitError, str(LEAVES)),
        ("serial[l=1..L](orthogonal)", {"L": 10**12}, LimitError, str(LEAVES)),
        ("(2 * id^0)^L", {"L": 10**12}, LimitError, "too large"),
        ("dense(m, var=1)", {"m": 10**9}, LimitError, "too large to draw"),
        ("opaque(F)", {}, RefusedError, "names no sampler"),
        ("bn(batch=64)", {"sigma_B": 1}, RefusedError, "batch"),
    ],
)
def test_what_cannot_be_sampled_is_said(text, values, kind, words):
    with pytest.raises(kind, match=words.replace("`", ".")) as caught:
        make_plan(network(text), {"n": 8, **values})
    assert caught.value.span is not None


def test_widths_that_differ_at_these_values_are_an_error():
    block = network("orthogonal(k) >> orthogonal(k)^2")
    assert make_plan(block, {"n": 8, "k": 4}).rows == 4
    tampered = network("orthogonal(k) + orthogonal(k)")
    object.__setattr__(tampered.parts[1], "rows", network("orthogonal(j)").rows)
    with pytest.raises(ShapeError, match="added"):
        make_plan(tampered, {"n": 8, "k": 4, "j": 5})


def test_a_statistic_needs_no_value_where_it_is_measured():
    plan = make_plan(network("bn >> orthogonal"), {"n": 8}, network=True)
    assert [step.statistic for step in plan.steps if isinstance(step, Place)] == ["sigma_B", None]


def test_the_input_width_may_have_another_name():
    block = network("input m\northogonal(m/2) >> relu")
    assert at_width(block, {}, 8) == {"n": 8, "m": 8}
    assert shapes(make_plan(block, at_width(block, {}, 8))) == [(4, 8), (4, 4)]


def test_widths_that_fit_are_found():
    block = network("dense(n/3, var=1) >> dense(n/5, var=1)")
    assert fitting_width(block, {}, range(32, 100)) == 45
    assert half_width(block, {}, 90) == 45
    assert half_width(block, {}, 45) in (15, 30)
    assert fitting_width(network("dense(m/2, var=1)"), {"m": 3}, range(8, 40)) is None
