"""φ and κ of docs/networks/*.fb against recursions over numbers, one factor a block, written down here by hand."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import freeblock as fb

FOLDER = Path(__file__).parents[2] / "docs" / "networks"
DRAW = random.Random(3)
NAMES = ("s0", "s1", "s2", "s3", "s4", "s5", "t", "q1", "q2", "q3", "q4", "sigma_w", "z", "g")
V = {name: DRAW.uniform(0.7, 1.4) for name in NAMES} | {"p": 0.8, "a": 0.6}
FILTER, RELU = 2.0, 0.5
"""φ of a convolution of variance 2/fan_in far from borders, and of relu."""


def norm(name: str) -> float:
    return V[name] ** -2


def plain_shortcuts(blocks: int) -> float:
    """ResNets for CIFAR: zeros for half of the channels where the shape changes."""
    phi = FILTER * norm("s0") * RELU
    for stage in (1, 2, 3):
        branch = FILTER * norm(f"s{stage}") * RELU * FILTER * norm("t")
        for place in range(blocks):
            phi *= ((0.5 if stage > 1 and not place else 1) + branch) * V["a"]
    return phi / 64 * V["sigma_w"] ** 2


def resnet18() -> float:
    phi = FILTER * norm("s0") * V["p"]
    for stage in (1, 2, 3, 4):
        first = FILTER * norm(f"s{stage}")
        for place in range(2):
            phi *= ((first if stage > 1 and not place else 1) + first * RELU * FILTER * norm("t")) * V["a"]
    return phi / 49 * V["sigma_w"] ** 2


def relu_first(before: tuple[str | None, ...], copies: tuple[int, ...], filters: int, last: str, positions: int) -> float:
    """A first block with a projection in each stage that normalizes by `before`; then copies that normalize by q."""
    rest = FILTER * (norm("t") * RELU * FILTER) ** (filters - 1)
    phi = FILTER
    for stage, (name, count) in enumerate(zip(before, copies, strict=True), 1):
        if name is not None:
            phi *= norm(name) * RELU * (FILTER + rest)
        phi *= (1 + norm(f"q{stage}") * RELU * rest) ** count
    return phi * norm(last) * RELU / positions * V["sigma_w"] ** 2


def skipinit() -> float:
    phi = FILTER
    for place in range(54):
        rest = V["a"] ** 2 * FILTER * RELU * FILTER
        phi *= RELU * (FILTER + rest) if place in (18, 36) else 1 + RELU * rest
    return phi * RELU / 64 * V["sigma_w"] ** 2


def unnormalized() -> float:
    phi, active, branch, part = 1.0, V["g"] ** 2 * RELU, V["a"] ** 2, V["p"]
    for copies in (2, 3, 5, 2):
        phi *= V["g"] ** 2 * part * (1 + branch * active**2)
        part = RELU
        for place in range(1, copies + 1):
            phi *= 1 + branch / (1 + place * branch) * active**3
    return phi * active / 49 * V["sigma_w"] ** 2


def fixup() -> float:
    phi = FILTER * RELU
    for place in range(27):
        phi *= ((0.5 if place in (9, 18) else 1) + FILTER / 27 * RELU * V["z"]) * V["a"]
    return phi / 64 * V["sigma_w"] ** 2


SUMS = ("independent-patterns", "borders-neglected")
POOL = ("independent-positions",)
FAR = ("borders-neglected",)


@pytest.mark.parametrize(("name", "assumed", "expected"), [
    ("resnet20", SUMS, plain_shortcuts(3)), ("resnet56", SUMS, plain_shortcuts(9)), ("resnet18", SUMS + POOL, resnet18()),
    ("preact_resnet110", FAR, relu_first((None, "s1", "s2"), (18, 17, 17), 2, "s3", 64)),
    ("wrn_28_10", FAR, relu_first(("s0", "s1", "s2"), (3, 3, 3), 2, "s3", 64)),
    ("preact_resnet50", (*FAR, *POOL, "half-active"),
     relu_first(("s1", "s2", "s3", "s4"), (2, 3, 5, 2), 3, "s5", 49)),
    ("skipinit_resnet110", FAR, skipinit()), ("nf_resnet50", SUMS + POOL, unnormalized()), ("fixup_resnet56", SUMS, fixup()),
])
def test_blocks_far_from_borders(name: str, assumed: tuple[str, ...], expected: float) -> None:
    text = (FOLDER / f"{name}.fb").read_text(encoding="utf-8")
    assert fb.derive(text).derivation.proved == 0
    assert fb.derive(text, assume=assumed).evaluate(V).phi == pytest.approx(expected, rel=1e-9)


def taps(size: int, kernel: int, padding: int) -> np.ndarray:
    """1 where an output (row) reads an input (column)."""
    outputs = size + 2 * padding - kernel + 1
    rows, columns = np.indices((outputs, size))
    return ((columns - rows + padding >= 0) & (columns - rows + padding < kernel)).astype(float)


def serial(side: int, layers: list[tuple[str, float, float]]) -> tuple[float, float]:
    """φ and κ of a chain from the energies before and behind each block (docs/theory/images.md, §3.2).

    A layer is ("conv", channels, kernel), ("dense", outputs, 0), ("relu", part, 0) or ("max", 0, 0), at variance 2/fan_in.
    """
    height, channels, energy = side, layers[0][1], np.ones((side, side))
    steps = []
    for kind, number, kernel in layers[1:]:
        before, weight = energy, 1.0
        if kind == "conv":
            matrix = taps(height, int(kernel), 1 if kernel == 3 else 0)
            scale = 2 / kernel**2
            energy, back = scale * matrix @ energy @ matrix.T, ("conv", matrix, scale * number / channels)
            channels, height = number, len(matrix)
        elif kind == "dense":
            energy, back = np.array([[2 * energy.mean()]]), ("dense", before.shape, 2 * number / (channels * energy.size))
            channels, height = number, 1
        elif kind == "relu":
            energy, back, weight = number * energy, ("relu", None, number), 1 / number - 1
        else:
            half = height // 2
            pairs = energy.reshape(half, 2, half, 2)
            squares = (energy**2).reshape(half, 2, half, 2)
            energy, back = pairs.sum((1, 3)) / 4, ("max", None, 0.25)
            weight, height = squares.sum((1, 3)) * (1 / 4 - 1 / 16), half
        steps.append((back, weight, energy, channels))
    rows = channels * energy.size
    phi, behind, total = energy.mean(), np.ones_like(energy), 0.0
    for (kind, matrix, scale), weight, after, width in reversed(steps):
        share = weight if kind == "max" else weight * after**2
        total += width / rows * (share * behind**2).sum()
        if kind == "conv":
            behind = scale * matrix.T @ behind @ matrix
        elif kind == "dense":
            behind = np.full(matrix, scale * behind.item())
        elif kind == "relu":
            behind = scale * behind
        else:
            behind = scale * np.kron(behind, np.ones((2, 2)))
    total += layers[0][1] / rows * (behind**2).sum()
    return phi, total / phi**2 - 1


def vgg() -> list[tuple[str, float, float]]:
    layers: list[tuple[str, float, float]] = [("input", 3, 0)]
    for stage, (channels, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for place in range(count):
            last = place == count - 1
            layers += [("conv", channels, 3), *([("max", 0, 0)] if last else []), ("relu", 0.5 + last * stage / 20, 0)]
    return [*layers, ("dense", 4096, 0), ("relu", 0.5, 0), ("dense", 4096, 0), ("relu", 0.5, 0), ("dense", 1000, 0)]


LENET: list[tuple[str, float, float]] = [
    ("input", 1, 0), ("conv", 6, 5), ("max", 0, 0), ("relu", 0.55, 0), ("conv", 16, 5), ("max", 0, 0), ("relu", 0.6, 0),
    ("dense", 120, 0), ("relu", 0.5, 0), ("dense", 84, 0), ("relu", 0.5, 0), ("dense", 10, 0)]


@pytest.mark.parametrize(("name", "side", "layers", "assumed"), [
    ("lenet5", 32, LENET, ()), ("vgg16", 224, vgg(), ("uniform-selection",))])
def test_chains_with_their_borders(
    name: str, side: int, layers: list[tuple[str, float, float]], assumed: tuple[str, ...]
) -> None:
    result = fb.derive((FOLDER / f"{name}.fb").read_text(encoding="utf-8"), assume=assumed)
    assert result.derivation.proved == (0 if assumed else 2)
    found = result.evaluate({"sigma_w": 2**0.5, **{f"p_max{stage}": 0.5 + stage / 20 for stage in range(1, 6)}})
    assert (found.phi, found.kappa) == pytest.approx(serial(side, layers), rel=1e-9)


def test_the_last_copy_opens_before_a_maximum() -> None:
    """relu >> max_pool is max_pool >> relu, also where the relu is the end of a block that repeats."""
    layer = "conv(8, 3, var=2/fan_in) >> relu"
    for count in (2, 3):
        written = fb.derive(f"input (8, 12, 12)\n{' >> '.join([layer] * count)} >> max_pool(2, p=p)")
        repeated = fb.derive(f"input (8, 12, 12)\n({layer})^{count} >> max_pool(2, p=p)")
        assert repeated.derivation.proved == 2
        assert repeated.evaluate({"p": 0.7}) == written.evaluate({"p": 0.7})
