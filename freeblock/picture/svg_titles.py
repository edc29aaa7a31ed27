"""Titles for the parts of an SVG: what a pointer over a box shows, what a screen reader says, what a search finds."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping

from freeblock.picture.svg_size import SVG, read_svg, write_svg


def with_titles(content: bytes, titles: Mapping[str, str]) -> bytes:
    """The SVG with a <title> in each group that `titles` names; signs that XML forbids are left out."""
    root = read_svg(content)
    for group in root.iter(f"{{{SVG}}}g"):
        title = titles.get(group.get("id", ""))
        if title:
            element = ElementTree.Element(f"{{{SVG}}}title")
            element.text = "".join(char for char in title if char.isprintable())
            group.insert(0, element)
    return write_svg(root)
