"""`freeblock check` as it is printed: statistics that were measured are told, and are not taken for granted."""

from __future__ import annotations

import math
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


def test_the_signal_behind_a_network_stands_below_the_moments():
    shown = run(*NETWORK, "--network", "--q", "2", "--c", "1/2").out.splitlines()
    assert [line.split()[0] for line in shown[1:7]] == ["φ_1", "φ_2", "ϕ", "q", "c", "GSC"]
    assert "input q = 2, correlation c = 0.5: 20 passes of 64 inputs" in shown
    markdown = run(*NETWORK, "--network", "--format", "markdown").out
    assert "| GSC | " in markdown and "input q = 1, correlation c = 0: 20 passes of 64 inputs" in markdown


def test_the_signal_in_json():
    found = run(*NETWORK, "--network", "--format", "json").data["signal"]
    assert list(found) == ["input", "q", "c", "gsc", "passes", "half_passes", "batch", "reason"]
    assert list(found["gsc"]) == ["predicted", "measured", "stderr", "tolerance", "at_width", "agrees"]
    assert found["q"]["predicted"] == pytest.approx(0.5) and found["c"]["predicted"] == pytest.approx(1 / math.pi)
    assert found["gsc"]["predicted"] == pytest.approx(1) and found["reason"] is None
    assert "signal" not in run(*NETWORK, "--format", "json").data


@pytest.mark.parametrize(("options", "message"), [
    (("--q", "2"), "--q and --c are for data that go through the network"),
    (("--network", "--q", "-1"), "a mean square is positive, not -1"),
    (("--network", "--c", "2"), "a correlation lies between -1 and 1, not at 2"),
    (("--network", "--c", "-1/2"), "any two of 64 inputs cannot have correlation -0.5: it is at least -0.0159"),
    (("--network", "--q", "x"), "--q is a number"),
])
def test_inputs_that_cannot_be(options, message):
    outcome = run(*NETWORK, *options)
    assert outcome.status == 2 and outcome.mistake.message == message


def test_images_have_no_signal_to_compare():
    image = ("check", "input (2, 4, 4)\nconv(4, 3) >> relu", "--samples", "4", "--network", "--set", "sigma_w=1")
    assert "GSC" not in run(*image).out and run(*image, "--format", "json").data.get("signal") is None
    assert run(*image, "--q", "1").status == 2


def test_what_forward_does_not_know_is_left_out_and_does_not_count():
    outcome = run("check", "relu >> relu", "--network", "--samples", "4", "--width", "16", "--order", "1")
    assert "\nq, c and GSC are left out: what `relu` is applied to is not known to be Gaussian\n" in outcome.out
