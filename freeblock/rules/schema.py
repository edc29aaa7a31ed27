"""The words of a component library: its keys, kinds, samplers, and the names that are taken."""

from __future__ import annotations

from typing import Literal

from freeblock.rules.rule import Acts, Dependence

Kind = Literal["activation", "linear", "normalization", "structure"]
Ground = Literal["symmetric", "identical", "level", "comparable", "gaussian", "assumed", "stated"]

RULES = 2_000
"""Rules in a library, at most."""
PARAMETERS = 50
"""Parameters of a rule, and symbols of its defaults, at most."""

IMAGE_KEYS = ("window", "enlarge", "fan_in", "fan_out", "uneven", "positive")
"""Keys of rules that act on images."""
RULE_KEYS = (
    "title", "kind", "aliases", "parameters", "symbols", "constants", "jacobian", "given", "depends_on", "shape",
    "forward", "premises", "sample", "source", "accepts_traits", "note", "override", "acts_on", "weights", "biases",
    "variants", *IMAGE_KEYS,
)
VARIANT_KEYS = ("jacobian", "premises", "note")
"""What a variant of a rule may say otherwise."""
REQUIRED_KEYS = ("title", "kind", "jacobian", "source")

PARAMETER_FORMS = ("default", "fresh", "optional", "label", "ignored", "of_x")
"""What a parameter stands for when it is left out, one at most; one with none of them must be given."""
PARAMETER_KEYS = (*PARAMETER_FORMS, "meaning", "domain", "whole", "outside")
LAW_KEYS = ("moments", "first", "second", "measure", "s_transform", "opaque", "function", "derivative")
JACOBIAN_KEYS = (*LAW_KEYS, "traits")
SHAPE_KEYS = ("channels", "height", "width")
WINDOW_KEYS = ("height", "width", "stride", "padding", "padding_width", "over")
OVER: tuple[Literal["sum", "one"], ...] = ("sum", "one")
FORWARD_KEYS = ("mean_square", "covariance", "mean", "statistics", "function")
PREMISE_KEYS = ("name", "statement", "holds_if", "unless")

KINDS: tuple[Kind, ...] = ("activation", "linear", "normalization", "structure")
DEPENDENCES: tuple[Dependence, ...] = ("nothing", "weights", "sign", "value", "noise", "statistics")
GROUNDS: tuple[Ground, ...] = ("symmetric", "identical", "level", "comparable", "gaussian", "assumed", "stated")
ACTS: tuple[Acts, ...] = ("vector", "image", "anything")

WIDTHS = ("fan_in", "fan_out")
IMAGE_NAMES = ("channels", "height", "width")
"""The shape of the input, in the formulas of a rule that acts on images."""
WINDOW_NAMES = (
    "out_height", "out_width", "taps", "taps_squared", "reads_squared", "overlaps_squared", "shrink",
)
"""What a window makes known: the size of the output; the mean and mean square of the taps in bounds over the outputs;
by the outputs, the sum over the inputs of the squared number of outputs that read one, the sum over pairs of outputs of
the squared number of inputs that the two share, and the number of inputs."""
ORDER = "k"
"""The order of a moment, in `moments`."""
VARIABLE = "z"
"""The variable of an S-transform, in `s_transform`."""
MEAN_SQUARE = "q"
"""The variance of a pre-activation, a parameter of every rule that gives a function."""
CHOICE = "variant"
"""The argument that chooses a variant of a rule."""
STATE = ("q", "covariance", "mean")
"""What is known of the signal a block is applied to, in `forward`; a parameter `q` is its mean square."""

KEYWORDS = ("input", "assume", "let", "serial", "sum", "stack")
RESERVED = frozenset({*KEYWORDS, *WIDTHS, "n", "pi", "e"})
"""Names no rule, alias, parameter or symbol may have; a parameter may not be called k or z either."""

SAMPLERS: dict[str, tuple[str, ...]] = {
    "gaussian": ("var",),
    "haar": ("gain",),
    "sign": ("positive", "negative", "p"),
    "function": ("q",),
    "spike": ("threshold", "q"),
    "concatenated": (),
    "noise": ("keep", "size"),
    "normalize": ("std", "centred", "epsilon"),
    "normalize_by_size": ("size",),
    "standardized": ("gain",),
    "unit_rows": ("gain",),
    "permutation": (),
    "constant": ("gain",),
    "identity": (),
    "gaussian_kernel": ("var", "groups"),
    "haar_kernel": ("gain",),
    "window_mean": (),
    "window_maximum": (),
    "upsampling": ("factor",),
    "zero_channels": (),
    "channel_noise": ("keep",),
    "normalize_groups": ("std", "groups"),
}
"""Sampler of `freeblock.check` → the parameters it needs."""
