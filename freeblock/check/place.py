"""One component at one place, with numbers for its widths and its sampler's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from freeblock.activation.arrays import ArrayFunction
from freeblock.check.environment import ROUNDING, Environment
from freeblock.check.unknowns import UNTIL_MEASURED, is_measured, unknowns_of
from freeblock.check.window import Window
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.expression import Expression
from freeblock.language.formulas import to_expression, to_relation
from freeblock.network.image import Geometry, Image
from freeblock.network.nodes import Leaf
from freeblock.rules.rule import Sampler
from freeblock.source import Span

WINDOWED = ("gaussian_kernel", "haar_kernel", "window_mean", "window_maximum")
"""Samplers that need a window."""

Shape = tuple[int, int, int]
"""Channels × height × width."""

_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq}


@dataclass(frozen=True, slots=True)
class Move:
    """The image before a component and after it (None for a vector), and the window that slides in between."""

    before: Shape
    after: Shape | None
    window: Window | None


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What a forward pass needs to know to draw this component: J is rows×columns."""

    sampler: Sampler
    parameters: Mapping[str, Any]
    """Numbers; a unit-wise function also gives itself, as a map of arrays."""
    rows: int
    columns: int
    identity: int
    shared: bool
    """Drawn once per sample, whatever the number of uses and copies."""
    group: int
    """The leaf of the tree it comes from: copies under ^ have the same."""
    statistic: str | None
    """The symbol of an unknown statistic or share, to be measured in network mode."""
    over_batch: bool
    """A normalisation's statistics are taken over the batch, unit by unit; else over the units."""
    label: str
    move: Move | None
    """What a component for images does to positions; None where they stay what they are."""
    flattens: bool
    """No image comes out."""
    unknowns: Mapping[str, str]
    """Parameter that only the data know → its symbol."""
    span: Span

    def shape_behind(self, shape: Shape | None) -> Shape | None:
        """The shape of the images that come out, if images do."""
        if self.move is not None:
            return self.move.after
        return None if self.flattens else shape

    @property
    def kernel_shape(self) -> tuple[int, int, int]:
        """Groups, output channels of a group, and taps of a group's channels."""
        assert self.move is not None and self.move.window is not None and self.move.after is not None
        groups = round(self.parameters.get("groups", 1))
        return groups, self.move.after[0] // groups, self.move.before[0] // groups * self.move.window.area


def place_of(leaf: Leaf, environment: Environment, group: int, network: bool) -> Place:
    """The numbers of one leaf.

    Raises RefusedError where the rule cannot be sampled, DomainError where a value is missing or outside
    its domain, or a width is not whole.
    """
    sampler = _sampler(leaf)
    unknowns = unknowns_of(leaf)
    for name in unknowns.values():
        if is_measured(leaf, network):
            environment = environment.bind(name, UNTIL_MEASURED)
    what = f"the width of `{leaf.label}`"
    rows = environment.whole(leaf.rows, what, leaf.span)
    columns = environment.whole(leaf.columns, what, leaf.span)
    _check_domains(leaf, environment)
    parameters: dict[str, Any] = {}
    for name, node in sampler.parameters.items():
        formula = to_expression(node, leaf.arguments, free=True)
        parameters[name] = environment.real(formula, f"`{name}` of `{leaf.label}`", leaf.span)
    parameters.update(_functions(leaf, environment))
    move = None if leaf.geometry is None else _move(leaf.geometry, leaf, environment)
    _check_move(sampler, parameters, move, leaf, rows)
    if "groups" in parameters and move is not None:
        _check_groups(parameters["groups"], move, leaf)
    flattens = move.after is None if move is not None else (
        leaf.rule.acts_on == "vector" or leaf.rule.on_images is not None)
    return Place(
        sampler, parameters, rows, columns, leaf.identity, leaf.shared, group,
        next(iter(unknowns.values()), None), "batch" in leaf.rule.parameters,
        leaf.label, move, flattens, unknowns, leaf.span)


def shape_of(image: Image, environment: Environment, span: Span) -> Shape:
    """Channels, height and width as numbers. Raises DomainError where one has no value, or is not known."""
    if image.height is None or image.width is None:
        raise DomainError("the size of the image is not known, and samples have one", span,
                          "say the shape of the input: `input (3, 32, 32)`")
    found = [environment.whole(value, f"the {what} of the image", span)
             for value, what in ((image.channels, "number of channels"), (image.height, "height"),
                                 (image.width, "width"))]
    return found[0], found[1], found[2]


def _check_groups(groups: float, move: Move, leaf: Leaf) -> None:
    for shape in (move.before, move.after):
        if shape is not None and (groups < 1 or shape[0] % groups):
            raise DomainError(f"`{leaf.label}` has {groups:g} groups, which do not divide {shape[0]} channels",
                              leaf.span)


def _move(geometry: Geometry, leaf: Leaf, environment: Environment) -> Move:
    before = shape_of(geometry.before, environment, leaf.span)
    after = None if geometry.after is None else shape_of(geometry.after, environment, leaf.span)
    if geometry.axes is None:
        return Move(before, after, None)
    numbers = [[environment.whole(value, f"the window of `{leaf.label}`", leaf.span)
                for value in (axis.kernel, axis.stride, axis.padding)] for axis in geometry.axes]
    (height, down, above), (width, right, left) = numbers
    return Move(before, after, Window(before[1:], (height, width), (down, right), (above, left)))


def _functions(leaf: Leaf, environment: Environment) -> dict[str, ArrayFunction]:
    """f and what was stated as f′, where the law is that of a function."""
    means = leaf.jacobian.means
    if means is None:
        return {}

    def value_of(formula: Expression) -> float:
        return environment.real(means.at(formula, leaf.arguments), f"the function of `{leaf.label}`", leaf.span)

    stated = ("derivative", means.slope) if means.function is None else ("function", means.function)
    return {stated[0]: ArrayFunction(stated[1], value_of)}


def _sampler(leaf: Leaf) -> Sampler:
    rule = leaf.rule
    if rule.sample is None:
        raise RefusedError(
            f"`{leaf.label}` cannot be sampled: the rule `{rule.name}` names no sampler", leaf.span,
            "check the rest of the network without this block",
        )
    replaced = sorted(leaf.given & rule.given.keys())
    if replaced:
        raise RefusedError(
            f"`{leaf.label}` cannot be sampled: with `{replaced[0]}` its law is not what its sampler draws",
            leaf.span, f"leave `{replaced[0]}` out to check the leading order",
        )
    return rule.sample


def _check_move(sampler: Sampler, parameters: Mapping[str, float], move: Move | None, leaf: Leaf, rows: int) -> None:
    """A sampler for images needs what a rule says about images, and puts out as much as the rule says."""
    windowed, whole = sampler.name in WINDOWED, sampler.name in ("upsampling", "zero_channels")
    if not (windowed or whole or sampler.name in ("channel_noise", "normalize_groups")):
        return
    fits = move is not None
    if windowed and move is not None:
        channels = move.before[0] if move.after is None else move.after[0]
        fits = move.window is not None and rows == channels * move.window.outputs[0] * move.window.outputs[1]
        if move.after is None or sampler.name.startswith("window"):
            fits = fits and channels == move.before[0]
    if sampler.name in ("gaussian_kernel", "haar_kernel"):
        fits = fits and move is not None and move.after is not None
    if whole and move is not None:
        columns = move.before[0] * move.before[1] * move.before[2]
        fits = rows == columns * parameters["factor"] ** 2 if "factor" in parameters else rows >= columns
    if not fits:
        raise RefusedError(f"`{leaf.label}` cannot be sampled: `{sampler.name}` does not put out what the rule says",
                           leaf.span, "look at the window and the shape of the rule")


def _check_domains(leaf: Leaf, environment: Environment) -> None:
    """Refuse values such as var = −1 that only --set could give."""
    for name, parameter in leaf.rule.parameters.items():
        if parameter.domain is None or name not in leaf.arguments:
            continue
        for left, operator, right in to_relation(parameter.domain, leaf.arguments, free=True):
            what = f"`{name}` of `{leaf.label}`"
            low, high = environment.real(left, what, leaf.span), environment.real(right, what, leaf.span)
            close = abs(low - high) <= ROUNDING * max(abs(low), abs(high))
            if not (_COMPARE[operator](low, high) or (close and operator in ("<=", ">=", "="))):
                value = environment.real(leaf.arguments[name], what, leaf.span)
                raise DomainError(f"{what} is {value:.6g} here, outside its domain", leaf.span)
