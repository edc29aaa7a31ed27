"""docs/networks/*.fb against the published tables: what every stage puts out, and how many parameters there are.

The counts are worked out here from the tables of the papers. `torchvision` or the paper says the total in a comment.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest

from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.language.parser import parse_program
from freeblock.network.image import Image
from freeblock.network.layers import Counted, layers_of
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

FOLDER = Path(__file__).parents[2] / "docs" / "networks"
NORMALIZED = ("conv", "depthwise_conv")
"""Components whose biases a normalization behind them takes over."""


def counted(name: str, unbiased: Iterable[str] = NORMALIZED) -> Counted:
    text = (FOLDER / f"{name}.fb").read_text(encoding="utf-8")
    return layers_of(resolve(parse_program(Source(name, text)), load_catalogue()), tuple(unbiased))


def parameters(found: Counted) -> int:
    value = (found.weights + found.biases).number()
    assert isinstance(value, int)
    return value


def stages(found: Counted) -> list[tuple[int, ...]]:
    """What the outermost layers put out, each shape once."""
    shapes = [_shape(layer.image) or (layer.width.number(),) for layer in found.layers if not layer.depth]
    return [shape for shape, _ in groupby(shapes)]


def _shape(image: Image | None) -> tuple[int, ...] | None:
    return None if image is None else tuple(
        int(size.number()) for size in (image.channels, image.height, image.width))


def conv(kernel: int, before: int, after: int, groups: int = 1, *, bias: bool = False) -> int:
    return kernel**2 * before * after // groups + after * bias


def dense(before: int, after: int) -> int:
    return (before + 1) * after


def bn(*channels: int) -> int:
    """A factor and a shift for each channel."""
    return 2 * sum(channels)


def square(*image: int) -> list[tuple[int, int, int]]:
    """(channels, side) pairs as shapes."""
    return [(channels, side, side) for channels, side in zip(image[::2], image[1::2], strict=True)]


def basic(before: int, after: int) -> int:
    """Two 3 × 3 convolutions."""
    return conv(3, before, after) + conv(3, after, after)


def cifar(blocks: int) -> int:
    """He et al., section 4.2: stages of 16, 32 and 64 channels."""
    count = conv(3, 3, 16) + bn(16) + dense(64, 10)
    for before, after in ((16, 16), (16, 32), (32, 64)):
        count += basic(before, after) + (blocks - 1) * basic(after, after) + blocks * bn(after, after)
    return count


def resnet18() -> int:
    count = conv(7, 3, 64) + bn(64) + dense(512, 1000) + 2 * (basic(64, 64) + bn(64, 64))
    for after in (128, 256, 512):
        count += basic(after // 2, after) + basic(after, after) + 2 * bn(after, after)
        count += conv(1, after // 2, after) + bn(after)
    return count


NORMALIZED_CHANNELS = 26_560
"""Of ResNet-50, with those of its shortcuts."""


def bottlenecks(groups: int, wide: int, after_sum: bool) -> int:
    """ResNet-50 and what was made of it: `wide` is the middle width of the first stage; relu after the sum or before."""
    count = conv(7, 3, 64) + dense(2048, 1000)
    before = 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        middle, after = wide << stage, 256 << stage
        for place in range(blocks):
            count += conv(1, before, middle) + conv(3, middle, middle, groups) + conv(1, middle, after)
            count += bn(middle, middle, after if after_sum else before)
            if not place:
                count += conv(1, before, after) + (bn(after) if after_sum else 0)
            before = after
    return count + (bn(64) if after_sum else bn(2048))


def preactivation(widths: tuple[int, ...], blocks: int, *, project_first: bool, norm: bool = True) -> int:
    """Stages of blocks of two 3 × 3 convolutions after a stem of 16 channels; 1 × 1 convolutions as shortcuts."""
    count, before = conv(3, 3, 16) + dense(widths[-1], 10), 16
    for stage, after in enumerate(widths):
        for place in range(blocks):
            count += basic(before, after) + (bn(before, after) if norm else 0)
            if not place and (stage or project_first):
                count += conv(1, before, after)
            before = after
    return count + (bn(before) if norm else 0)


def densenet(growth: int = 12, blocks: int = 16) -> int:
    channels = 2 * growth
    count = conv(3, 3, channels)
    for stage in range(3):
        for _ in range(blocks):
            count += bn(channels) + conv(1, channels, 4 * growth) + bn(4 * growth) + conv(3, 4 * growth, growth)
            channels += growth
        if stage < 2:
            count += bn(channels) + conv(1, channels, channels // 2)
            channels //= 2
    return count + bn(channels) + dense(channels, 10)


MOBILE = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)


def mobilenet() -> int:
    count, before = conv(3, 3, 32) + bn(32) + dense(1024, 1000), 32
    for after in MOBILE:
        count += 9 * before + bn(before) + conv(1, before, after) + bn(after)
        before = after
    return count


def vgg() -> int:
    count, before = dense(512 * 7 * 7, 4096) + dense(4096, 4096) + dense(4096, 1000), 3
    for after in (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512):
        count, before = count + conv(3, before, after, bias=True), after
    return count


def lenet() -> int:
    return conv(5, 1, 6, bias=True) + conv(5, 6, 16, bias=True) + dense(400, 120) + dense(120, 84) + dense(84, 10)


def inception() -> int:
    """GoogLeNet, table 1: 159 K parameters, without biases, of which its own sizes give 163 K."""
    return conv(1, 192, 64) + conv(1, 192, 96) + conv(3, 96, 128) + conv(1, 192, 16) + conv(5, 16, 32) + conv(1, 192, 32)


CIFAR = [*square(16, 32, 32, 16, 64, 8), (64,), (10,)]
IMAGENET = [*square(64, 112, 64, 56, 256, 56, 512, 28, 1024, 14, 2048, 7), (2048,), (1000,)]
NO_BIAS_AT_ALL = ("conv", "dense")

TABLE = {
    # name: (components without biases, parameters by hand, the published total, shapes by stage)
    "lenet5": ((), lenet(), 61_706, [*square(6, 28, 6, 14, 16, 10, 16, 5), (400,), (120,), (84,), (10,)]),
    "vgg16": ((), vgg(), 138_357_544, [*square(64, 224, 64, 112, 128, 112, 128, 56, 256, 56, 256, 28, 512, 28, 512, 14,
                                               512, 7), (25_088,), (4096,), (1000,)]),
    "resnet20": (NORMALIZED, cifar(3), 269_722, CIFAR),
    "resnet56": (NORMALIZED, cifar(9), 853_018, CIFAR),
    "resnet18": (NORMALIZED, resnet18(), 11_689_512,
                 [*square(64, 112, 64, 56, 128, 28, 256, 14, 512, 7), (512,), (1000,)]),
    "resnet50": (NORMALIZED, bottlenecks(1, 64, True), 25_557_032, IMAGENET),
    "preact_resnet50": (NORMALIZED, bottlenecks(1, 64, False), 25_549_352, IMAGENET),
    "resnext50": (NORMALIZED, bottlenecks(32, 128, True), 25_028_904, IMAGENET),
    "preact_resnet110": (NORMALIZED, preactivation((16, 32, 64), 18, project_first=False), 1_730_522, CIFAR),
    "wrn_28_10": (NORMALIZED, preactivation((160, 320, 640), 4, project_first=True), 36_479_194,
                  [*square(16, 32, 160, 32, 320, 16, 640, 8), (640,), (10,)]),
    "mobilenet_v1": (NORMALIZED, mobilenet(), 4_231_976, [
        *square(32, 112, 64, 112, 64, 56, 128, 56, 128, 28, 256, 28, 256, 14, 512, 14, 512, 7, 1024, 7),
        (1024,), (1000,)]),
    "inception": (NO_BIAS_AT_ALL, inception(), 163_328, [(256, 28, 28)]),
    "fixup_resnet56": (NORMALIZED, cifar(9) - bn(16) - 18 * bn(16, 32, 64), 848_954, CIFAR),
    "skipinit_resnet110": (NORMALIZED, preactivation((16, 32, 64), 18, project_first=False, norm=False), 1_722_426, CIFAR),
    "nf_resnet50": (NORMALIZED, bottlenecks(1, 64, True) - bn(NORMALIZED_CHANNELS), 25_503_912, IMAGENET),
    "densenet_bc_100_12": (NORMALIZED, densenet(), 769_162, None),
}


@pytest.mark.parametrize("name", TABLE)
def test_parameters(name: str) -> None:
    unbiased, by_hand, published, _ = TABLE[name]
    assert by_hand == published
    assert parameters(counted(name, unbiased)) == published


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[3] is not None])
def test_shapes(name: str) -> None:
    assert stages(counted(name)) == TABLE[name][3]


def test_shapes_of_a_densenet() -> None:
    """Every layer adds 12 channels; a transition halves channels and positions."""
    expected, channels = [], 24
    for stage, side in enumerate((32, 16, 8)):
        expected += square(*(size for place in range(17) for size in (channels + 12 * place, side)))
        channels += 12 * 16
        if stage < 2:
            channels //= 2
            expected += square(channels, side)
    assert stages(counted("densenet_bc_100_12")) == [*expected, (channels,), (10,)]


def test_the_perceptron() -> None:
    """L layers of m·m weights and m biases, and ten classes."""
    found = counted("mlp")
    assert print_expression(found.weights, PLAIN) == "10*m + L*m^2"
    assert print_expression(found.biases, PLAIN) == "10 + L*m"


def test_all_networks_are_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.fb")} == {*TABLE, "mlp"}


def test_the_papers_say_about_so_many() -> None:
    """Totals in millions as the papers print them: He 2016 (table 6), He 2016b, Zagoruyko 2016, Huang 2017, Howard 2017."""
    for name, millions, digits in (("resnet20", 0.27, 2), ("resnet56", 0.85, 2), ("preact_resnet110", 1.7, 1),
                                   ("wrn_28_10", 36.5, 1), ("mobilenet_v1", 4.2, 1)):
        assert round(TABLE[name][2] / 1e6, digits) == millions
