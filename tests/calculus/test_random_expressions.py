"""Random networks: every order that is called proved must be what a real forward pass gives.

A law is held against simulation at small widths first, and at larger ones only where it seems to deviate, so
that a true law passes and one that is off by a few per cent fails at every level. Seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from derivations import FREE, moments
from random_networks import COPIES, Maker, simulate, text_of

from freeblock.errors import ShapeError

ORDER = 4
CHUNK = 20
LEVELS = [((4, 8, 16), (1500, 750, 400)), ((8, 16, 32), (1500, 750, 400)), ((16, 32, 64), (2500, 1250, 600))]
ONE_LEVEL = [((12, 24, 48), (2500, 1200, 600))]
TWO_WIDTHS = [((12, 24), (12_000, 6_000))]
THRESHOLD = 4.5
FLOOR = 0.004
"""Relative difference that small widths may leave."""
PRECISION = 0.015
"""The relative standard error of φ and φ_2 that is wanted: what is off by five per cent is found."""


def deviations(network, lets, predicted, seed, levels=LEVELS):
    """[(order, predicted, estimate, error)] at the level where fewest remain; empty for a law that holds."""
    found = []
    for level, (halves, samples) in enumerate(levels):
        estimate, error = simulate(network, lets, halves, samples, len(predicted), seed)
        found = [(k + 1, predicted[k], estimate[k], error[k]) for k in range(len(predicted))
                 if abs(predicted[k] - estimate[k]) > THRESHOLD * error[k] + FLOOR * abs(predicted[k]) + 1e-9]
        if not found and (level or all(error[:2] < PRECISION * np.abs(predicted[:2]))):
            break
    return found


@pytest.mark.parametrize("wild", [False, True], ids=["tame", "wild"])
@pytest.mark.parametrize("start", range(0, 80, CHUNK))
def test_what_is_proved_is_true(start, wild):
    wrong, orders = [], []
    for seed in range(start, start + CHUNK):
        network, lets = Maker(10_000 + seed, wild).network()
        text = text_of(network, lets)
        try:
            proved, predicted = moments(text, ORDER, L=COPIES)
        except ShapeError:  # widths that agree only at L = 3
            continue
        orders.append(proved)
        if predicted:
            found = deviations(network, lets, predicted, seed)
            if found:
                wrong.append((text, proved, found))
    assert not wrong
    assert sum(order >= 2 for order in orders) >= CHUNK // 6  # the test would be empty without them


@pytest.mark.parametrize(
    ("network", "order"),
    [
        (("repeat", 4, ("sum", [("id",), ("serial", [("relu",), ("dense", 2, 1)])])), 2),
        (("serial", [("dropout", 0.5), ("sum", [("id",), ("serial", [("relu",), ("dense", 2, 2)])])]), 2),
        (("stack", [("relu",), ("scale", -1, ("relu",))]), None),
        (("serial", [("relu",), ("sum", [("id",), ("serial", [("relu",), ("dense", 2, 1)])])]), 1),
        (("sum", [("relu",), ("leaky_relu", 0.3)]), 1),
    ],
)
def test_wrong_laws_are_found(network, order):
    """What is refused, given as if it were free, deviates: the simulation has the power to see it."""
    text = text_of(network, {})
    if order is None:  # complementary patterns against equal ones: φ_2 is 1/2, not 1
        network = ("stack", [("relu",), ("serial", [("scale", -1, ("id",)), ("relu",)])])
        assert deviations(network, {}, [0.5, 1.0], 1, ONE_LEVEL)
        assert not deviations(network, {}, [0.5, 0.5], 1, ONE_LEVEL)
        return
    proved, _ = moments(text, order)
    predicted = moments(text, order, FREE)[1]
    assert proved < order == len(predicted)
    assert deviations(network, {}, predicted, 1, TWO_WIDTHS)


@pytest.mark.parametrize("factor", [1.05, 0.95])
@pytest.mark.parametrize("text_network", [("serial", [("dense", 2, 2), ("relu",), ("dense", 3, 1)]),
                                          ("sum", [("id",), ("serial", [("relu",), ("dense", 2, 1)])]),
                                          ("stack", [("id",), ("serial", [("dense", 1, 1), ("relu",)])])])
def test_five_per_cent_are_found(text_network, factor):
    proved, predicted = moments(text_of(text_network, {}), 2)
    assert proved == 2
    assert not deviations(text_network, {}, predicted, 3, ONE_LEVEL)
    for k in range(2):
        off = np.array(predicted)
        off[k] *= factor
        assert [row[0] for row in deviations(text_network, {}, off, 3, ONE_LEVEL)] == [k + 1]
