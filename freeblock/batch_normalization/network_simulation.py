"""Gradients of real networks: W, batch normalization over B values, f. A check of the rates, and no part of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from freeblock.activation.given import Activation
from freeblock.batch_normalization.simulation import Matrix, haar

SETTLING, MEASURED = 12, 12
"""Layers until the batch statistics have reached their fixed point, and layers whose growth is measured."""
Progress = Callable[[int, int], None]


def simulated_rates(
    activation: Activation, sizes: Sequence[int], width: int, samples: int, seed: int, progress: Progress
) -> dict[int, tuple[float, float]]:
    """For each batch size the growth of the mean square of gradients per layer, and its standard error."""
    generator = np.random.default_rng(seed)
    found = {}
    for place, size in enumerate(sizes):
        growth = []
        for sample in range(samples):
            progress(place * samples + sample, len(sizes) * samples)
            growth.append(_growth(activation, size, width, generator))
        # The mean of the ratios of gradients, not of their logarithms, is what mean field predicts.
        rates = np.array(growth)
        found[size] = (float(rates.mean()), float(rates.std(ddof=1) / np.sqrt(samples)))
    return found


def _growth(activation: Activation, size: int, width: int, generator: np.random.Generator) -> float:
    """The mean over layers of |g before|²/|g after|², for Gaussian weights and a random gradient at the end."""
    layers = 2 * SETTLING + MEASURED
    weights = [generator.standard_normal((width, width)) / np.sqrt(width) for _ in range(layers)]
    matrix = generator.standard_normal((width, size))
    passed = []
    for weight in weights:
        product = weight @ matrix
        centred = product - product.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.mean(centred**2, axis=1, keepdims=True))
        normalized = centred / deviation
        matrix, slope = activation.values(normalized)
        passed.append((normalized, deviation, slope))
    gradient = generator.standard_normal((width, size))
    ratios: list[float] = []
    for layer in range(layers - 1, SETTLING - 1, -1):
        normalized, deviation, slope = passed[layer]
        before = _back(weights[layer], normalized, deviation, slope * gradient)
        if layer < SETTLING + MEASURED:
            ratios.append(float(np.sum(before**2) / np.sum(gradient**2)))
        gradient = before / np.sqrt(np.mean(before**2))
    return float(np.mean(ratios))


def _back(weight: Matrix, normalized: Matrix, deviation: Matrix, gradient: Matrix) -> Matrix:
    """Through the normalization, which has two directions it does not pass, and the weights."""
    centred = gradient - gradient.mean(axis=1, keepdims=True)
    along = np.mean(centred * normalized, axis=1, keepdims=True)
    return np.asarray(weight.T @ ((centred - along * normalized) / deviation))


def simulated_log_growth(
    activation: Activation, gains: Sequence[float], width: int, centred: bool, samples: int, seed: int,
    progress: Progress,
) -> tuple[float, float]:
    """The mean of log‖∂L/∂W_1‖ − log‖∂L/∂W_L‖ and its standard error, for Haar weights and Gaussian data,
    as many samples as units."""
    generator = np.random.default_rng(seed)
    found = []
    for sample in range(samples):
        progress(sample, samples)
        found.append(_log_ratio(activation, gains, width, centred, generator))
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(samples))


def _log_ratio(
    activation: Activation, gains: Sequence[float], width: int, centred: bool, generator: np.random.Generator
) -> float:
    matrix = generator.standard_normal((width, width))
    passed = []
    for gain in gains:
        weight = haar(width, generator)
        product = weight @ matrix
        kept = product - product.mean(axis=1, keepdims=True) if centred else product
        deviation = np.sqrt(np.mean(kept**2, axis=1, keepdims=True))
        normalized = kept / deviation
        before = matrix
        matrix, slope = activation.values(gain * normalized)
        passed.append((weight, before, normalized, deviation, gain * slope))
    gradient = generator.standard_normal((width, width))
    sizes = []
    for weight, before, normalized, deviation, slope in reversed(passed):
        kept = slope * gradient
        if centred:
            kept = kept - kept.mean(axis=1, keepdims=True)
        along = np.mean(kept * normalized, axis=1, keepdims=True)
        product = (kept - along * normalized) / deviation
        sizes.append(float(np.linalg.norm(product @ before.T)))
        gradient = weight.T @ product
    return float(np.log(sizes[-1]) - np.log(sizes[0]))
