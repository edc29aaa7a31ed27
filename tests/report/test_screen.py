"""A derivation on screens of several widths: nothing is wider, and what is shown is what was derived."""

from __future__ import annotations

import re

import pytest

from freeblock.calculus.derivation import Derivation
from freeblock.report.screen import MANY_LINES, screen_report, screen_steps
from freeblock.session import derive_source
from freeblock.source import Source

BLOCK = "(id + (dense(var=v{0}/fan_in) >> relu >> dense(var=w{0}/fan_in)))"
NETWORKS = [
    "(id + (dense >> relu >> dense))^L", "(id + (bn >> relu >> dense))^L", "dense >> selu", "(dense >> tanh(q))^3",
    "serial[l=1..L](id + l^(-1/2) * (dense >> relu >> dense))", "id | (dense(a) >> relu) | (dense(b) >> relu >> dense(c))",
    " >> ".join(BLOCK.format(number) for number in range(12)), "(id + (relu >> dense)) >> relu",
    "(id + L^(-1/2) * (dense >> relu >> dense))^L",
]


def derivation(text: str, order: int = 2) -> Derivation:
    return derive_source(Source("expression", text), order=order).derivation


@pytest.mark.parametrize("width", [60, 80, 132])
@pytest.mark.parametrize("text", NETWORKS)
def test_nothing_is_wider_than_the_screen(text: str, width: int) -> None:
    for shown in (screen_report(derivation(text, 3), width), screen_steps(derivation(text, 3), width)):
        wide = [line for line in shown.splitlines() if len(line) > width]
        # The label of a block is never broken inside a word.
        assert all(max(map(len, line.split())) > width - 10 for line in wide), wide


@pytest.mark.parametrize("width", [30, 50, 80])
def test_a_sum_is_broken_between_its_terms(width: int) -> None:
    shown = screen_report(derivation(" >> ".join(BLOCK.format(number) for number in range(6))), width)
    kappa = shown[shown.index("κ = "):].split("Hypotheses")[0]
    for number in range(6):
        assert kappa.count(f"v{number}·w{number}·(4 + 3·v{number}·w{number})") == 1
        assert kappa.count(f"(2 + v{number}·w{number})²") == 1


@pytest.mark.parametrize(("text", "order"), [(NETWORKS[6], 2), (NETWORKS[6], 4), (NETWORKS[5], 3)])
def test_a_named_part_is_shown_once_or_said_to_be_left_out(text: str, order: int) -> None:
    shown = screen_report(derivation(text, order), 60)
    used = set(re.findall("A[₀-₉]+", shown))
    stated = re.findall("^  (A[₀-₉]+) =", shown.split("where")[1], re.MULTILINE)
    assert stated and len(stated) == len(set(stated)) and set(stated) <= used
    left_out = re.search(r"… and (\d+) further parts that have names", shown)
    assert bool(left_out) == (used > set(stated))
    assert order > 2 or used == set(stated)


def test_a_long_formula_is_cut_and_says_so() -> None:
    shown = screen_report(derivation(" >> ".join(BLOCK.format(number) for number in range(400))), 80)
    assert "further lines; :latex has them all" in shown
    assert len(shown.splitlines()) < 6 * MANY_LINES


def test_a_refused_result_is_not_shown() -> None:
    refused = derivation("(id + (bn >> relu >> dense))^L")
    shown = screen_report(refused, 80)
    assert "φ(JJᵀ) = ⎜1" in shown and "κ =" not in shown and "ϕ(JJᵀ) =" not in shown
    assert "ϕ(JJᵀ) is not given: " in shown
    last = screen_steps(refused, 80).rsplit("(7)", 1)[1]
    assert "φ =" in last and "κ =" not in last


def test_a_mean_is_explained_and_a_number_approximated() -> None:
    shown = screen_report(derivation("(dense >> tanh(q))^3"), 80)
    lines = [line.strip() for line in shown.splitlines()]
    assert "φ(JJᵀ) = σ_w⁶ · E⎣sech⁴⎝√q·z⎠⎦" in lines
    assert "E is the mean over a standard normal z" in lines
    # E sech⁴ z over a standard normal z, to ten digits (mpmath).
    assert "φ(JJᵀ) = E[sech⁴(z)] ≈ 0.4644029024" in screen_report(derivation("dense(var=1/fan_in) >> tanh(1)"), 80)


def test_a_huge_number_is_approximated() -> None:
    """9^99999 is 10^(99999·log10(9)) = 1.980165…·10^95423 (mpmath)."""
    assert "φ(JJᵀ) = 3¹⁹⁹⁹⁹⁸ ≈ 1.98017e+95423" in screen_report(derivation("dense(var=9^99999/fan_in)"), 80)
