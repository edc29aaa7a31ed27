"""κ in the limit of many channels, against exact Jacobians of small networks with borders, made here from nothing.

Two values of the theory page were in doubt: a relu beside a maximum, and residual blocks with borders. Each network is
sampled at four numbers of channels c, and κ = φ_2/φ² − 1 is fitted by a + b/c + d/c².
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

import freeblock as fb

WIDTHS = ((5, 3000), (10, 1200), (20, 300), (32, 100))
"""Channels, and samples."""


def taps(size, kernel):
    """K×P×P zeros and ones: at tap t, output p reads input q, zeros beyond the border."""
    (height, width), found = size, np.zeros((kernel[0] * kernel[1], size[0] * size[1], size[0] * size[1]))
    offsets = product(*(range(-(side // 2), side // 2 + 1) for side in kernel))
    for tap, (down, right) in enumerate(offsets):
        for y, x in product(range(max(0, -down), min(height, height - down)),
                            range(max(0, -right), min(width, width - right))):
            found[tap, y * width + x, (y + down) * width + x + right] = 1
    return found


def convolution(generator, channels, reads, gain):
    """The matrix of a fresh kernel of variance gain/(taps·channels)."""
    positions = reads.shape[1]
    kernel = generator.normal(0, (gain / len(reads) / channels) ** 0.5, (channels**2, len(reads)))
    blocks = (kernel @ reads.reshape(len(reads), -1)).reshape(channels, channels, positions, positions)
    return blocks.transpose(0, 2, 1, 3).reshape(channels * positions, channels * positions)


def pooled(generator, channels):
    """conv 1 × 1 >> relu >> maximum of 2 × 2 >> conv 3 × 3 with zeros around >> relu, on 4 × 4 pixels."""
    image = generator.normal(size=channels * 16)
    first = convolution(generator, channels, taps((4, 4), (1, 1)), 2)
    image = np.maximum(first @ image, 0)
    windows = np.arange(channels * 16).reshape(channels, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 4)
    largest = windows[np.arange(len(windows)), image[windows].argmax(axis=1)]
    image, jacobian = image[largest], first[largest] * (image[largest] > 0)[:, None]
    second = convolution(generator, channels, taps((2, 2), (3, 3)), 2)
    return (second @ jacobian) * (second @ image > 0)[:, None]


@cache
def residual(gain):
    """Three blocks id + (conv >> relu >> conv) on 8 pixels in a row."""
    reads = taps((8, 1), (3, 1))

    def sample(generator, channels):
        image, jacobian = generator.normal(size=channels * 8), np.eye(channels * 8)
        for _ in range(3):
            first, last = (convolution(generator, channels, reads, factor) for factor in (1, gain))
            block = np.eye(channels * 8) + last @ (first * (first @ image > 0)[:, None])
            image, jacobian = block @ image, block @ jacobian
        return jacobian

    return sample


@cache
def limit(sample):
    """κ extrapolated to infinitely many channels, and its standard error."""
    generator = np.random.default_rng(11)
    rows = []
    for channels, count in WIDTHS:
        found = []
        for _ in range(count):
            jacobian = sample(generator, channels)
            gram = jacobian @ jacobian.T
            found.append((np.trace(gram) / len(gram), np.sum(gram**2) / len(gram)))
        first, second = np.mean(found, axis=0)
        changes = np.array(found) @ (-2 / first, 1 / second)
        rows.append((channels, second / first**2 - 1, second / first**2 * changes.std() / count**0.5))
    channels, kappas, errors = np.array(rows).T
    design = np.stack([channels**-power / errors for power in range(3)], axis=1)
    covariance = np.linalg.inv(design.T @ design)
    return (covariance @ design.T @ (kappas / errors))[0], covariance[0, 0] ** 0.5


ROW = "kernel_h=3, kernel_w=1, padding_h=1, padding_w=0"


@pytest.mark.parametrize(("name", "text", "sample"), [
    # White pixels: behind a kernel of one tap four positions are independent, and one is positive with 1 − 2⁻⁴.
    ("pooled", "input (c, 4, 4)\nconv(kernel=1, var=2/fan_in) >> relu >> max_pool(2, p=15/16) >> "
               "conv(padding=1, var=2/fan_in) >> relu", pooled),
    *((f"residual, gain {gain}", "input (c, 8, 1)\n"
       f"(id + (conv({ROW}, var=1/fan_in) >> relu >> conv({ROW}, var={gain}/fan_in)))^3", residual(gain))
      for gain in (1, 2)),
])
def test_kappa_is_the_limit_of_simulations(name, text, sample):
    derived = fb.derive(text)
    assert derived.kappa is not None, "it is proved, not assumed"
    measured, error = limit(sample)
    assert error < 0.07
    assert derived.evaluate({}).kappa == pytest.approx(measured, abs=3 * error)


def test_the_mask_of_a_relu_beside_a_maximum_is_that_of_the_maximum():
    """As if each position had a mask of its own before the maximum (a dropout), κ would be 2.5, which is measured not to be."""
    masks = fb.derive("input (c, 4, 4)\nconv(kernel=1) >> dropout(1/2) >> max_pool(2) >> conv(padding=1) >> relu",
                      assume_free=True).evaluate({"sigma_w": 1, "p_max": 0.5, "p_max1": 0.5})
    measured, error = limit(pooled)
    assert masks.kappa == pytest.approx(2.5)
    assert masks.kappa - measured > 3 * error
