"""Shapes that have to fit: of a block and its input, and of branches that are joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from freeblock.errors import ShapeError
from freeblock.formula.expression import Expression
from freeblock.formula.sums import multiply_out, total
from freeblock.language.nodes import Call, Name
from freeblock.network.image import Image
from freeblock.network.nodes import Block
from freeblock.network.vector import Vector
from freeblock.network.wording import in_words
from freeblock.rules.rule import Rule
from freeblock.source import Span


def check_flat(rule: Rule, node: Name | Call, vector: Vector) -> None:
    """A component that mixes all coordinates needs a flat vector. Raises ShapeError."""
    image = vector.image
    if image is None:
        return
    hint = f"put `flatten` before it: `flatten >> {rule.name}`"
    if image.height is None:
        hint = "say the shape of the input, `input (c, h, w)`, and put `flatten` before it"
    raise ShapeError(f"`{rule.name}` acts on vectors, and here comes an image of {image.words} from "
                     f"{origin(image, node.span)}", node.span, hint)


def origin(image: Image, here: Span) -> str:
    """What put an image out, and on which line where that is another one."""
    if image.span is None or image.span.source is not here.source:
        return "the input" if image.span is None else f"`{image.maker}`"
    made = "the input" if image.maker == "the input" else f"`{image.maker}`"
    return made if image.span.line == here.line else f"{made} on line {image.span.line}"


def same_shape(first: Vector, second: Vector) -> bool:
    """Whether two vectors are images of one shape, or no images."""
    if first.image is None or second.image is None:
        return first.image is second.image
    return first.image.has_shape_of(second.image)


def keeps_shape(before: Vector, after: Vector) -> bool:
    """Whether a block that keeps the width puts out what could be its input."""
    if before.image is None:
        return after.image is None or after.image.height is None
    return after.image is not None and before.image.has_shape_of(after.image)


def grown_image(before: Vector, after: Vector, copies: Expression, span: Span) -> Image | None:
    """The image that meets a copy of a block, so many copies later. Raises ShapeError unless channels alone grow."""
    first, second = before.image, after.image
    if first is None and (second is None or second.height is None):
        return None
    if first is None or second is None or not first.has_size_of(second):
        raise ShapeError(f"the copies do not fit together: {before.words} becomes {after.words}", span,
                         "a block that is repeated a symbolic number of times keeps the size of the image")
    return first.with_channels(multiply_out(first.channels + copies * (second.channels - first.channels)))


def joined_shape(
    kind: Literal["sum", "stack"], parts: Sequence[Block], outputs: Sequence[Vector], span: Span
) -> tuple[Image | None, str | None]:
    """The image of branches that are added or stacked, and what made them vectors. Raises ShapeError."""
    if all(output.image is None for output in outputs):
        return None, next((output.flat for output in outputs if output.flat is not None), None)
    first = outputs[0]
    model = _known_image(outputs)
    for part, output in zip(parts, outputs, strict=True):
        image = output.image or _promoted(output, model)
        if image is None:
            other = next(one for one in outputs if one.image is not None)
            label = parts[outputs.index(other)].label
            raise ShapeError(f"`{part.label}` gives a vector of {in_words(output.width)}, "
                             f"`{label}` an image of {other.words}", part.span,
                             "flatten the image, or keep both images")
        fits = image.has_size_of(model) if kind == "stack" else image.has_shape_of(model)
        if not fits:
            what = "sizes" if kind == "stack" else "shapes"
            name = "stack" if kind == "stack" else "sum"
            raise ShapeError(f"the branches of a {name} must have equal {what}: `{parts[0].label}` gives "
                             f"{first.words}, `{part.label}` gives {output.words}", part.span, _hint(model, image))
    channels = total(output.width if output.image is None else output.image.channels for output in outputs) \
        if kind == "stack" else model.channels
    return Image(channels, model.height, model.width, "the sum" if kind == "sum" else "the stack", span), None


def _known_image(outputs: Sequence[Vector]) -> Image:
    """The image that the others have to fit: the first branch's, where that is one."""
    first = outputs[0]
    found = next(output.image for output in outputs if output.image is not None)
    return first.image or _promoted(first, found) or found


def _promoted(output: Vector, model: Image) -> Image | None:
    """A vector of which only the width is said, beside an image without sizes: these are its channels."""
    if output.flat is None and model.height is None:
        return Image(output.width, None, None, "the input")
    return None


def _hint(first: Image, second: Image) -> str:
    if not first.has_size_of(second):
        return "a convolution keeps the size with padding=(kernel - 1)/2 and stride 1"
    return "give the branches the same number of channels, or stack them with `|`"
