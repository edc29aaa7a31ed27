"""Measures φ on narrowed copies of the published networks: python docs/measure_networks.py [SAMPLES]

A batch of white images runs through a freshly drawn network, with real activation patterns and real batch statistics,
and a random direction of length √n beside it: the mean square of what comes out is φ. The prediction is φ as `derive`
has it, energies at positions with borders, at the statistics that occurred. Nothing of freeblock is used.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

DRAW = np.random.default_rng(1)
BATCH = 32
CHANNELS = 16
"""Of the images: more than three, so that the first filters too read many values."""


class Signal(NamedTuple):
    """Images, directions (both batch × channels × height × width), and the energy predicted at each position: with half
    of the units active behind every relu, and with the part that really was."""

    images: np.ndarray
    directions: np.ndarray
    energy: np.ndarray


Block = Callable[[Signal], Signal]


def chain(*blocks: Block) -> Block:
    def act(signal: Signal) -> Signal:
        for block in blocks:
            signal = block(signal)
        return signal
    return act


def conv(
    out: int, kernel: int = 3, stride: int = 1, gain: float = 2.0, *, depthwise: bool = False, groups: int = 1
) -> Block:
    """Weights of variance gain/fan_in, padding (kernel − 1)/2."""
    pad = (kernel - 1) // 2

    def windows(array: np.ndarray) -> np.ndarray:
        sides = [(0, 0)] * (array.ndim - 2) + [(pad, pad)] * 2
        return sliding_window_view(np.pad(array, sides), (kernel, kernel), (-2, -1))[..., ::stride, ::stride, :, :]

    def act(signal: Signal) -> Signal:
        channels = signal.images.shape[1]
        if depthwise:
            weights = DRAW.normal(0, math.sqrt(gain / kernel**2), (channels, kernel, kernel))
            apply = lambda array: np.einsum("bchwij,cij->bchw", windows(array), weights, optimize=True)  # noqa: E731
        else:
            shape = (groups, out // groups, channels // groups, kernel, kernel)
            weights = DRAW.normal(0, math.sqrt(gain * groups / kernel**2 / channels), shape)
            apply = lambda array: np.concatenate([  # noqa: E731
                np.moveaxis(np.tensordot(part, own, ([1, 4, 5], [1, 2, 3])), -1, 1)
                for part, own in zip(np.split(windows(array), groups, 1), weights, strict=True)], 1)
        return Signal(apply(signal.images), apply(signal.directions),
                      gain / kernel**2 * windows(signal.energy).sum((-2, -1)))
    return act


def relu(signal: Signal) -> Signal:
    on = signal.images > 0
    parts = np.array([1 / 2, on.mean()])
    return Signal(signal.images * on, signal.directions * on, signal.energy * parts[:, None, None])


def norm(signal: Signal) -> Signal:
    """Batch normalization; its statistics are not differentiated, which matters by 1/batch."""
    mean = signal.images.mean((0, 2, 3), keepdims=True)
    variance = signal.images.var((0, 2, 3), keepdims=True)
    scale = variance**-0.5
    return Signal((signal.images - mean) * scale, signal.directions * scale, signal.energy / variance.mean())


def times(factor: float) -> Block:
    return lambda signal: Signal(factor * signal.images, factor * signal.directions, factor**2 * signal.energy)


def added(*branches: Block) -> Block:
    def act(signal: Signal) -> Signal:
        ends = [branch(signal) for branch in branches]
        return Signal(*(sum(parts) for parts in zip(*ends, strict=True)))
    return act


def stacked(*branches: Block) -> Block:
    def act(signal: Signal) -> Signal:
        ends = [branch(signal) for branch in branches]
        widths = [end.images.shape[1] for end in ends]
        return Signal(np.concatenate([end.images for end in ends], 1),
                      np.concatenate([end.directions for end in ends], 1),
                      sum(end.energy * width for end, width in zip(ends, widths, strict=True)) / sum(widths))
    return act


def same(signal: Signal) -> Signal:
    return signal


def padded_shortcut(signal: Signal) -> Signal:
    """Every second position, and as many channels of zeros."""
    images, directions = (np.concatenate([half, np.zeros_like(half)], 1)
                          for half in (signal.images[..., ::2, ::2], signal.directions[..., ::2, ::2]))
    return Signal(images, directions, signal.energy[..., ::2, ::2] / 2)


def pool(signal: Signal) -> Signal:
    """The mean of 2 × 2 positions."""
    def mean(array: np.ndarray, factor: float) -> np.ndarray:
        *others, height, width = array.shape
        return array.reshape(*others, height // 2, 2, width // 2, 2).sum((-3, -1)) * factor
    return Signal(mean(signal.images, 1 / 4), mean(signal.directions, 1 / 4), mean(signal.energy, 1 / 16))


def largest(kernel: int, stride: int) -> Block:
    """The largest value of each window, padding (kernel − 1)/2, chosen equally often in the prediction."""
    pad = (kernel - 1) // 2

    def windows(array: np.ndarray, filling: float) -> np.ndarray:
        sides = [(0, 0)] * (array.ndim - 2) + [(pad, pad)] * 2
        found = sliding_window_view(np.pad(array, sides, constant_values=filling), (kernel, kernel), (-2, -1))
        found = found[..., ::stride, ::stride, :, :]
        return found.reshape(*found.shape[:-2], kernel**2)

    def act(signal: Signal) -> Signal:
        images = windows(signal.images, -np.inf)
        chosen = images.argmax(-1)[..., None]
        energy = windows(signal.energy, np.nan)
        return Signal(np.take_along_axis(images, chosen, -1)[..., 0],
                      np.take_along_axis(windows(signal.directions, 0), chosen, -1)[..., 0], np.nanmean(energy, -1))
    return act


def repeat(block: Callable[[], Block], count: int) -> Block:
    return chain(*(block() for _ in range(count)))


def original(after: int, stride: int = 1, gains: tuple[float, float] = (2, 2), normalize: Block = norm,
             shortcut: Block = padded_shortcut) -> Block:
    """relu after the sum."""
    branch = chain(conv(after, 3, stride, gains[0]), normalize, relu, conv(after, 3, 1, gains[1]), normalize)
    return chain(added(shortcut if stride == 2 else same, branch), relu)


def before(after: int, stride: int = 1, factor: float = 1, normalize: Block = norm, *, project: bool = False) -> Block:
    """relu before the filters."""
    rest = chain(conv(after, 3, stride), normalize, relu, conv(after), times(factor))
    active = chain(normalize, relu)
    return chain(active, added(conv(after, 1, stride), rest)) if project else added(same, chain(active, rest))


def three_stages(first: int, blocks: int, block: Callable[..., Block], stem: Block, last: Block = same) -> Block:
    stages = [stem, *(block(first) for _ in range(blocks))]
    for wider in (2 * first, 4 * first):
        stages += [block(wider, 2), *(block(wider) for _ in range(blocks - 1))]
    return chain(*stages, last)


def bottleneck(middle: int, stride: int = 1, *, project: bool = False, groups: int = 1) -> Block:
    """With groups the filters in the middle are twice as wide."""
    out, middle = 4 * middle, middle if groups == 1 else 2 * middle
    branch = chain(conv(middle, 1), norm, relu, conv(middle, 3, stride, groups=groups), norm, relu, conv(out, 1), norm)
    shortcut = chain(conv(out, 1, stride), norm) if project else same
    return chain(added(shortcut, branch), relu)


def basic(after: int, stride: int = 1) -> Block:
    return original(after, stride, shortcut=chain(conv(after, 1, 2), norm))


def resnet18(first: int) -> Block:
    stem = chain(conv(first, 7, 2), norm, largest(3, 2), relu)
    return chain(stem, *(basic(first << stage, 2 if stage and not place else 1)
                         for stage in range(4) for place in range(2)))


def resnet50(first: int, groups: int = 1) -> Block:
    stem = chain(conv(first, 7, 2), norm, largest(3, 2), relu)
    return chain(stem, *(bottleneck(first << stage, 2 if stage and not place else 1, project=not place, groups=groups)
                         for stage, blocks in enumerate((3, 4, 6, 3)) for place in range(blocks)))


def densenet(growth: int, blocks: int) -> Block:
    parts, channels = [conv(2 * growth)], 2 * growth
    for stage in range(3):
        parts += [stacked(same, chain(norm, relu, conv(4 * growth, 1), norm, relu, conv(growth)))
                  for _ in range(blocks)]
        channels += growth * blocks
        if stage < 2:
            channels //= 2
            parts += [norm, relu, conv(channels, 1), pool]
    return chain(*parts, norm, relu)


def mobilenet(first: int) -> Block:
    parts = [conv(first, 3, 2), norm, relu]
    for times_first, stride in ((2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), *[(16, 1)] * 5, (32, 2), (32, 1)):
        parts += [conv(0, 3, stride, depthwise=True), norm, relu, conv(times_first * first, 1), norm, relu]
    return chain(*parts)


def small_vgg(first: int) -> Block:
    parts: list[Block] = []
    for stage, layers in enumerate((2, 2, 3, 3, 3)):
        for place in range(layers):
            parts += [conv(first << min(stage, 3)), *([largest(2, 2)] if place == layers - 1 else []), relu]
    return chain(*parts)


def fixup(first: int, blocks: int, last: float) -> Block:
    early = 2 / (3 * blocks)
    return three_stages(first, blocks, lambda after, stride=1: original(after, stride, (early, last), same),
                        chain(conv(first), relu))


def preactivation(first: int, blocks: int, factor: float = 1, normalize: Block = norm) -> Block:
    return three_stages(
        first, blocks, lambda after, stride=1: before(after, stride, factor, normalize, project=stride == 2),
        conv(first), chain(normalize, relu))


NETWORKS: dict[str, tuple[Callable[[], Block], int]] = {
    "ResNet-20, 16 to 64 channels": (lambda: three_stages(16, 3, original, chain(conv(16), norm, relu)), 32),
    "ResNet-56, 16 to 64 channels": (lambda: three_stages(16, 9, original, chain(conv(16), norm, relu)), 32),
    "ResNet-18, 16 to 128 channels": (lambda: resnet18(16), 64),
    "ResNet-50, 16 to 512 channels": (lambda: resnet50(16), 64),
    "ResNeXt-50, 16 to 512 channels, 8 groups": (lambda: resnet50(16, 8), 64),
    "pre-activation ResNet-20": (lambda: preactivation(16, 3), 32),
    "pre-activation ResNet-56": (lambda: preactivation(16, 9), 32),
    "SkipInit ResNet-56, a = 1/2": (lambda: preactivation(16, 9, 0.5, same), 32),
    "Fixup ResNet-56, z = 1": (lambda: fixup(16, 9, 1.0), 32),
    "Fixup ResNet-56, z = 0": (lambda: fixup(16, 9, 0.0), 32),
    "DenseNet-BC, growth 12, 3 × 6 blocks": (lambda: densenet(12, 6), 32),
    "MobileNet-V1, 8 to 256 channels": (lambda: mobilenet(8), 64),
    "VGG-16, 16 to 128 channels": (lambda: small_vgg(16), 32),
}


def measured(make: Callable[[], Block], size: int, samples: int) -> tuple[float, np.ndarray, np.ndarray]:
    """The mean over networks of φ; its ratios to both predictions, and their standard errors."""
    found, ratios = [], []
    for _ in range(samples):
        images = DRAW.normal(size=(BATCH, CHANNELS, size, size))
        end = make()(Signal(images, DRAW.normal(size=images.shape), np.ones((2, size, size))))
        found.append((end.directions**2).mean())
        ratios.append(found[-1] / end.energy.mean((1, 2)))
    return float(np.mean(found)), np.mean(ratios, 0), np.std(ratios, 0) / math.sqrt(samples)


def main(arguments: Sequence[str]) -> None:
    samples = int(arguments[0]) if arguments else 8
    chosen = arguments[1] if len(arguments) > 1 else ""
    for name, (make, size) in NETWORKS.items():
        if chosen in name:
            found, ratio, error = measured(make, size, samples)
            print(f"{name:<38} φ = {found:9.4g}, by the prediction with p = 1/2: {ratio[0]:.4g} ± {error[0]:.2g}, "
                  f"with the true p: {ratio[1]:.4g} ± {error[1]:.2g}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
