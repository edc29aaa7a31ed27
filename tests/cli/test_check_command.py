"""`freeblock check` as it is printed: statistics that were measured are told, and are not taken for granted."""

from __future__ import annotations

import re

import pytest
from command_line import run

NETWORK = ("check", "dense >> bn >> relu", "--seed", "1", "--width", "64", "--samples", "20")


def test_measured_statistics_are_printed():
    shown = run(*NETWORK, "--network", "--set", "sigma_w=2").out
    measured = re.search(r"^measured in the passes: sigma_B = ([0-9.]+)$", shown, re.MULTILINE)
    assert measured and float(measured[1]) == pytest.approx(2, rel=0.05)
    assert "taken for granted" not in shown


def test_without_data_nothing_is_measured():
    shown = run(*NETWORK).out
    assert "taken for granted: sigma_B = 1, sigma_w = 1 (--set gives other values)" in shown
    assert "measured in the passes" not in shown


def test_what_is_neither_given_nor_measured_is_taken_for_granted():
    shown = run(*NETWORK, "--network").out
    assert "taken for granted: sigma_w = 1 (--set gives other values)" in shown
