"""The initialisation code, executed on layers with numpy weights: the mean squared singular value of the real J is 1."""

from __future__ import annotations

import math
import sys
import types
from unittest import mock

import numpy as np
import pytest
from exported_code import module
from torch_stand_in import Linear, modules

import freeblock as fb

WIDTH = 400


def _code(text: str, **options: object) -> types.ModuleType:
    exported = fb.derive(text, **options).export("torch-init")  # type: ignore[arg-type]
    with mock.patch.dict(sys.modules, modules()):
        return module(exported)


def _mask() -> np.ndarray:
    """The derivative of a ReLU at symmetric pre-activations."""
    return (np.random.default_rng(5).random(WIDTH) < 0.5).astype(float)[:, None]


def _mean(jacobian: np.ndarray) -> float:
    return float(np.sum(jacobian**2) / len(jacobian))


def test_a_chain_is_he_initialised() -> None:
    code, layers = _code("(dense >> relu)^L"), [Linear(WIDTH, WIDTH) for _ in range(6)]
    assert code.scale(L=6) == pytest.approx(math.sqrt(2), rel=1e-15)
    code.initialize(layers, L=6)
    for layer in layers:
        assert np.std(layer.weight) == pytest.approx(math.sqrt(2 / WIDTH), rel=0.01) and not layer.bias.any()


def test_residual_branches() -> None:
    text = "((1/2)*id + (dense >> relu >> orthogonal(gain=3/2)))^4"
    code, layers = _code(text), [Linear(WIDTH, WIDTH) for _ in range(8)]
    code.initialize(iter(layers))
    jacobian, chance = np.eye(WIDTH), np.random.default_rng(3)
    for first, second in zip(layers[::2], layers[1::2], strict=True):
        mask = (chance.random(WIDTH) < 0.5).astype(float)[:, None]
        jacobian = (np.eye(WIDTH) / 2 + second.weight @ (mask * first.weight)) @ jacobian
        assert second.weight @ second.weight.T == pytest.approx(2.25 * np.eye(WIDTH), abs=1e-9)
    assert _mean(jacobian) == pytest.approx(1, abs=0.08)


def test_widths_and_symbols() -> None:
    code = _code("dense(m) >> leaky_relu(slope=a) >> dense(k, var=2*sigma_w^2/(fan_in+fan_out))")
    layers = [Linear(300, 200), Linear(200, 500)]
    with pytest.raises(TypeError):
        code.initialize(layers)
    code.initialize(layers, a=0.5, k=500, m=200)
    scale = code.scale(a=0.5, k=500, m=200)
    first, second = (float(np.var(layer.weight)) for layer in layers)
    assert first == pytest.approx(scale**2 / 300, rel=0.02) and second == pytest.approx(2 * scale**2 / 700, rel=0.02)
    # E |J|² / rows: every weight sums over its inputs, half of the units have slope 1 and half a.
    assert 300 * scale**2 / 300 * (1 + 0.25) / 2 * 200 * 2 * scale**2 / 700 == pytest.approx(1, rel=1e-12)


def test_indexed_layers_and_shared_ones() -> None:
    code = _code("let W = orthogonal\nserial[l=1..K](W >> dense(var=sigma_w^2/(l*fan_in)) >> relu) >> W", assume_free=True, values={"K": 3})
    layers = [Linear(WIDTH, WIDTH) for _ in range(4)]
    code.initialize(layers)
    assert layers[0].weight @ layers[0].weight.T == pytest.approx(np.eye(WIDTH), abs=1e-9)
    for place, layer in enumerate(layers[1:], 1):
        assert float(np.var(layer.weight)) * WIDTH == pytest.approx(code.scale()**2 / place, rel=0.02)
    assert code.scale()**6 / (6 * 8) == pytest.approx(1, rel=1e-12)


def test_tanh_has_a_number() -> None:
    code = _code("(dense >> tanh)^7")
    z = np.linspace(-12, 12, 20001)
    mean = np.sum(np.exp(-z * z / 2) / np.cosh(z)**4) * (z[1] - z[0]) / math.sqrt(2 * math.pi)
    assert code.scale() == pytest.approx(mean**-0.5, rel=1e-9)


def test_a_network_that_is_met_as_it_stands() -> None:
    code, layer = _code("dense(var=2/fan_in) >> relu"), Linear(WIDTH, WIDTH)
    code.initialize([layer])
    assert np.var(layer.weight) * WIDTH == pytest.approx(2, rel=0.02) and not hasattr(code, "scale")


def test_too_few_layers() -> None:
    with pytest.raises(ValueError, match="has 3 weight layers, not 1"):
        _code("(dense >> relu)^3").initialize([Linear(5, 5)])


def test_no_scale_at_these_values() -> None:
    code = _code("c*id + dense")
    assert code.scale(c=0.6) == pytest.approx(0.8)
    with pytest.raises(ValueError):
        code.scale(c=1.5)


@pytest.mark.parametrize(("text", "status", "words"), [
    ("id >> relu(p=1/2)", 1, "no weights"), ("(id + (dense >> relu >> dense))^L", 1, "no positive sigma_w meets phi = 1"),
    ("dense(var=3/fan_in) >> relu", 1, "no symbol scales the weights"), ("sws >> relu", 1, "not set by its initialisation"),
    ("dense(var=a/n) >> relu >> dense(var=b/n)", 2, "several scales: a, b"),
])
def test_refusals(text: str, status: int, words: str) -> None:
    with pytest.raises(fb.FreeblockError, match=words) as caught:
        fb.derive(text, assume_free=True).export("torch-init")
    assert caught.value.exit_status == status and caught.value.hint


@pytest.mark.parametrize(("text", "lines"), [
    # The mean of dense(var=v/fan_in) is v.
    ("dense(var=(s-2)^2/fan_in)", ["phi = 1 is met by 2 values, of which the first is used:", "  s = 1", "  s = 3"]),
    ("c*id + dense", ["phi = 1 is met by", "  sigma_w = sqrt(1 - c^2), where 1 - c^2 > 0"]),
])
def test_the_header_names_every_scale_and_what_it_requires(text: str, lines: list[str]) -> None:
    exported = fb.derive(text).export("torch-init")
    assert "\n".join(f"# {line}" for line in lines) + "\n\n" in exported
