"""A component rule: what the library says about one kind of block. Data only; formulas stay parsed text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from freeblock.language.nodes import Node, Relation
from freeblock.language.records import Record, record
from freeblock.source import Span

TRAITS = (
    "left", "right", "conjugate", "isometric", "coisometric", "orthogonal", "scalar", "diagonal", "central",
    "left_gram", "right_gram", "left_isotropic", "right_isotropic", "nonnegative",
)
"""The traits a rule (or `opaque`) may claim; docs/theorems.md defines them."""

Dependence = Literal["nothing", "weights", "sign", "value", "noise", "statistics"]


@record
class Parameter(Record):
    """One parameter of a rule, with the formula of its default and the relation it must satisfy."""

    name: str
    meaning: str
    default: Node | None = None
    domain: Relation | None = None
    whole: bool = False
    """A whole number (a width or a count)."""
    optional: bool = False
    """May be left out; then `given` variants for it do not apply and formulas may not use it."""
    fresh: str | None = None
    """Left out, it stands for an unknown of this place: a symbol with this stem."""
    label: bool = False
    """A bare name, not a formula (the F of `opaque(F)`)."""
    ignored: str | None = None
    """Accepted, but without effect on the Jacobian; the text says why."""


@record
class Jacobian(Record):
    """The law of JJᵀ (one of the forms) and the traits, each always true or under a relation."""

    moments: Node | None = None
    """φ_k as a formula in k."""
    first: Node | None = None
    second: Node | None = None
    """φ_1 and φ_2 alone, where no higher order is known."""
    measure: tuple[tuple[Node, Node], ...] = ()
    """(value, weight): the spectral distribution as atoms."""
    s_transform: Node | None = None
    """The S-transform of JJᵀ as a formula in z."""
    opaque: bool = False
    """Nothing is known: the moments are symbols."""
    traits: Mapping[str, Relation | None] = field(default_factory=dict)
    """Trait → the relation it needs; None where it always holds."""


@record
class Forward(Record):
    """What a block does to a signal, as formulas in its mean square `q` and its mean `mean`."""

    mean_square: Node
    mean: Node | None = None
    """None where it is not known."""


@record
class Premise(Record):
    """What a rule's law takes for granted about the vector it is applied to."""

    name: str
    statement: str
    holds_if: Literal["symmetric", "identical", "level", "gaussian"]
    """symmetric: proved where every unit has P(x > 0) = 1/2. identical: where all units share one law.
    level: where they do and, given the weights, also have one mean over the data.
    gaussian: where both hold, so that units are alike and Gaussian by the central limit theorem."""
    unless: str | None = None
    """The premise is not needed where this parameter is given."""


@record
class Sampler(Record):
    """A named sampler of `freeblock.check` and the formulas of its parameters."""

    name: str
    parameters: Mapping[str, Node]


@record
class Rule(Record):
    """One component of a library."""

    name: str
    title: str
    kind: Literal["activation", "linear", "normalization", "structure"]
    parameters: Mapping[str, Parameter]
    """In the order positional arguments take."""
    jacobian: Jacobian
    depends_on: Dependence
    width: Node
    """The number of outputs as a formula in fan_in and the parameters."""
    source: str
    """BibTeX keys, separated by commas, or a plain statement."""
    span: Span
    aliases: tuple[str, ...] = ()
    symbols: Mapping[str, str] = field(default_factory=dict)
    """Free symbols of the parameters' defaults (the sigma_w of `dense`), with their meaning."""
    constants: Mapping[str, Node] = field(default_factory=dict)
    """Symbols whose value is published (the scale of SELU): printed by name, evaluated by value."""
    given: Mapping[str, Jacobian] = field(default_factory=dict)
    """Optional parameter → the Jacobian that replaces the plain one when it is given."""
    forward: Forward | None = None
    """None where no closed form is known."""
    premises: tuple[Premise, ...] = ()
    sample: Sampler | None = None
    accepts_traits: bool = False
    """Positional names after the first argument are traits (`opaque`)."""
    note: str | None = None
