"""A component for images at one place: its arguments bound, its window counted, its output's shape found."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from freeblock.errors import DomainError, LimitError, ShapeError
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Call, Name, Node
from freeblock.network.facts import Facts
from freeblock.network.image import Geometry, Image
from freeblock.network.leaves import LeafMaker, leaf_label, parameters_behind, variant
from freeblock.network.nodes import Leaf
from freeblock.network.rule_arguments import assign_arguments
from freeblock.network.scope import Scope
from freeblock.network.vector import Vector
from freeblock.network.windows import Axis, Counts, border_free, in_bounds
from freeblock.network.wording import in_words
from freeblock.rules.rule import OnImages, Rule

LARGEST = 4096
"""Positions of an image are counted one by one."""
BORDERS = "borders-neglected"
INVARIANCE = "of images, left, right and the other invariances are meant under rotations of the channels"
_HEIGHT, _WIDTH = "unknown height", "unknown width"
"""Symbols no text can name, for sizes that are not known."""


class ImageLeaves:
    """Binds components for images with the help of the maker of all components."""

    def __init__(self, facts: Facts, leaves: LeafMaker) -> None:
        self._facts = facts
        self._leaves = leaves
        self._first: dict[str, set[str]] = {}
        """Of each rule, the parameters that come first."""

    def make(
        self, rule: Rule, node: Name | Call, scope: Scope, vector: Vector, identity: tuple[int, bool]
    ) -> tuple[Leaf, Image | None]:
        """The leaf for `node` on an image, and the image it puts out (None for a vector).

        Raises ShapeError and what `LeafMaker.make` raises.
        """
        on_images = rule.on_images
        assert on_images is not None
        self._facts.on_images = True
        if rule.depends_on == "weights":
            self._facts.assume("note", INVARIANCE, rule.name)
        label = node.span.text if isinstance(node, Name) else node.name
        image = _image_of(vector, rule, node)
        sizes = {"channels": image.channels, "height": image.height or symbol(_HEIGHT),
                 "width": image.width or symbol(_WIDTH)}
        written, traits = assign_arguments(rule, node)
        values, axes = self._bound(rule, on_images, node, scope, vector, written, sizes)
        after = self._output(rule, on_images, values, image, node, axes)
        counts = [in_bounds(axis) for axis in axes or ()]
        rows = after.count if after is not None else to_expression(rule.width, values, free=False)
        if axes is not None and self._neglects(axes, after):
            self._facts.assume(BORDERS, "the borders of images are neglected: their size is not a number", f"`{label}`")
        values.setdefault("fan_in", vector.width)
        values.setdefault("fan_out", rows)
        self._leaves.check_domains(rule, values, written, node, written)
        _check_channels(rule, values, written)
        even = axes is None or _is_even(rule, axes, counts)
        jacobian = variant(rule, written)
        if not even and on_images.uneven is not None:
            jacobian = on_images.uneven
        self._leaves.note_rule(rule)
        granted = frozenset(traits) | {
            trait for trait, condition in jacobian.traits.items()
            if condition is None or self._facts.holds(condition, values)}
        free = {} if axes is None else _counts_of(axes, free=True)
        geometry = Geometry(image, after, axes, on_images.window.over if on_images.window else "sum",
                            ONE if on_images.enlarge is None else to_expression(on_images.enlarge, values, free=False),
                            free, even, all(one.covered for one in counts))
        absent = {name for name in written if rule.parameters[name].ignored and name not in values}
        leaf = Leaf(rule, values, frozenset(written) - absent, jacobian, granted, rows, vector.width, identity[0],
                    identity[1], leaf_label(rule, node, scope, values), node.span, False, geometry)
        return leaf, after.by(leaf.label, node.span) if after is not None else None

    def _bound(
        self, rule: Rule, on_images: OnImages, node: Name | Call, scope: Scope, vector: Vector,
        written: Mapping[str, Node], sizes: Mapping[str, Expression],
    ) -> tuple[dict[str, Expression], tuple[Axis, Axis] | None]:
        """The arguments: first those the weights' widths and the window rest on, then the others."""
        values = dict(sizes)
        first = self._first.get(rule.name)
        if first is None:
            first = self._first[rule.name] = _needed(rule, on_images)
        place = (vector.key,)
        early = scope.with_numbers({**sizes, "fan_in": vector.width})
        for name, parameter in rule.parameters.items():
            if name in first:
                value = self._leaves.value(rule, parameter, written.get(name), early, values, place)
                if value is not None:
                    values[name] = value
        window = on_images.window
        axes = None
        if window is not None:
            parts = [to_expression(part, values, free=False)
                     for part in (window.height, window.width, window.stride, window.padding, window.padding_width)]
            for value, what in zip(parts, ("kernel", "kernel", "stride", "padding", "padding"), strict=True):
                self._check_count(value, what, node)
            image = _sizes(sizes)
            axes = (Axis(image[0], parts[0], parts[2], parts[3]), Axis(image[1], parts[1], parts[2], parts[4]))
            values |= self._counted(axes, node)
        for key, formula in (("fan_in", on_images.fan_in), ("fan_out", on_images.fan_out)):
            if formula is not None:
                values[key] = to_expression(formula, values, free=False)
                if isinstance(values[key].number(), Fraction):
                    raise DomainError(f"`{key}` of `{rule.name}` is a whole number, not {in_words(values[key])}",
                                      node.span, f"it is {formula.span.text}")
        late = scope.with_numbers({**sizes, "fan_in": values.get("fan_in", vector.width),
                                   **({"fan_out": values["fan_out"]} if "fan_out" in values else {})})
        for name, parameter in rule.parameters.items():
            if name in first:
                continue
            value = self._leaves.value(rule, parameter, written.get(name), late, values, place)
            if value is not None and not (parameter.ignored and value.is_zero):
                values[name] = value
        return values, axes

    def _check_count(self, value: Expression, what: str, node: Name | Call) -> None:
        known = value.number()
        if known is not None and (not isinstance(known, int) or known < (0 if what == "padding" else 1)):
            raise DomainError(f"the {what} of `{_name(node)}` cannot be {in_words(value)}", node.span,
                              "write a whole number")

    def _counted(self, axes: tuple[Axis, Axis], node: Name | Call) -> dict[str, Expression]:
        """The named counts of a window. Raises ShapeError where it does not fit on the image."""
        for axis, what in zip(axes, ("high", "wide"), strict=True):
            if not axis.stride.is_one and axis.steps is None:
                raise DomainError(f"a stride other than 1 needs numbers: the kernel of `{_name(node)}` is "
                                  f"{in_words(axis.kernel)}, its stride {in_words(axis.stride)}", node.span)
            known = axis.numbers
            if known is not None and max(known) > LARGEST:
                raise LimitError(f"a side of this image, or the window on it, is longer than {LARGEST}", node.span,
                                 "write a symbol for its size: then borders are neglected")
            if known is not None and known[0] + 2 * known[3] < known[1]:
                raise ShapeError(f"the window of `{_name(node)}` is {known[1]} {what} and the image "
                                 f"{known[0] + 2 * known[3]}, its padding included", node.span,
                                 "choose a smaller kernel, or more padding")
        named = _counts_of(axes, free=False)
        height, width = (axis.output() for axis in axes)
        named["out_height"] = symbol(_HEIGHT) if height is None else height
        named["out_width"] = symbol(_WIDTH) if width is None else width
        return named

    def _output(
        self, rule: Rule, on_images: OnImages, values: Mapping[str, Expression], image: Image, node: Name | Call,
        axes: tuple[Axis, Axis] | None,
    ) -> Image | None:
        """The image that comes out. Raises ShapeError where its size rests on one that is not known."""
        unknown = image.height is None
        if on_images.channels is None or on_images.height is None or on_images.width is None:
            if unknown:
                raise _sizeless(node)
            return None
        channels, height, width = (to_expression(part, values, free=False)
                                   for part in (on_images.channels, on_images.height, on_images.width))
        self._facts.require_width(channels, node.span, f"the output channels of `{rule.name}`")
        if unknown:
            moved = axes is not None and any(not axis.stride.is_one for axis in axes)
            if moved or {_HEIGHT, _WIDTH} != symbols(height) | symbols(width) or height != symbol(_HEIGHT):
                raise _sizeless(node)
            return Image(channels, None, None, rule.name, node.span)
        for value, what in ((height, "height"), (width, "width")):
            self._facts.require_width(value, node.span, f"the output {what} of `{rule.name}`")
        return Image(channels, height, width, rule.name, node.span)

    def _neglects(self, axes: tuple[Axis, Axis], after: Image | None) -> bool:
        """Whether borders are neglected because a size is no number."""
        return any(axis.numbers is None and not axis.is_whole and not axis.kernel.is_one
                   and not (axis.kernel == axis.stride and axis.padding.is_zero) for axis in axes)


def _check_channels(rule: Rule, values: Mapping[str, Expression], written: Mapping[str, Node]) -> None:
    """A symbol for as many groups as channels, which nothing decides while it may stand for one."""
    for name in written:
        parameter = rule.parameters[name]
        if parameter.outside and parameter.domain and values[name] == values["channels"] and \
                values[name].number() is None:
            raise DomainError(f"`{name}` of `{rule.name}` is outside its domain: it must satisfy "
                              f"{parameter.domain.span.text}", written[name].span, parameter.outside)


def _image_of(vector: Vector, rule: Rule, node: Name | Call) -> Image:
    if vector.image is not None:
        return vector.image
    if vector.flat is not None:
        raise ShapeError(f"`{rule.name}` acts on images, and `{vector.flat}` gives a vector of "
                         f"{in_words(vector.width)}", node.span, "put it before the image is flattened")
    return Image(vector.width, None, None, "the input")


def _sizes(sizes: Mapping[str, Expression]) -> tuple[Expression | None, Expression | None]:
    height, width = sizes["height"], sizes["width"]
    return None if height == symbol(_HEIGHT) else height, None if width == symbol(_WIDTH) else width


def _sizeless(node: Name | Call) -> ShapeError:
    return ShapeError(f"`{_name(node)}` changes the number of positions, and no size of the image is known", node.span,
                      "say the shape of the input: `input (3, 32, 32)`, or with symbols `input (c, h, w)`")


def _name(node: Name | Call) -> str:
    return node.name


def _needed(rule: Rule, on_images: OnImages) -> set[str]:
    """The parameters that the window and the weights' widths rest on."""
    window = on_images.window
    waiting: list[Node] = [part for part in (on_images.fan_in, on_images.fan_out) if part is not None]
    if window is not None:
        waiting += [window.height, window.width, window.stride, window.padding, window.padding_width]
    return parameters_behind(rule, waiting)


def _counts_of(axes: tuple[Axis, Axis], *, free: bool) -> dict[str, Expression]:
    """The named counts, in bounds or far from borders; a network has few windows, which are counted once."""
    first, second = axes[0].numbers, axes[1].numbers
    if first is not None and second is not None:
        return dict(_counts_at(first, second, free=free))
    count = border_free if free else in_bounds
    return _named([count(axis) for axis in axes])


@lru_cache(maxsize=1024)
def _counts_at(first: tuple[int, ...], second: tuple[int, ...], *, free: bool) -> dict[str, Expression]:
    count = border_free if free else in_bounds
    return _named([count(Axis(*map(number, axis))) for axis in (first, second)])


def _named(counts: list[Counts]) -> dict[str, Expression]:
    """The counts of both axes together: they multiply."""
    height, width = counts
    return {"taps": height.taps * width.taps, "taps_squared": height.taps_squared * width.taps_squared,
            "reads_squared": height.reads_squared * width.reads_squared,
            "overlaps_squared": height.overlaps_squared * width.overlaps_squared,
            "shrink": height.shrink * width.shrink}


def _is_even(rule: Rule, axes: tuple[Axis, Axis], counts: list[Counts]) -> bool:
    """Whether the plain law holds: every weight is met equally often; windows without weights do not overlap."""
    if rule.depends_on == "weights":
        return all(one.even for one in counts)
    apart = all(axis.kernel == axis.stride or axis.is_whole or _is_less(axis) for axis in axes)
    window = rule.on_images.window if rule.on_images else None
    return apart and (all(one.covered for one in counts) or (window is not None and window.over == "one"))


def _is_less(axis: Axis) -> bool:
    steps = axis.steps
    return steps is not None and steps[0] <= steps[1]

