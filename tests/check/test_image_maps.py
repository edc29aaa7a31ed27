"""Every layer on images against loops over positions, its transpose, and finite differences of its values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from freeblock.check.images.image_pass import ImagePass
from freeblock.check.images.maps import Average, Convolution, Selection, Upsampling, Zeros
from freeblock.check.images.statistics import normalized
from freeblock.check.patterns import Patterns
from freeblock.check.place import Place
from freeblock.check.plan import make_plan
from freeblock.check.window import Window
from freeblock.errors import DomainError
from freeblock.language.parser import parse_program
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

WINDOWS = [
    Window((5, 5), (3, 3), (1, 1), (1, 1)), Window((5, 4), (3, 2), (2, 2), (0, 0)), Window((4, 6), (2, 2), (2, 2), (0, 0)),
    Window((7, 5), (3, 3), (2, 2), (1, 1)), Window((5, 5), (1, 1), (2, 2), (0, 0)), Window((1, 1), (3, 3), (1, 1), (1, 1)),
    Window((4, 4), (4, 4), (1, 1), (0, 0)), Window((3, 4), (1, 1), (1, 1), (0, 0)), Window((5, 6), (1, 5), (1, 3), (0, 2)),
]
BATCH = 3


def resolved(text):
    return resolve(parse_program(Source("test", text)), load_catalogue())


def plan_of(text, network=True, **values):
    found = resolved(text)
    numbers = {"n": int(found.block.columns.number()), "sigma_w": 1.3, **values}
    return make_plan(found.block, numbers, network, found.image)


def passed(text, network=True, seed=1, batch=BATCH, **values):
    run = ImagePass(plan_of(text, network, **values), Patterns(np.random.default_rng(seed), network, batch))
    return run, run.run().values


def taps(window, row, column):
    """The (tap, y, x) in bounds that the output at (row, column) reads, one by one."""
    for number, (down, right) in enumerate(itertools.product(range(window.kernel[0]), range(window.kernel[1]))):
        y, x = row * window.stride[0] - window.padding[0] + down, column * window.stride[1] - window.padding[1] + right
        if 0 <= y < window.size[0] and 0 <= x < window.size[1]:
            yield number, y, x


def places(window):
    high = (window.size[0] + 2 * window.padding[0] - window.kernel[0]) // window.stride[0] + 1
    wide = (window.size[1] + 2 * window.padding[1] - window.kernel[1]) // window.stride[1] + 1
    return high, wide, itertools.product(range(high), range(wide))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("window", WINDOWS)
def test_a_convolution_is_the_sum_over_taps(window, groups):
    generator = np.random.default_rng(1)
    channels, out = 4, 6
    weight = generator.standard_normal((groups, out // groups, channels // groups * window.area))
    image = generator.standard_normal((channels, *window.size, BATCH))
    high, wide, positions = places(window)
    expected = np.zeros((out, high, wide, BATCH))
    for row, column in positions:
        for target in range(out):
            group, inside = divmod(target, out // groups)
            for source in range(channels // groups):
                for tap, y, x in taps(window, row, column):
                    expected[target, row, column] += (
                        weight[group, inside, source * window.area + tap] * image[group * (channels // groups) + source, y, x])
    found = Convolution(weight, window).forward(image.reshape(-1, BATCH))
    assert np.allclose(found, expected.reshape(-1, BATCH))


@pytest.mark.parametrize("window", WINDOWS)
def test_means_and_maxima_are_those_of_the_windows(window):
    image = np.random.default_rng(2).standard_normal((2, *window.size, BATCH))
    patches = window.patches(image, -np.inf)
    maximum = Selection(patches.argmax(axis=1), window).forward(image.reshape(-1, BATCH)).reshape(2, *window.outputs, BATCH)
    mean = Average(window).forward(image.reshape(-1, BATCH)).reshape(2, *window.outputs, BATCH)
    _, _, positions = places(window)
    for row, column in positions:
        read = np.array([image[:, y, x] for _, y, x in taps(window, row, column)])
        assert np.allclose(maximum[:, row, column], read.max(axis=0))
        assert np.allclose(mean[:, row, column], read.sum(axis=0) / (window.kernel[0] * window.kernel[1]))


def all_maps():
    generator = np.random.default_rng(3)
    for window in WINDOWS:
        count = 2 * window.size[0] * window.size[1]
        image = generator.standard_normal((2, *window.size, BATCH))
        yield Convolution(generator.standard_normal((2, 3, window.area)), window), count
        yield Average(window), count
        yield Selection(window.patches(image, -np.inf).argmax(axis=1), window), count
    yield Upsampling((2, 3), 3), 12
    yield Zeros(9, 4), 4


@pytest.mark.parametrize(("entry", "columns"), list(all_maps()))
def test_backwards_is_the_transpose(entry, columns):
    generator = np.random.default_rng(4)
    x = generator.standard_normal((columns, BATCH))
    forward = entry.forward(x)
    y = generator.standard_normal(forward.shape)
    assert np.allclose(np.sum(forward * y, axis=0), np.sum(x * entry.backward(y), axis=0))


def test_upsampling_repeats_each_position():
    image = np.arange(6.0).reshape(1, 2, 3, 1)
    larger = Upsampling((2, 3), 2).forward(image.reshape(-1, 1)).reshape(4, 6)
    assert larger.tolist() == [[0, 0, 1, 1, 2, 2]] * 2 + [[3, 3, 4, 4, 5, 5]] * 2


NETWORKS = [
    "input (3, 5, 5)\nconv(4, 3, padding=1) >> relu >> conv(4, 3, stride=2) >> tanh",
    "input (4, 6, 5)\nconv(6, kernel_h=3, kernel_w=1, padding_h=1, groups=2) >> leaky_relu >> max_pool >> flatten >> dense(3)",
    "input (2, 4, 4)\nconv_orthogonal(5, 3, padding=1) >> selu >> global_avg_pool >> dense(4) >> tanh",
    "input (3, 4, 4)\n(conv(3, 1) + (conv(3, 3, padding=1) >> relu >> conv(3, 3, padding=1))) >> relu",
    "input (2, 4, 4)\n(id | (conv(3, 3, padding=1) >> tanh) | depthwise_conv(3, padding=1)) >> avg_pool >> upsample(2)",
    "input (3, 5, 5)\nserial[l=1..2](id + (1/l)*(relu >> conv(3, 3, padding=1))) >> subsample >> zero_pad_channels(5)",
    "input (2, 5, 5)\n(2*(conv_delta_orthogonal(3) >> relu) | conv(2, 3, padding=1)) >> max_pool(3, 2, 1)",
    "input (2, 4, 4)\nlet W = conv(2, 3, padding=1)\n(W >> tanh)^2",
    "input (2, 3, 3)\n(id + (id + conv(2, 1))) + (conv(2, 1) >> (id + relu))",
]


@pytest.mark.parametrize("text", NETWORKS)
def test_the_tape_is_the_jacobian_of_the_pass(text):
    """A pass with the same random numbers and a slightly different input: what changes is J times the step."""
    values = {"lambda_selu": 1.0507, "alpha_selu": 1.6733, "p_max": 1, "kappa_max": 1}
    run, before = passed(text, **values)
    step = 1e-6 * np.random.default_rng(9).standard_normal((run.plan.columns, BATCH))

    class Moved(Patterns):
        def gaussian(self, width):
            vector = super().gaussian(width)
            vector.values[...] += step
            return vector

    moved = ImagePass(run.plan, Moved(np.random.default_rng(1), True, BATCH)).run().values
    assert np.allclose((moved - before) / 1e-6, run.tape.forward(step / 1e-6), atol=1e-4)
    y = np.random.default_rng(5).standard_normal(before.shape)
    back, lengths = run.tape.backward(y, [0, len(run.tape.entries)])
    assert np.allclose(np.sum(run.tape.forward(step) * y, axis=0), np.sum(step * back, axis=0))
    assert np.allclose(lengths[0], np.sum(back**2, axis=0))
    assert np.allclose(lengths[len(run.tape.entries)], np.sum(y**2, axis=0))


@pytest.mark.parametrize(("norm", "axes"), [
    ("bn", (1, 2, 3)), ("smn", (1, 2, 3)), ("ln", (0, 1, 2)), ("rms_norm", (0, 1, 2)), ("instance_norm", (1, 2)),
])
def test_statistics_are_taken_over_what_the_norm_says(norm, axes):
    values = np.random.default_rng(6).standard_normal((24, 5)) + 0.7
    (place,) = [step for step in plan_of(f"input (4, 3, 2)\n{norm}").steps if isinstance(step, Place)]
    image = values.reshape(4, 3, 2, 5)
    if norm not in ("smn", "rms_norm"):
        image = image - image.mean(axis=axes, keepdims=True)
    deviation = np.sqrt((image**2).mean(axis=axes, keepdims=True))
    factors, found, variance = normalized(place, (4, 3, 2), values)
    assert np.allclose(found, (image / deviation).reshape(24, 5))
    assert np.allclose(factors, np.broadcast_to(1 / deviation, image.shape).reshape(24, 5))
    assert np.isclose(variance, np.mean(deviation**2))


def test_group_norm_normalizes_each_group_of_channels_of_each_image():
    values = np.random.default_rng(7).standard_normal((24, 5)) + 0.7
    (place,) = [step for step in plan_of("input (4, 3, 2)\ngroup_norm(2)").steps if isinstance(step, Place)]
    _, found, _ = normalized(place, (4, 3, 2), values)
    for group, image in itertools.product(range(2), range(5)):
        part = values[12 * group: 12 * group + 12, image]
        assert np.allclose(found[12 * group: 12 * group + 12, image], (part - part.mean()) / part.std())


def test_one_value_has_no_deviation():
    with pytest.raises(DomainError, match="single value"):
        passed("input (4, 1, 1)\nbn", batch=1)
    assert passed("input (4, 2, 1)\nbn", batch=1)[1].shape == (8, 1)


def test_a_channel_is_dropped_as_a_whole_and_a_unit_alone():
    _, channels = passed("input (50, 3, 3)\nchannel_dropout(keep=1/2)")
    _, units = passed("input (50, 3, 3)\ndropout(keep=1/2)")
    for values, whole in ((channels, True), (units, False)):
        kept = (values != 0).reshape(50, 9, BATCH).mean(axis=1)
        assert set(np.unique(kept)) == {0.0, 1.0} if whole else len(np.unique(kept)) > 4
        assert np.mean(kept) == pytest.approx(0.5, abs=0.2)


def test_maxima_show_how_often_they_are_positive_and_how_unevenly_inputs_are_chosen():
    run, _ = passed("input (40, 8, 8)\nmax_pool(2)", batch=20)
    assert np.mean(run.shares["p_max"]) == pytest.approx(1 - 2**-4, abs=0.01)
    run, _ = passed("input (40, 16, 16)\nmax_pool(3, 2, 1)", batch=4)
    assert np.mean(run.shares["kappa_max"]) == pytest.approx(0.928, abs=0.02)  # docs/theory/images.md, 2.3


def test_kernels_have_the_moments_their_rules_state():
    run, _ = passed("input (8, 3, 3)\nconv(6, 3, var=2/fan_in)", batch=1)
    (kernel,) = run.tape.entries
    assert kernel.weight.shape == (1, 6, 72)
    assert kernel.weight.var() == pytest.approx(2 / 72, rel=0.25)
    run, _ = passed("input (2, 3, 3)\nconv_orthogonal(6, 3, gain=3)", batch=1)
    assert np.allclose(run.tape.entries[0].weight[0] @ run.tape.entries[0].weight[0].T, 9 * np.eye(6))
    run, _ = passed("input (2, 3, 3)\nconv_delta_orthogonal(6)", batch=1)
    assert np.allclose(run.tape.entries[0].weight[0].T @ run.tape.entries[0].weight[0], np.eye(2))


def test_fresh_patterns_do_not_look_at_the_data():
    """In the model, x and −x behind a weight have unrelated masks: (W >> relu) of one input twice is drawn afresh."""
    run, _ = passed("input (3, 4, 4)\nconv(8, 3, padding=1) >> relu", network=False)
    mask = run.tape.entries[1].factors
    signal = run.tape.entries[0].forward(np.random.default_rng(1).standard_normal((48, BATCH)))
    assert abs(np.corrcoef(mask.ravel(), (signal > 0).ravel())[0, 1]) < 0.2
