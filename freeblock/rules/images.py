"""Reading what a rule says about images: the shape of its output, its window, and its own widths."""

from __future__ import annotations

from freeblock.language.nodes import Name, Node
from freeblock.rules.document import Unreadable
from freeblock.rules.fields import Fields
from freeblock.rules.laws import read_jacobian
from freeblock.rules.rule import Acts, Jacobian, OnImages, Window
from freeblock.rules.schema import ACTS, IMAGE_KEYS, IMAGE_NAMES, OVER, SHAPE_KEYS, WINDOW_KEYS, WINDOW_NAMES
from freeblock.rules.scope import Scope


def acts_on(fields: Fields) -> Acts:
    """What the rule acts on: what it says, else what its shape tells."""
    said = fields.choice("acts_on", ACTS)
    on_images = any(key in fields for key in IMAGE_KEYS)
    if said is not None:
        if on_images and said != "image":
            fields.problems.add(f"only a rule that acts on an image has {', '.join(IMAGE_KEYS)}",
                                fields.span("acts_on"))
        return said
    shape = fields.value("shape")
    if on_images:
        return "image"
    if shape is None or isinstance(shape, Unreadable):
        return "anything"
    return "image" if "channels" in getattr(shape, "entries", {}) else "vector"


def image_names(fields: Fields) -> tuple[str, ...]:
    """The names that the formulas of an image rule know besides the widths."""
    if acts_on(fields) != "image":
        return ()
    return (*IMAGE_NAMES, *(WINDOW_NAMES if "window" in fields else ()))


def read_shape(fields: Fields, scope: Scope) -> tuple[Node, OnImages | None]:
    """The number of outputs as a formula, and what is said about images."""
    same: Node = Name("fan_in", fields.at)
    value = fields.value("shape")
    channels: Node | None = None
    height: Node | None = None
    width: Node | None = None
    if value is None:
        channels, height, width = (Name(key, fields.at) for key in SHAPE_KEYS)
    else:
        shape = Fields(value, "a shape", SHAPE_KEYS, fields.span("shape"), fields.problems)
        if "channels" in shape or "height" in shape:
            shape.require(*SHAPE_KEYS)
            channels, height, width = (shape.formula(key) for key in SHAPE_KEYS)
            for part in (channels, height, width):
                scope.check(part)
        else:
            shape.require("width")
            flat = shape.formula("width")
            if acts_on(fields) == "image":
                scope.check(flat)
            else:
                scope.check_width(flat)
            same = flat or same
    if acts_on(fields) != "image":
        flattens = acts_on(fields) == "anything" and value is not None
        return same, (OnImages() if flattens else None)
    return same, OnImages(channels, height, width, _read_window(fields, scope), _checked(fields, scope, "enlarge"),
                          _checked(fields, scope, "fan_in"), _checked(fields, scope, "fan_out"),
                          _read_uneven(fields, scope), _checked(fields, scope, "positive"))


def _checked(fields: Fields, scope: Scope, key: str) -> Node | None:
    formula = fields.formula(key)
    scope.check(formula)
    return formula


def _read_uneven(fields: Fields, scope: Scope) -> Jacobian | None:
    value = fields.value("uneven")
    return None if value is None else read_jacobian(value, fields.span("uneven"), scope)


def _read_window(fields: Fields, scope: Scope) -> Window | None:
    value = fields.value("window")
    if value is None:
        return None
    window = Fields(value, "a window", WINDOW_KEYS, fields.span("window"), fields.problems)
    window.require("height", "width", "stride", "padding")
    height, width, stride, padding = (_checked(window, scope, key) or Name("fan_in", fields.at)
                                      for key in WINDOW_KEYS[:4])
    over = window.choice("over", OVER) or "sum"
    sideways = _checked(window, scope, "padding_width") or padding
    return Window(height, width, stride, padding, sideways, over)
