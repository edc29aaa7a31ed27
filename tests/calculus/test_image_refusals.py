"""What may not be printed as proved of images: each case was measured to differ (docs/theory/images.md)."""

from __future__ import annotations

import pytest

import freeblock as fb
from freeblock.errors import DomainError

C = "conv(8, 3, padding=1, var=2/fan_in)"

PHI_ONLY = [
    # measured κ 1 (conv then the mean of all positions), .778 (windows of two), 4.06 and 2.97 … 3.8; free 1/8, .5, 3, 2.3
    f"{C} >> global_avg_pool", f"{C} >> avg_pool(2)", f"({C} >> relu)^2 >> global_avg_pool", f"relu >> avg_pool(2) >> {C}",
    f"upsample >> {C} >> {C}", "depthwise_conv(3, padding=1) >> relu", f"{C} >> depthwise_conv >> relu >> {C}",
    "conv(8, 1) >> max_pool(3, 2) >> conv(8, 1)", f"{C} >> relu >> avg_pool(2) >> {C} >> relu",
    f"(id + (relu >> {C}))^2", "conv(8, 1) >> global_avg_pool", "conv(8, 1, var=1/fan_in) >> avg_pool(2) >> conv(8, 1)",
    f"id | ({C} >> relu)",
]
NOT_EVEN_PHI = [
    # off-diagonal energies are read: measured .0957 for .2006, .479 for .644, .058 for .095, .125 for .170
    "avg_pool(3, 1, 1) >> avg_pool(3, 1, 1)", f"upsample >> {C} >> avg_pool(2)", f"upsample >> {C} >> global_avg_pool",
    f"max_pool(3, 2, 1) >> {C} >> global_avg_pool", f"{C} >> max_pool(3, 2, 1) >> {C} >> global_avg_pool",
    # which position of a window is the largest is not known, and behind a border they differ
    f"{C} >> max_pool(3, 2) >> {C}", f"{C} >> relu >> max_pool(2) >> {C}",
    # relu sees the very values that the pool chose from, and the sum before it
    f"({C} >> relu) | ({C} >> relu) >> max_pool(2)".replace("(conv", "((conv", 1).replace(") >> max", ")) >> max"),
    f"((id + ({C} >> relu >> {C})) >> relu)^2", f"{C} >> instance_norm >> relu", f"{C} >> group_norm >> relu",
    "id + subsample(1) + avg_pool(3, 1, 1)", f"{C} >> tanh",
    # channels and borders that have another variance
    "conv(8, 1) >> zero_pad_channels(12) >> bn", "conv(8, 1) >> avg_pool(3, 1, 1) >> conv(8, 1) >> zero_pad_channels(9) >> tanh",
]
PROVED = [
    f"{C} >> subsample >> {C}", f"({C} >> relu)^3 >> flatten >> dense(10)", f"avg_pool(2) >> {C} >> relu >> {C}",
    f"conv(8, 1) >> relu >> max_pool(2) >> {C}", f"(id + ({C} >> relu >> {C}))^3", "conv_orthogonal >> relu(1/2) >> conv_delta_orthogonal",
    "zero_pad_channels(12) >> conv(8, 1)", f"{C} >> channel_dropout(1/2) >> {C}", f"{C} >> bn >> relu >> {C}",
    "(subsample >> zero_pad_channels(16)) + (conv(16, 3, 2, 1) >> relu >> conv(16, 3, padding=1))",
]


def proved(text: str) -> int:
    return fb.derive(f"input (8, 8, 8)\n{text}").derivation.proved


@pytest.mark.parametrize("text", PHI_ONLY)
def test_the_variance_is_refused(text):
    assert proved(text) == 1


@pytest.mark.parametrize("text", NOT_EVEN_PHI)
def test_even_phi_is_refused(text):
    assert proved(text) == 0


@pytest.mark.parametrize("text", PROVED)
def test_the_variance_is_proved(text):
    assert proved(text) == 2


def test_a_stride_tears_apart_what_overlapping_windows_chose_alike():
    """Behind max_pool(3, 2, 1) neighbours may be one pixel; every second of them may not."""
    stem = "conv(8, 1, var=2/fan_in) >> max_pool(3, 2, 1)"
    assert proved(f"{stem} >> conv(8, 3, 1, 1) >> global_avg_pool") == 0
    assert proved(f"{stem} >> conv(8, 3, 2, 1) >> global_avg_pool") == 1


def test_names_of_the_assumptions():
    result = fb.derive(f"input (8, 8, 8)\n({C} >> relu)^L")
    assert {item.name for item in result.derivation.refusals()} == {"borders-neglected"}
    assumed = fb.derive(f"input (8, 8, 8)\n({C} >> relu)^L", assume=["borders-neglected"])
    assert (str(assumed.phi), str(assumed.kappa)) == ("1", "2*L")
    pooled = fb.derive(f"input (8, 8, 8)\n{C} >> global_avg_pool", assume=["independent-positions"])
    assert pooled.derivation.given == 2 and pooled.derivation.proved == 1


@pytest.mark.parametrize("text", ["input (c, h, w)\nconv >> relu", "conv(padding=1) >> relu"])
def test_without_numbers_borders_are_neglected_and_it_is_said(text):
    result = fb.derive(text)
    assert "borders-neglected" in {item.name for item in result.hypotheses if item.status == "assumed"}
    assert str(result.phi) == "sigma_w**2/2" and str(result.kappa) == "2"


@pytest.mark.parametrize("text", ["input (8, 6, 6)\nconv(8, groups=8)", "input (c, 6, 6)\nconv(c, groups=c)", "conv(groups=n)"])
def test_a_kernel_for_each_channel_is_another_component(text):
    with pytest.raises(DomainError, match="outside its domain") as caught:
        fb.derive(text)
    assert "depthwise_conv" in caught.value.hint
    assert caught.value.span.text in {"8", "c", "n"}
