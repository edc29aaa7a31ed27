"""φ and κ of networks on images against another calculation: the energies of all pairs of positions.

The limit of many channels obeys f(p, q) = (1/c) Σ_ab E (J Jᵀ)²_{ap,bq}: every block maps f and the profile e(p) by
explicit matrices of taps (docs/theory/images.md §3.2). It shares nothing with the calculus, which never looks at a pair.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

import freeblock as fb


class Pairs:
    """(e, f) of a vector of `channels` on a size × size image."""

    def __init__(self, channels: int, size: int) -> None:
        self.channels, self.size = channels, size
        self.e, self.f = np.ones(size * size), np.eye(size * size)

    def copy(self) -> Pairs:
        other = Pairs(self.channels, self.size)
        other.e, other.f = self.e.copy(), self.f.copy()
        return other

    def taps(self, kernel: int, stride: int, padding: int) -> np.ndarray:
        outputs = (self.size + 2 * padding - kernel) // stride + 1
        axis = np.array([[float(o * stride - padding <= i < o * stride - padding + kernel) for i in range(self.size)]
                         for o in range(outputs)])
        return np.kron(axis, axis)

    def moved(self, t: np.ndarray) -> None:
        self.size = round(len(t) ** 0.5)

    def conv(self, out: int, var: float, kernel: int, stride: int = 1, padding: int = 0) -> None:
        t = self.taps(kernel, stride, padding)
        self.e = self.channels * var * t @ self.e
        self.f = self.channels * out * var**2 * t @ self.f @ t.T + np.diag(self.e**2)
        self.channels = out
        self.moved(t)

    def mask(self, second: float, fourth: float) -> None:
        self.f = second**2 * self.f + np.diag((fourth - second**2) * self.e**2)
        self.e = second * self.e

    def pool(self) -> None:
        t = self.taps(2, 2, 0) / 4
        self.f = t @ self.f @ t.T + np.diag(t @ self.e**2 - (t * t) @ self.e**2)
        self.e = t @ self.e
        self.moved(t)

    def average(self, window: int) -> None:
        """Positions are added as if they were independent: entries off the diagonal have mean zero."""
        t = self.taps(window, window, 0) / window**4
        self.f = t @ (self.f - np.diag(self.e**2)) @ t.T + np.diag((t @ self.e) ** 2)
        self.e = t @ self.e
        self.moved(t)

    def subsample(self) -> None:
        t = self.taps(1, 2, 0)
        self.e, self.f = t @ self.e, t @ self.f @ t.T
        self.moved(t)

    def moments(self) -> tuple[float, float]:
        return float(self.e.mean()), float(self.f.sum() / len(self.e) / self.e.mean() ** 2 - 1)


def added(start: Pairs, first: Pairs, second: Pairs, energies: tuple[np.ndarray, np.ndarray]) -> Pairs:
    """The sum of two branches that start from one vector, one of them central; `energies` map e through each."""
    total = first.copy()
    one, other = energies
    cross = one @ start.f @ other.T
    total.f = first.f + second.f + first.channels / start.channels * (cross + cross.T) + 2 * np.diag(first.e * second.e)
    total.e = first.e + second.e
    return total


def energy(start: Pairs, actions) -> np.ndarray:
    """The matrix that maps the profile of energies through a branch."""
    columns = []
    for place in range(len(start.e)):
        unit = start.copy()
        unit.e = np.zeros(len(start.e))
        unit.e[place] = 1
        for action in actions:
            action(unit)
        columns.append(unit.e)
    return np.array(columns).T


def chain(generator: random.Random, size: int, length: int):
    """A random chain: the text, and what it does to pairs."""
    texts, actions = [], []
    for _ in range(length):
        kind = generator.choice(["conv", "conv", "strided", "relu", "dropout", "subsample", "pool", "grouped"])
        if kind in ("conv", "grouped"):
            kernel, padding = generator.choice([(1, 0), (3, 1), (3, 0), (5, 2), (2, 1)])
            out, gain = generator.choice([4, 8, 12]), generator.choice([1, 2])
            if size + 2 * padding < kernel:
                continue
            groups = ", groups=2" if kind == "grouped" else ""
            texts.append(f"conv({out}, {kernel}, padding={padding}, var={gain}/fan_in{groups})")
            actions.append(lambda v, out=out, gain=gain, kernel=kernel, padding=padding: v.conv(
                out, gain / (v.channels * kernel**2), kernel, 1, padding))
            size += 2 * padding - kernel + 1
        elif kind == "strided" and size >= 3:
            kernel, padding = generator.choice([(3, 1), (2, 0), (1, 0), (3, 0)])
            texts.append(f"conv(8, {kernel}, 2, {padding}, var=2/fan_in)")
            actions.append(lambda v, kernel=kernel, padding=padding: v.conv(
                8, 2 / (v.channels * kernel**2), kernel, 2, padding))
            size = (size + 2 * padding - kernel) // 2 + 1
        elif kind == "relu" and (not texts or texts[-1].startswith("conv")):
            texts.append("relu")
            actions.append(lambda v: v.mask(0.5, 0.5))
        elif kind == "dropout" and (not texts or texts[-1].startswith("conv")):
            texts.append("dropout(1/2)")
            actions.append(lambda v: v.mask(2.0, 8.0))
        elif kind == "subsample" and size >= 4:
            texts.append("subsample")
            actions.append(lambda v: v.subsample())
            size = (size - 1) // 2 + 1
        elif kind == "pool" and size >= 4 and (not texts or texts[-1].startswith("conv")):
            texts.append("max_pool(2)")
            actions.append(lambda v: v.pool())
            size //= 2
            texts.append("conv(8, 1, var=1/fan_in)")
            actions.append(lambda v: v.conv(8, 1 / v.channels, 1))
    return texts, actions


@pytest.mark.parametrize("seed", range(60))
def test_random_chains(seed):
    generator = random.Random(seed)
    size = generator.randint(5, 9)
    texts, actions = chain(generator, size, generator.randint(2, 8))
    if not texts:
        texts, actions = ["dropout(1/2)"], [lambda v: v.mask(2.0, 8.0)]
    pairs = Pairs(4, size)
    for action in actions:
        action(pairs)
    result = fb.derive(f"input (4, {size}, {size})\n{' >> '.join(texts)}", assume=["uniform-selection"])
    assert result.derivation.given == 2, texts
    assert result.derivation.proved == 2 or "max_pool(2)" in texts
    found = result.evaluate({})
    assert (found.phi, found.kappa) == pytest.approx(pairs.moments(), rel=1e-9), texts


BRANCH = [("conv(8, 3, padding=1, var=1/fan_in)", lambda v: v.conv(8, 1 / (9 * v.channels), 3, 1, 1)),
          ("relu", lambda v: v.mask(0.5, 0.5)),
          ("conv(8, 3, padding=1, var=2/fan_in)", lambda v: v.conv(8, 2 / (9 * v.channels), 3, 1, 1))]
STRIDED = [("conv(8, 3, 2, 1, var=2/fan_in)", lambda v: v.conv(8, 2 / (9 * v.channels), 3, 2, 1)), *BRANCH[1:]]
SHORTCUT = [("conv(8, 1, 2, var=1/fan_in)", lambda v: v.conv(8, 1 / v.channels, 1, 2, 0))]


def residual(start: Pairs, shortcut, branch) -> Pairs:
    ends = []
    for actions in (shortcut, branch):
        end = start.copy()
        for _, action in actions:
            action(end)
        ends.append(end)
    energies = tuple(energy(start, [action for _, action in actions]) for actions in (shortcut, branch))
    return added(start, *ends, energies)


def text_of(actions) -> str:
    return " >> ".join(text for text, _ in actions) or "id"


@pytest.mark.parametrize("size", [4, 5, 6])
@pytest.mark.parametrize("blocks", [1, 3])
def test_residual_networks(size, blocks):
    pairs = Pairs(8, size)
    for _ in range(blocks):
        pairs = residual(pairs, [], BRANCH)
    pairs = residual(pairs, SHORTCUT, STRIDED)
    pairs = residual(pairs, [], BRANCH)
    identity = f"(id + ({text_of(BRANCH)}))"
    text = f"input (8, {size}, {size})\n{identity}^{blocks} >> ({text_of(SHORTCUT)} + ({text_of(STRIDED)})) >> {identity}"
    result = fb.derive(text)
    assert result.derivation.proved == 2
    found = result.evaluate({})
    assert (found.phi, found.kappa) == pytest.approx(pairs.moments(), rel=1e-9)


def test_symbolic_gains_in_a_residual_network():
    """φ is a polynomial in the gain, with the numbers of the borders as coefficients."""
    text = "input (8, 5, 5)\n(id + (conv(8, 3, padding=1, var=g/fan_in) >> relu >> conv(8, 3, padding=1, var=2/fan_in)))^2"
    result = fb.derive(text)
    for gain in (0.5, 1.0, 3.0):
        branch = [("", lambda v, gain=gain: v.conv(8, gain / (9 * v.channels), 3, 1, 1)), *BRANCH[1:]]
        pairs = residual(residual(Pairs(8, 5), [], branch), [], branch)
        found = result.evaluate({"g": gain})
        assert (found.phi, found.kappa) == pytest.approx(pairs.moments(), rel=1e-9)


TABLE = [
    # docs/theory/images.md, §3: text after `input (64, 8, 1)` (one axis) or as said, φ, κ
    ("input (64, 8, 1)\n(C >> relu)^1", None, 2.074), ("input (64, 8, 1)\n(C >> relu)^2", None, 4.290),
    ("input (64, 8, 1)\n(C >> relu)^4", None, 8.988), ("input (64, 8, 1)\n(C >> relu)^3", 0.8148, None),
    ("input (64, 8, 1)\n(C >> relu)^6", 0.7058, None),
    ("input (64, 5, 5)\n(conv(padding=1, var=2/fan_in) >> relu)^3", 0.4952, 7.750),
    ("input (64, h, w)\n(conv(kernel=3, padding=1, stride=2, var=2/fan_in) >> relu)^2", 1, 1.698),
]


@pytest.mark.parametrize(("text", "phi", "kappa"), TABLE)
def test_values_of_the_theory(text, phi, kappa):
    found = fb.derive(text.replace("C", "conv(64, kernel_h=3, kernel_w=1, padding_h=1, var=2/fan_in)")).evaluate({})
    assert phi is None or found.phi == pytest.approx(phi, abs=6e-5)
    assert kappa is None or found.kappa == pytest.approx(kappa, abs=6e-4)


@pytest.mark.parametrize(("size", "length", "phi"), [(8, 2, 0.7415), (8, 3, 0.6639), (8, 5, 0.5457), (32, 30, 0.650)])
def test_borders_over_depth(size, length, phi):
    """1ᵀ Tᴸ 1/(H kᴸ) of each axis; the product of averages over one layer would be .7061, .5933, .4189, .283."""
    found = fb.derive(f"input (4, {size}, {size})\nconv(kernel=3, padding=1, var=1/fan_in)^{length}").evaluate({})
    assert found.phi == pytest.approx(phi, abs=6e-4)


def test_without_borders_an_image_network_has_the_law_of_the_dense_one():
    image = fb.derive("(id + (conv(var=1/fan_in) >> relu >> conv(var=2/fan_in)))^4", order=4).evaluate({})
    dense = fb.derive("(id + (dense(var=1/fan_in) >> relu >> dense(var=2/fan_in)))^4", order=4).evaluate({})
    assert image.moments == pytest.approx(dense.moments)


@pytest.mark.parametrize(("padding", "window", "after"), [(0, 2, True), (1, 2, True), (1, 3, False), (0, 4, False), (1, 6, True)])
def test_averages_of_positions_taken_as_independent(padding, window, after):
    """Only by that assumption; the sum over the blocks then has a share for the average itself, and ϕ is no less than 0."""
    pairs = Pairs(16, 6)
    pairs.conv(32, 1 / (9 * 16), 3, 1, padding)
    pairs.mask(1 / 2, 1 / 2)
    pairs.average(window)
    text = f"input (16, 6, 6)\nconv(32, 3, padding={padding}, var=1/fan_in) >> relu >> avg_pool({window})"
    if after and pairs.size > 1:
        pairs.conv(8, 1 / 32, 1)
        text += " >> conv(8, 1, var=1/fan_in)"
    result = fb.derive(text, assume_free=True).evaluate({})
    assert (result.phi, result.kappa) == pytest.approx(pairs.moments(), rel=1e-9)


@pytest.mark.parametrize(("size", "kappa"), [("6, 6", "1/18"), ("h, w", "2/(h*w)")])
def test_a_global_average_has_the_share_of_all_its_positions(size, kappa):
    """κ of the sum rule: 0 for the average, and 32/(32·P) of κ = 2 for the convolution."""
    result = fb.derive(f"input (16, {size})\nconv(32, 1, var=1/fan_in) >> global_avg_pool", assume_free=True)
    assert str(result.kappa).replace(" ", "") == kappa


@pytest.mark.parametrize(("blocks", "given"), [(11, 1), (12, 0)])
def test_as_many_formulas_as_blocks_and_one_are_a_closed_form(blocks: int, given: int) -> None:
    """(1 + 1/a²)^k has k + 1 terms, each with borders of its own; twelve are printed at most."""
    text = f"input (3, 4, 4)\nconv(3, 3, padding=1) >> (id + (bn(std=a) >> relu >> conv(3, 3, padding=1, var=2/fan_in)))^{blocks}"
    derivation = fb.derive(text, order=1).derivation
    assert derivation.given == given
    assert len(derivation.law.phi.terms) == (blocks + 1 if given else 1)  # without borders it is one power
