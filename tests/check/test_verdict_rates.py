"""A verdict is right: true formulas pass and formulas off by 5 % fail, each for at least 95 % of seeds."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from verdict_rates import CHAIN, LONG_CHAIN, MOMENTS, RESIDUAL, STACK, rates

from freeblock.check import run_check

SHARE = 20  # seeds one process works through at a time


@pytest.fixture(scope="module")
def workers():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize(
    ("name", "text", "seeds"),
    [("chain", CHAIN, 100), ("residual", RESIDUAL, 100), ("stack", STACK, 100), ("long chain", LONG_CHAIN, 20)],
)
def test_verdicts_are_right_at_the_default_settings(name, text, seeds, workers, capsys):
    tasks = [workers.submit(rates, text, first, SHARE) for first in range(0, seeds, SHARE)]
    found = [verdict for task in tasks for verdict in task.result()]
    assert len(found) == seeds
    passes = sum(true for true, _, _ in found) / seeds
    fails = sum(both for _, both, _ in found) / seeds
    single = min(sum(row[case] for _, _, row in found) for case in range(4)) / seeds
    with capsys.disabled():
        print(f"\n{name}: true formulas pass {passes:.1%}, formulas 5 % off fail {fails:.1%} (one moment off: {single:.1%})")
    assert passes >= 0.95
    assert fails >= 0.95
    assert single >= 0.95


@pytest.mark.parametrize("text", [CHAIN, RESIDUAL, STACK])
def test_the_verdict_on_a_formula_handed_in_wrong_is_no(text):
    from sampled_networks import network

    wrong = tuple(1.05 * moment for moment in MOMENTS[text])
    result = run_check(network(text), lambda values: wrong, {}, seed=1)
    assert not result.agrees
