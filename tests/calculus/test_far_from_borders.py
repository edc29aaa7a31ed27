"""The formula without borders where the sizes of images are numbers: what it is far from borders, worked out by hand.

Behind a convolution from a to b channels κ rises by b/a, and by 1 − 1/taps less of that with orthogonal weights; behind a
relu by 1, of a share p by 1/p − 1; each by the outputs of the network over those of the block. Far from borders
positions become fewer by strides only, however many an image without padding loses at its edge.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

import freeblock as fb

HAND = [
    ("input (3, 8, 8)\nconv(16, 3) >> relu", Fraction(16, 3) + 1),
    ("input (3, 8, 8)\nconv(16, 3)^2", Fraction(16, 3) + 1),
    ("input (16, 8, 8)\nconv(16, 3, padding=2)^2", 2),
    ("input (6, 8, 8)\n(conv_orthogonal(6, 3) >> relu)^2", 2 * (1 - Fraction(1, 9) + 1)),
    ("input (12, 15, 9)\nconv(24, 3, padding=1, groups=3) >> relu >> conv(36, 3, groups=4)",
     Fraction(24, 12) * Fraction(36, 24) + Fraction(36, 24) + Fraction(36, 24)),
    # One position of 10⁴ is left, which read nine of one kernel.
    ("input (3, 8, 8)\nconv(4, 3) >> subsample(100)", Fraction(4, 3 * 9)),
    ("input (192, 28, 28)\nconv(64, 3) >> flatten >> dense(10)", Fraction(64, 192) * Fraction(10, 64 * 26**2) + Fraction(10, 64 * 26**2)),
    # LeNet-5: 25 positions are flattened, so there were 100 before the second maximum and 400 before the first.
    ("input (1, 32, 32)\nconv(6, 5) >> relu >> max_pool(2, p=3/4) >> conv(16, 5) >> relu >> max_pool(2, p=2/3) >> flatten"
     " >> dense(120) >> relu >> dense(84) >> relu >> dense(10)",
     2 * Fraction(10, 84) + 2 * Fraction(10, 120) + Fraction(10, 400) + Fraction(10, 400) * Fraction(1, 2)
     + Fraction(10, 1600) * Fraction(16, 6) + Fraction(10, 600) * Fraction(1, 3) + Fraction(10, 2400) * Fraction(6, 1)),
]


@pytest.mark.parametrize(("text", "kappa"), HAND, ids=[text.split("\n")[1][:40] for text, _ in HAND])
def test_kappa_without_borders_is_the_one_worked_out_by_hand(text, kappa):
    free = fb.derive(text).derivation.border_free
    assert free.kappa.number() == kappa


def test_with_padding_that_keeps_sizes_the_numbers_of_borders_are_near_one():
    for size in (64, 256):
        text = f"input (8, {size}, {size})\n(conv(8, 3, padding=1) >> relu)^3"
        derived = fb.derive(text)
        assert derived.derivation.border_free.kappa.number() == 6
        assert derived.evaluate({"sigma_w": 1}).kappa == pytest.approx(6, rel=4 / size)
