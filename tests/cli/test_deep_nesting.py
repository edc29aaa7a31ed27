"""Nests that once took time without bound, each level holding the last one several times (`derive` limits the time)."""

from __future__ import annotations

import pytest
from command_line import derive


def nested(inner, wrap, levels):
    for level in range(levels):
        inner = wrap(inner, level)
    return inner


@pytest.mark.parametrize("form", ["json", "text", "latex"])
def test_a_continued_fraction_as_a_parameter(form):
    """φ of dense(var=v/fan_in) is v: the golden ratio's convergents, forty levels down."""
    value = nested("x", lambda inner, _: f"1/(1 + {inner})", 40)
    outcome = derive(f"dense(var={value}/fan_in)", "--format", form)
    assert outcome.status == 0


def test_repeats_within_repeats():
    outcome = derive(nested("dense", lambda inner, _: f"(id + ({inner} >> dense))^2", 40))
    assert outcome.status == 0
    assert {entry["status"] for entry in outcome.data["hypotheses"]} == {"proved"}


def test_a_continued_fraction_of_a_thousand_levels():
    value = nested("x", lambda inner, _: f"1+1/({inner})", 900)
    assert derive(f"dense(var={value})").status == 0


@pytest.mark.parametrize(("wrap", "first"), [
    # φ of a branch dense >> B, with σ_w = 1 throughout, is φ_B: each level adds 1.
    (lambda inner, _: f"(id + (dense >> {inner}))", lambda levels: levels + 1),
    # [I; W B] on n inputs: m φ = n + n φ_B/1 for a weight that keeps the mean over the n inputs of its outputs.
    (lambda inner, _: f"(id | ({inner} >> dense(n)))", lambda levels: 1),
    (lambda inner, level: f"(id + (dense(var=a{level}/fan_in) >> {inner}))", None),
])
def test_nests_of_branches(wrap, first):
    levels = 150
    outcome = derive(nested("dense(n)", wrap, levels), "--set", "sigma_w=1")
    assert outcome.status == 0
    assert {entry["status"] for entry in outcome.data["hypotheses"]} == {"proved"}
    if first is not None:
        assert float(outcome.data["phi"]) == pytest.approx(first(levels))
