"""Indexed forms say for which bounds they hold, and a copy that is zero is found."""

from __future__ import annotations

import pytest
from derivations import derived

from freeblock.errors import DomainError


@pytest.mark.parametrize(("text", "place"), [
    ("serial[l=1..L]((l-1)*dense)", 1), ("serial[l=1..L]((l-3)*dense)", 3), ("serial[l=2..L]((l^2-25)*dense)", 5),
    ("serial[k=1..L](dense >> ((k-2)*id) >> relu)", 2),
])
def test_a_chain_with_a_zero_copy_is_refused(text, place):
    with pytest.raises(DomainError, match=f"is 0 at [kl] = {place}, and the whole chain with it"):
        derived(text)


@pytest.mark.parametrize("text", ["serial[l=1..L](id + (l-1)*(dense >> relu >> dense))", "sum[l=2..L]((l-1)*dense)",
                                  "serial[l=4..L]((l-3)*dense)", "serial[l=1..L]((1-1/(2*l))*dense)"])
def test_others_are_not(text):
    assert derived(text).given >= 2


def test_a_chain_of_zeros_is_the_zero_block():
    derivation = derived("serial[l=1..L](0*dense)")
    assert derivation.phi is not None and derivation.phi.is_zero and derivation.kappa is None


@pytest.mark.parametrize(("text", "statement"), [
    ("serial[l=5..L](dense)", "L >= 4"), ("sum[l=1..L-1](dense)", "L - 1 >= 1"), ("stack[l=3..L](dense)", "L >= 3"),
    ("serial[l=1..L](dense)", None), ("serial[l=1..L-1](dense)", "L - 1 >= 1"), ("sum[l=1..L](dense)", None),
    ("assume L >= 7\nserial[l=5..L](dense)", None),
    # At its shortest such a sum is the zero block, which has no κ.
    ("sum[l=1..L]((l-1)*dense)", "L >= 2"), ("assume L > 2\nsum[l=1..L]((l-1)*dense)", None),
    ("stack[l=1..L+1](dense(var=(l-1)/fan_in))", None), ("stack[l=1..L](dense(var=(l-1)/fan_in))", "L >= 2"), ("sum[l=0..L](l*dense)", None),
])
def test_the_bounds_that_are_taken_for_granted_are_printed(text, statement):
    stated = [item.because for item in derived(text).hypotheses if item.name == "domain"]
    assert stated == ([] if statement is None else [statement])
