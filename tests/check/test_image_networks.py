"""Whole networks on images against the derived φ and ϕ at two widths, and what is said of those that cannot be run."""

from __future__ import annotations

import json
import math

import pytest

import freeblock as fb
from freeblock.errors import FreeblockError, LimitError, OptionError
from freeblock.language.parser import parse_program
from freeblock.language.printer import print_node
from freeblock.measure import measure
from freeblock.network.narrowing import narrowed
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

PROVED = [
    ("padded chain", "input (8, 5, 5)\n(conv(8, 3, padding=1, var=2/fan_in) >> relu)^2"),
    ("strided", "input (4, 7, 6)\nconv(12, 3, stride=2, padding=1) >> relu >> conv(16, 3, stride=2)"),
    ("projection", "input (8, 5, 5)\nconv(16, 1, stride=2) + (conv(16, 3, stride=2, padding=1) >> relu >> conv(16, 3, padding=1))"),
    ("pooled", "input (6, 6, 6)\nconv(16, 3) >> max_pool >> relu >> flatten >> dense(10)"),
    ("grouped", "input (8, 5, 5)\nconv(32, 3, padding=1, groups=2) >> relu >> conv(32, 3, groups=2)"),
    ("orthogonal", "input (8, 4, 4)\nconv_orthogonal(16, 3) >> relu >> conv_orthogonal(16, 3, padding=1)"),
    ("normalized", "input (8, 4, 4)\nconv(16, 3) >> ln >> relu >> conv(16, 1)"),
    ("batch", "input (8, 4, 4)\nconv(16, 3) >> bn >> relu >> conv(16, 1)"),
]


@pytest.mark.parametrize("network", [False, True])
@pytest.mark.parametrize(("name", "text"), PROVED)
def test_what_is_proved_is_measured(name, text, network):
    result = measure(Source("test", text), network=network, seed=1, samples=250).result
    assert result.images.halved and result.half_samples == 750
    assert not result.unproved
    assert result.agrees, result


@pytest.mark.parametrize("text", [PROVED[0][1], PROVED[1][1]])
def test_a_wrong_moment_is_found(text):
    """The same samples, held against moments that are half as large again."""
    result = measure(Source("test", text), network=True, seed=1, samples=250).result
    for order in result.orders:
        assert abs(1.5 * order.predicted - order.measured) > order.tolerance


def test_kappa_of_a_strided_convolution_of_signs_is_the_one_worked_out_by_hand():
    """Nine positions are read 1, 1, 2, 1, 2, 1, 2, 1, 1 times by four outputs of three taps.

    φ_2 = Σ w·⟨e²b²⟩ (docs/theory/images.md, §3): the input and the signs give (4/9)·(18/9)/(12/9)² = 1/2 each, the
    weights 1, so that κ = 2 − 1.
    """
    text = "input (24, 9, 1)\nrelu >> conv(24, kernel_h=3, kernel_w=1, stride=2, var=1/fan_in)"
    result = measure(Source("test", text), samples=400, seed=3).result
    first, second = result.orders
    assert first.measured == pytest.approx(1 / 2, abs=4 * first.stderr)
    assert second.measured == pytest.approx(2 / 4, abs=4 * second.stderr + 0.01)
    assert result.agrees, result


def test_gradients_at_the_blocks_are_those_of_the_rest_of_the_network():
    text = "input (6, 6, 6)\nconv(16, 3, padding=1, var=2/fan_in) >> max_pool >> relu >> (id + conv(16, 1))^2 >> flatten >> dense(10)"
    result = measure(Source("test", text), network=True, seed=2, samples=300, blocks=True).result
    names = [row.block for row in result.blocks]
    assert names == ["conv(16, 3, padding=1, var=2/fan_in)", "max_pool >> relu", "id + conv(16, 1), copy 1",
                     "id + conv(16, 1), copy 2", "flatten", "dense(10)"]
    by_hand = [None, None, 4.0, 2.0, 1.0, 1.0]  # dense(10) keeps the mean square, each residual block doubles it
    for row, value in zip(result.blocks, by_hand, strict=True):
        assert value is None or row.predicted == pytest.approx(value)
        assert row.measured == pytest.approx(row.predicted, rel=0.1)
    # Of nine taps (16/6)² are in bounds on average on a 6×6 image; the relu passes what the maxima show.
    share = result.measured_statistics["p_max"]
    assert result.blocks[1].predicted == pytest.approx(4 * share, rel=1e-5)
    assert result.blocks[0].predicted == pytest.approx(4 * share * 2 / 9 * (16 / 6) ** 2, rel=1e-5)
    assert result.blocks[0].predicted == pytest.approx(result.orders[0].predicted)


def test_a_seed_fixes_every_number():
    first, again, other = (measure(Source("test", PROVED[3][1]), network=True, samples=10, seed=seed, blocks=True).result
                           for seed in (5, 5, 6))
    assert first.orders == again.orders and list(first.blocks) == list(again.blocks)
    assert first.orders != other.orders


@pytest.mark.parametrize(("text", "expected"), [
    ("conv(64, 3) >> conv(30) >> dense(10)", "conv(8, 3) >> conv(4) >> dense(10)"),
    ("conv(64) >> dense(32) >> relu", "conv(8) >> dense(4) >> relu"),
    ("conv(out=c, kernel=3) >> conv(channels/2, groups=32)", "conv(out=ceiling(c*0.125), kernel=3) >> conv(channels/2, groups=4)"),
    ("conv(4) >> depthwise_conv(3)", "conv(1) >> depthwise_conv(3)"),
])
def test_a_narrow_copy_has_fewer_channels(text, expected):
    program = narrowed(parse_program(Source("test", text)), load_catalogue(), 8)
    assert print_node(program.statements[0].body) == expected


def test_definitions_are_narrowed_once_and_the_classes_stay():
    text = "input (3, 6, 6)\nblock(c) = id + conv(c, 1)\nhead = flatten >> dense(10)\nnet = conv(64, 3) >> block(64)^2 >> head"
    result = measure(Source("test", text), narrow=8, samples=8).result
    assert (result.images.narrow, result.images.shape, result.width) == (8, (3, 6, 6), 108)
    full = fb.derive(text.replace("64", "8"), values={"sigma_w": 1}).evaluate({})
    assert result.orders[0].predicted == pytest.approx(full.phi)


@pytest.mark.parametrize(("text", "options", "kind", "words"), [
    ("conv(8, 3) >> relu", {}, FreeblockError, "size of the image is not known"),
    ("input (c, h, w)\nconv(8, 3)", {}, OptionError, "needs a number"),
    ("input (3, 4, 4)\nconv(8, 3)", {"width": 64}, OptionError, "for networks on vectors"),
    ("dense >> relu", {"narrow": 2}, OptionError, "for networks on images"),
    ("dense >> relu", {"blocks": True}, OptionError, "for networks on images"),
    ("input (3, 4, 4)\nconv(8, 3)", {"narrow": 0}, OptionError, "between 1"),
    ("input (3, 4, 4)\nconv(8, 3)", {"narrow": 1.5}, OptionError, "whole number"),
    ("input (3, 4, 4)\nconv(8, 3, groups=2)", {}, FreeblockError, "groups"),
    ("input (3, 4, 4)\ngroup_norm(2)", {}, FreeblockError, "do not divide 3 channels"),
    ("input (3, 1, 1)\nconv(8, 1) >> bn", {"network": True, "batch": 1}, FreeblockError, "a single value"),
    ("input (3, 224, 224)\nconv(4096, 3) >> flatten >> dense(4096)", {}, LimitError, "too large to draw"),
    ("input (3, 224, 224)\n(conv(512, 3, padding=1) >> relu)^20", {}, LimitError, "too large to sample"),
    ("input (64, 32, 32)\nconv(64, 3)", {"batch": 4096}, LimitError, "4096 images at once"),
    ("input (3, 4, 4)\nid^300", {"blocks": True}, LimitError, "more than 200 blocks"),
    ("input (3, 4, 4)\nconv(8, 3, var=10^300) >> conv(8, 1, var=10^200)", {}, LimitError, "floating-point"),
])
def test_what_cannot_be_run_is_said(text, options, kind, words):
    with pytest.raises(kind, match=words):
        measure(Source("test", text), **{"samples": 4, **options})


def test_one_pixel_and_one_image_will_do():
    result = measure(Source("test", "input (8, 1, 1)\nconv(16, 3, padding=1) >> relu >> conv(16, 1)"), batch=1, samples=200).result
    assert result.images.batch == 1 and result.agrees


def test_the_result_is_data_and_has_no_holes():
    result = measure(Source("test", PROVED[3][1]), network=True, samples=6, blocks=True).result
    data = json.loads(json.dumps(result.to_data(), allow_nan=False))
    assert data["image"] == [6, 6, 6] and data["narrow"] == 1 and data["half_narrow"] == 2 and data["batch"] == 8
    assert [row["block"] for row in data["blocks"]] == ["conv(16, 3)", "max_pool >> relu", "flatten", "dense(10)"]
    assert all(math.isfinite(row["stderr"]) for row in data["blocks"])
    assert "p_max" in data["measured_statistics"]


LIBRARY = """
odd_pool:
  title: A pool that says it keeps the size
  kind: structure
  parameters:
    kernel: {default: 2, whole: true, meaning: size, domain: kernel >= 1}
  window: {height: kernel, width: kernel, stride: 1, padding: 0}
  shape: {channels: channels, height: height, width: width}
  jacobian: {moments: 1, traits: {spatial: true}}
  sample: {sampler: window_mean}
  source: by definition
flat_pool:
  title: A pool of vectors
  kind: structure
  jacobian: {moments: 1}
  sample: {sampler: window_maximum}
  source: by definition
"""


@pytest.mark.parametrize("text", ["input (3, 6, 6)\nconv(8, 3) >> odd_pool", "dense >> flat_pool", "input (3, 6, 6)\nflat_pool"])
def test_a_library_whose_sampler_does_not_fit_its_rule_is_refused(text, tmp_path):
    (tmp_path / "mine.yaml").write_text(LIBRARY)
    with pytest.raises(FreeblockError, match="does not put out what the rule says"):
        measure(Source("test", text), samples=4, library=[str(tmp_path / "mine.yaml")])


def test_a_network_that_passes_nothing_has_no_prediction_for_its_norm():
    result = measure(Source("test", "input (3, 6, 6)\n0*conv(8, 3) >> bn >> relu"), network=True, samples=4, blocks=True).result
    assert [row.predicted for row in result.blocks] == [None, None, None]
    assert [order.agrees for order in result.orders] == [None, None]


def test_higher_orders_are_measured_where_nothing_is_predicted():
    result = measure(Source("test", "input (8, 4, 4)\nconv(16, 3, padding=1) >> relu"), order=3, samples=60, blocks=True).result
    assert result.orders[2].measured > result.orders[1].measured ** 2 / result.orders[0].measured
    assert result.blocks[0].predicted == pytest.approx(result.orders[0].predicted)


def test_symbols_that_the_data_know_are_measured():
    """std and p written as symbols are found in the passes; one that stands elsewhere too, or is given, is not."""
    text = "input (8, 4, 4)\nconv(16, 3, var=5/fan_in) >> bn(std=s) >> relu(p=a) >> conv(16, 1, var=2/fan_in)"
    result = measure(Source("test", text), network=True, seed=1, samples=100).result
    assert result.measured_statistics == {"s": pytest.approx(5**0.5, rel=0.02), "a": pytest.approx(1 / 2, rel=0.02)}
    assert result.orders[0].predicted == pytest.approx(5 / 5 * 1 / 2 * 2, rel=0.05)
    assert result.agrees and not result.measured_uses
    given = measure(Source("test", text), network=True, values={"s": 3}, samples=4).result
    assert set(given.measured_statistics) == {"a"}
    for wrong in ("conv(16, 3, var=s^2/fan_in) >> bn(std=s)", "relu(p=a) >> conv(16, 1) >> bn(std=a)", "bn(std=2*s)",
                  "s*bn(std=s)"):
        with pytest.raises(FreeblockError, match="needs a number|has no value"):
            measure(Source("test", f"input (8, 4, 4)\n{wrong}"), network=True, samples=4)
    with pytest.raises(OptionError, match="needs a number"):
        measure(Source("test", text), samples=4)  # without data there is nothing to measure


def test_each_place_has_its_own_statistics():
    """Behind filters of variance 1, 9 and 36 by fan_in the deviations are 1, 3 and 6, so that each pair has φ = 1."""
    text = "input (24, 5, 5)\n" + " >> ".join(
        f"conv(24, 1, var={variance}/fan_in) >> bn(std=s)" for variance in (1, 9, 36))
    result = measure(Source("test", text), network=True, seed=1, samples=60, blocks=True).result
    assert result.measured_uses["s"] == pytest.approx([1, 3, 6], rel=0.03)
    assert result.measured_statistics["s"] == pytest.approx(((1 + 9 + 36) / 3) ** 0.5, rel=0.03)
    assert result.orders[0].predicted == pytest.approx(1, rel=0.03)
    assert [row.predicted for row in result.blocks] == pytest.approx([1, 1, 1, 1 / 9, 1, 1 / 36], rel=0.06)
    assert result.agrees


def test_copies_and_parts_take_their_statistics_in_the_order_of_a_pass():
    """The deviation of the stream of a residual network grows block by block: 1, √2, 2."""
    text = "input (32, 4, 4)\n(id + (bn(std=s) >> conv(32, 1, var=1/fan_in) >> bn(std=t)))^3"
    result = measure(Source("test", text), network=True, seed=1, samples=40, blocks=True).result
    assert result.measured_uses["s"] == pytest.approx([1, 2**0.5, 3**0.5], rel=0.03)
    assert result.measured_uses["t"] == pytest.approx([1, 1, 1], rel=0.03)
    # φ of the rest: (1 + 1/1)(1 + 1/2)(1 + 1/3) = 4, then 2, then 4/3.
    assert [row.predicted for row in result.blocks] == pytest.approx([4, 2, 4 / 3], rel=0.03)
    assert result.agrees


def test_indexed_blocks_take_theirs_too():
    text = "input (32, 4, 4)\nserial[l=1..2](conv(32, 1, var=l^2/fan_in) >> bn(std=s)) >> conv(32, 2, padding=1)"
    result = measure(Source("test", text), network=True, seed=1, samples=20).result
    assert result.measured_uses["s"] == pytest.approx([1, 2], rel=0.05)
    taps = (3 * 2 + 2) ** 2 / 5**2  # of four, in bounds on average
    assert result.orders[0].predicted == pytest.approx(taps / 4, rel=0.05)
