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
