"""The words of a component library: its keys, kinds, samplers, and the names that are taken."""

from __future__ import annotations

from typing import Literal

from freeblock.rules.rule import Dependence

Kind = Literal["activation", "linear", "normalization", "structure"]
Ground = Literal["symmetric", "identical", "level", "gaussian"]

RULES = 2_000
"""Rules in a library, at most."""
PARAMETERS = 50
"""Parameters of a rule, and symbols of its defaults, at most."""

RULE_KEYS = (
    "title", "kind", "aliases", "parameters", "symbols", "constants", "jacobian", "given", "depends_on", "shape",
    "forward", "premises", "sample", "source", "accepts_traits", "note", "override",
)
REQUIRED_KEYS = ("title", "kind", "jacobian", "source")

PARAMETER_FORMS = ("default", "fresh", "optional", "label", "ignored")
"""What a parameter stands for when it is left out, one at most; one with none of them must be given."""
PARAMETER_KEYS = (*PARAMETER_FORMS, "meaning", "domain", "whole")
LAW_KEYS = ("moments", "first", "second", "measure", "s_transform", "opaque")
JACOBIAN_KEYS = (*LAW_KEYS, "traits")
SHAPE_KEYS = ("width",)
FORWARD_KEYS = ("mean_square", "mean")
PREMISE_KEYS = ("name", "statement", "holds_if", "unless")

KINDS: tuple[Kind, ...] = ("activation", "linear", "normalization", "structure")
DEPENDENCES: tuple[Dependence, ...] = ("nothing", "weights", "sign", "value", "noise", "statistics")
GROUNDS: tuple[Ground, ...] = ("symmetric", "identical", "level", "gaussian")

WIDTHS = ("fan_in", "fan_out")
ORDER = "k"
"""The order of a moment, in `moments`."""
VARIABLE = "z"
"""The variable of an S-transform, in `s_transform`."""
STATE = ("q", "mean")
"""Mean square and mean of what a block is applied to, in `forward`; a parameter `q` is that mean square."""

KEYWORDS = ("input", "assume", "let", "serial", "sum", "stack")
RESERVED = frozenset({*KEYWORDS, *WIDTHS, "n", "pi", "e"})
"""Names no rule, alias, parameter or symbol may have; a parameter may not be called k or z either."""

SAMPLERS: dict[str, tuple[str, ...]] = {
    "gaussian": ("var",),
    "haar": ("gain",),
    "sign": ("positive", "negative", "p"),
    "tanh": ("q",),
    "selu": ("scale", "alpha", "q"),
    "noise": ("keep",),
    "normalize": ("std", "centred"),
    "standardized": ("gain",),
    "identity": (),
}
"""Sampler of `freeblock.check` → the parameters it needs."""
