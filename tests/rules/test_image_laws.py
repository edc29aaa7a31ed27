"""Each law of a component for images against the matrix of the component, built position by position.

Nothing here knows of the calculus: J is filled by loops from a kernel, and the moments are means over samples. Of
independent weights φ_2 is known exactly at finite width; what the limit leaves out is added.
"""

from __future__ import annotations

import numpy as np
import pytest

import freeblock as fb


def derived(shape: tuple[int, int, int], text: str, **values: float) -> tuple[float, float]:
    """φ_1 and φ_2 as freeblock has them."""
    result = fb.derive(f"input {shape}\n{text}")
    found = result.evaluate(values)
    return found.phi, found.phi**2 * (1 + found.kappa)


def matrix(kernel: np.ndarray, shape: tuple[int, int, int], stride: int, padding: int, groups: int = 1) -> np.ndarray:
    """J of a convolution with kernel[out, in of the group, height, width]."""
    channels, height, width = shape
    out, inside, tall, wide = kernel.shape
    rows, columns = (height + 2 * padding - tall) // stride + 1, (width + 2 * padding - wide) // stride + 1
    found = np.zeros((out, rows, columns, channels, height, width))
    for o in range(out):
        first = (o * groups // out) * inside
        for y in range(rows):
            for x in range(columns):
                for i in range(inside):
                    for a in range(tall):
                        for b in range(wide):
                            up, left = y * stride + a - padding, x * stride + b - padding
                            if 0 <= up < height and 0 <= left < width:
                                found[o, y, x, first + i, up, left] += kernel[o, i, a, b]
    return found.reshape(out * rows * columns, channels * height * width)


def moments(j: np.ndarray) -> tuple[float, float]:
    gram = j @ j.T if len(j) <= j.shape[1] else j.T @ j
    return np.trace(gram) / len(j), np.sum(gram**2) / len(j)


def agree(samples: list[tuple[float, float]], expected: tuple[float, float], sigmas: float = 4.5) -> None:
    values = np.array(samples)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert np.all(np.abs(values.mean(axis=0) - expected) <= sigmas * error + 1e-9), (values.mean(axis=0), expected, error)


def taps(size: int, kernel: int, stride: int, padding: int) -> float:
    """⟨N⟩ along one axis, by counting."""
    outputs = (size + 2 * padding - kernel) // stride + 1
    return sum(0 <= o * stride - padding + t < size for o in range(outputs) for t in range(kernel)) / outputs


CONVOLUTIONS = [
    # channels, out, size, kernel, stride, padding, groups
    (4, 6, 5, 3, 1, 1, 1), (4, 3, 6, 3, 1, 0, 1), (3, 5, 6, 3, 2, 1, 1), (4, 4, 7, 3, 2, 1, 1), (3, 3, 6, 2, 2, 0, 1),
    (3, 4, 6, 5, 1, 2, 1), (2, 3, 8, 7, 2, 3, 1), (4, 4, 6, 1, 2, 0, 1), (5, 4, 4, 1, 1, 0, 1), (3, 3, 7, 4, 3, 1, 1),
    (8, 8, 5, 3, 1, 1, 2), (8, 8, 5, 3, 2, 1, 4),
]


@pytest.mark.parametrize(("channels", "out", "size", "kernel", "stride", "padding", "groups"), CONVOLUTIONS)
def test_conv(channels, out, size, kernel, stride, padding, groups):
    generator = np.random.default_rng(7)
    shape, inside = (channels, size, size), channels // groups
    var = 1 / (inside * kernel**2)
    samples = [moments(matrix(generator.normal(0, np.sqrt(var), (out, inside, kernel, kernel)), shape, stride, padding,
                              groups)) for _ in range(120)]
    phi, second = derived(shape, f"conv({out}, {kernel}, {stride}, {padding}, {groups}, 1/fan_in)")
    finite = var**2 * inside * taps(size, kernel, stride, padding) ** 2
    agree(samples, (phi, second + finite))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (3, 1, 0), (3, 2, 1), (2, 2, 0), (5, 1, 2)])
def test_depthwise_conv(kernel, stride, padding):
    generator = np.random.default_rng(8)
    shape = (6, 6, 6)
    samples = [moments(matrix(generator.normal(0, 1 / kernel, (6, 1, kernel, kernel)), shape, stride, padding, 6))
               for _ in range(400)]
    agree(samples, derived(shape, f"depthwise_conv({kernel}, {stride}, {padding}, var=1/fan_in)"))


def orthogonal(generator: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Orthonormal rows or columns, by the Haar law."""
    tall = generator.normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return q if rows >= columns else q.T


@pytest.mark.parametrize(("channels", "out", "kernel", "stride", "padding"), [
    (14, 14, 3, 1, 1), (12, 18, 3, 1, 1), (14, 8, 3, 2, 1), (10, 10, 2, 2, 0), (3, 30, 3, 1, 1), (4, 20, 2, 1, 0),
])
def test_conv_orthogonal(channels, out, kernel, stride, padding):
    """The law is that of many channels, from which few of them differ by 1/channels²."""
    generator = np.random.default_rng(9)
    shape = (channels, 5, 5)
    samples = [moments(matrix(orthogonal(generator, out, channels * kernel**2).reshape(out, channels, kernel, kernel),
                              shape, stride, padding)) for _ in range(12)]
    phi, second = derived(shape, f"conv_orthogonal({out}, {kernel}, {stride}, {padding})")
    mean = np.mean(samples, axis=0)
    assert mean[0] == pytest.approx(phi, rel=0.01)
    assert mean[1] == pytest.approx(second, rel=0.02)


@pytest.mark.parametrize(("out", "stride"), [(6, 1), (9, 1), (4, 1), (4, 2), (9, 2)])
def test_conv_delta_orthogonal(out, stride):
    kernel = np.zeros((out, 6, 3, 3))
    kernel[:, :, 1, 1] = 2 * orthogonal(np.random.default_rng(10), out, 6)
    j = matrix(kernel, (6, 5, 5), stride, 1)
    assert moments(j) == pytest.approx(derived((6, 5, 5), f"conv_delta_orthogonal({out}, stride={stride}, gain=2)"))


@pytest.mark.parametrize(("size", "kernel", "stride", "padding"), [
    (6, 2, 2, 0), (7, 2, 2, 0), (6, 3, 3, 0), (7, 3, 1, 0), (7, 3, 2, 1), (6, 3, 1, 1), (5, 4, 2, 1),
])
def test_avg_pool(size, kernel, stride, padding):
    each = np.full((1, 1, kernel, kernel), 1 / kernel**2)
    j = matrix(np.repeat(each, 2, axis=0), (2, size, size), stride, padding, 2)
    assert moments(j) == pytest.approx(derived((2, size, size), f"avg_pool({kernel}, {stride}, {padding})"))


@pytest.mark.parametrize("size", [4, 7])
def test_max_pool(size):
    """Windows that do not overlap choose each input at most once, whatever the data are."""
    data = np.random.default_rng(11).normal(size=(3, size, size))
    rows = size // 2
    j = np.zeros((3, rows, rows, 3, size, size))
    for c in range(3):
        for y in range(rows):
            for x in range(rows):
                window = data[c, 2 * y:2 * y + 2, 2 * x:2 * x + 2]
                up, left = np.unravel_index(window.argmax(), (2, 2))
                j[c, y, x, c, 2 * y + up, 2 * x + left] = 1
    assert moments(j.reshape(3 * rows**2, -1)) == pytest.approx(derived((3, size, size), "max_pool(2)"))


def test_global_avg_pool():
    j = np.kron(np.eye(3), np.full((1, 20), 1 / 20))
    assert moments(j) == pytest.approx(derived((3, 4, 5), "global_avg_pool"))


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_upsample(factor):
    each = np.kron(np.eye(4), np.ones((factor, 1)))
    j = np.kron(np.eye(2), np.kron(each, each))
    assert moments(j) == pytest.approx(derived((2, 4, 4), f"upsample({factor})"))


@pytest.mark.parametrize(("size", "stride"), [(6, 2), (7, 2), (7, 3)])
def test_subsample(size, stride):
    each = np.eye(size)[::stride]
    assert moments(np.kron(np.eye(2), np.kron(each, each))) == pytest.approx(
        derived((2, size, size), f"subsample({stride})"))


def test_zero_pad_channels_flatten_and_dropout_of_channels():
    padded = np.kron(np.eye(5)[:, :3], np.eye(4))
    assert moments(padded) == pytest.approx(derived((3, 2, 2), "zero_pad_channels(5)"))
    assert moments(np.eye(12)) == pytest.approx(derived((3, 2, 2), "flatten"))
    keep = 0.75
    generator = np.random.default_rng(12)
    samples = [moments(np.kron(np.diag((generator.random(8) < keep) / keep), np.eye(4))) for _ in range(2000)]
    agree(samples, derived((8, 2, 2), "channel_dropout(3/4)"))


@pytest.mark.parametrize(("name", "premise"), [("group_norm", "large-groups"), ("instance_norm", "equal-instances")])
def test_norms_are_numbers_once_that_is_assumed(name, premise):
    text = f"input (4, 3, 3)\n{name}(std=2)"
    assert fb.derive(text).derivation.proved == 0
    found = fb.derive(text, assume=[premise]).evaluate({})
    assert (found.phi, found.kappa) == (0.25, 0)


NAMES = ("conv", "depthwise_conv", "conv_orthogonal", "conv_delta_orthogonal", "avg_pool", "max_pool",
         "global_avg_pool", "flatten", "upsample", "subsample", "zero_pad_channels", "channel_dropout")
"""The components whose laws are tested here."""
