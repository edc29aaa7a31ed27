"""A component rule: what the library says about one kind of block. Data only; formulas stay parsed text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from freeblock.language.nodes import Node, Relation
from freeblock.language.records import Record, record
from freeblock.source import Span

if TYPE_CHECKING:
    from freeblock.activation.means import UnitFunction
    from freeblock.activation.tree import Tree
    from freeblock.formula.expression import Expression

TRAITS = (
    "left", "right", "conjugate", "isometric", "coisometric", "orthogonal", "scalar", "diagonal", "central",
    "left_gram", "right_gram", "left_isotropic", "right_isotropic", "nonnegative", "spatial", "balanced",
)
"""The traits a rule (or `opaque`) may claim; docs/theorems.md defines them."""

Acts = Literal["vector", "image", "anything"]
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
    of_x: bool = False
    """A function: a formula in the variable x."""
    outside: str | None = None
    """What to write in place of a value outside the domain."""


class Means(Protocol):
    """A unit-wise function at one place: what its Jacobian's moments are, and what a sampler needs."""

    function: Tree | None
    """f, None where only f′ is stated."""
    odd: bool
    """Whether f(−x) = −f(x) is plain; False where only f′ is stated."""
    slope: Tree
    """f′ as it is stated; where f is given, its derivative."""
    node: Node
    """The formula that states f or f′."""
    shared: bool
    """Whether it is one object for all arguments, which are then looked up at each place."""

    def unit(self, arguments: Mapping[str, Expression]) -> UnitFunction:
        """The function at the arguments of a place, with all its means."""

    def names(self, arguments: Mapping[str, Expression]) -> Mapping[str, Expression]:
        """What its names stand for, and q."""

    def at(self, formula: Expression, arguments: Mapping[str, Expression]) -> Expression:
        """A constant of f or f′ at the arguments of a place."""

    def moment(self, power: int, arguments: Mapping[str, Expression]) -> Expression:
        """E f′(x)^power at the arguments of a place. Raises RefusedError."""


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
    function: Node | None = None
    """f(x) of a unit-wise block: φ_k = E f′(x)^{2k} for x ~ N(0, q)."""
    derivative: Node | None = None
    """f′(x) itself, where the forward function has none (a surrogate gradient)."""
    means: Means | None = None
    """At one place of a network: the function with its arguments, which knows its moments."""
    traits: Mapping[str, Relation | None] = field(default_factory=dict)
    """Trait → the relation it needs; None where it always holds."""

    @property
    def of_function(self) -> bool:
        """Whether the law is that of a function of the units."""
        return self.function is not None or self.derivative is not None

    @property
    def every_moment(self) -> bool:
        """Whether φ_k is known for every k, half-integer ones of a diagonal included."""
        return self.moments is not None or self.of_function


@record
class Forward(Record):
    """What a block does to a signal: formulas in `q` (mean square), `covariance` of two inputs, and `mean`."""

    mean_square: Node | None = None
    """None only where a function says all."""
    mean: Node | None = None
    """None where it is not known."""
    covariance: Node | None = None
    """None where it is the mean square with `covariance` in the place of `q`, or not known."""
    statistics: Mapping[str, Node] = field(default_factory=dict)
    """What a parameter is that was left out: the standard deviation that a normalisation divides by."""
    function: Node | None = None
    """f(x) of a unit-wise block whose law is stated otherwise."""


@record
class Premise(Record):
    """What a rule's law takes for granted about the vector it is applied to."""

    name: str
    statement: str
    holds_if: Literal["symmetric", "identical", "level", "comparable", "gaussian", "assumed", "stated"]
    """symmetric: proved where every unit has P(x > 0) = 1/2. identical: where all units share one law.
    level: where they do and, given the weights, also have one mean over the data. comparable: where they do and,
    given the weights, have one standard deviation over the data.
    gaussian: where both hold, so that units are alike and Gaussian by the central limit theorem.
    assumed: never proved, only taken for granted by name. stated: on the word of who chose this rule or variant."""
    unless: str | None = None
    """The premise is not needed where this parameter is given."""


@record
class Sampler(Record):
    """A named sampler of `freeblock.check` and the formulas of its parameters."""

    name: str
    parameters: Mapping[str, Node]


@record
class Window(Record):
    """Which positions of an image an output position looks at, along height and width."""

    height: Node
    width: Node
    stride: Node
    padding: Node
    padding_width: Node
    """Along width; `padding` is that along height."""
    over: Literal["sum", "one"] = "sum"
    """The positions are summed, or one of them is chosen by the data."""


@record
class OnImages(Record):
    """What a rule says about images besides its law: formulas in channels, height and width of the input."""

    channels: Node | None = None
    height: Node | None = None
    width: Node | None = None
    """The shape of the output; without channels it is a vector."""
    window: Window | None = None
    enlarge: Node | None = None
    """Every position is repeated so often along height and width."""
    fan_in: Node | None = None
    fan_out: Node | None = None
    """The widths of one weight's matrix, where they are not those of J."""
    uneven: Jacobian | None = None
    """The law in place of the plain one where borders or strides make the taps uneven."""
    positive: Node | None = None
    """The probability that an output is positive."""


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
    acts_on: Acts = "anything"
    """A vector rule mixes all coordinates of a flat vector; an image rule needs channels and positions."""
    on_images: OnImages | None = None
    """For a rule that acts on images."""
    weights: Node | None = None
    """How many weights the component has, none where nothing is said."""
    biases: Node | None = None
    """How many biases it has where it has any."""
    variants: Mapping[str, Rule] = field(default_factory=dict)
    """Name → the rule that `variant=name` puts in this one's place."""

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The number of outputs, or channels, height and width of the image that comes out."""
        image = self.on_images
        if image is None or image.channels is None or image.height is None or image.width is None:
            return (self.width,)
        return image.channels, image.height, image.width

    @property
    def jacobians(self) -> tuple[Jacobian, ...]:
        """Every form of its Jacobian, the plain one first."""
        uneven = None if self.on_images is None else self.on_images.uneven
        return (self.jacobian, *([] if uneven is None else [uneven]), *self.given.values())
