"""Titles for the parts of an SVG: what a pointer over a box shows, what a screen reader says, what a search finds."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping

_SVG = "http://www.w3.org/2000/svg"
_NAMES = {"": _SVG, "xlink": "http://www.w3.org/1999/xlink", "dc": "http://purl.org/dc/elements/1.1/",
          "cc": "http://creativecommons.org/ns#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}


def with_titles(content: bytes, titles: Mapping[str, str]) -> bytes:
    """The SVG with a <title> in each group that `titles` names; signs that XML forbids are left out."""
    for prefix, name in _NAMES.items():
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.fromstring(content)
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for group in root.iter(f"{{{_SVG}}}g"):
        title = titles.get(group.get("id", ""))
        if title:
            element = ElementTree.Element(f"{{{_SVG}}}title")
            element.text = "".join(char for char in title if char.isprintable())
            group.insert(0, element)
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"
