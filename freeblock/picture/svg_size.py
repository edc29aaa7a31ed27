"""An SVG of matplotlib written shorter: hundredths of a point, short names of glyphs, no white space between parts."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

SVG = "http://www.w3.org/2000/svg"
LINK = "http://www.w3.org/1999/xlink"
_NAMES = {"": SVG, "xlink": LINK, "dc": "http://purl.org/dc/elements/1.1/",
          "cc": "http://creativecommons.org/ns#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
_HREF = f"{{{LINK}}}href"
_LONG = re.compile(r"-?\d+\.\d{3,}")
_PATH = re.compile(r"\s*([MLQCz])\s*")
_MOVED = re.compile(r"translate\([^)]*\)")
_LEVEL = re.compile(r"translate\((\S+) 0\)")


def read_svg(content: bytes) -> ElementTree.Element:
    """The tree of a picture, without what matplotlib says of itself."""
    for prefix, name in _NAMES.items():
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.fromstring(content)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    return root


def write_svg(root: ElementTree.Element) -> bytes:
    """The content of a file."""
    names: dict[str, str] = {}
    for element in root.iter():
        _strip(element)
        _shorten(element)
        name = element.get("id")
        if name is not None and element.tag == f"{{{SVG}}}path":
            names[name] = f"g{len(names)}"
            element.set("id", names[name])
    for element in root.iter():
        target = element.get(_HREF, "").removeprefix("#")
        if target in names:
            element.set(_HREF, f"#{names[target]}")
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _strip(element: ElementTree.Element) -> None:
    if element.text is not None and not element.text.strip():
        element.text = None
    if element.tail is not None and not element.tail.strip():
        element.tail = None


def _shorten(element: ElementTree.Element) -> None:
    for key in ("d", "x", "y", "width", "height"):
        value = element.get(key)
        if value is not None:
            element.set(key, _PATH.sub(r"\1", _rounded(value)).strip() if key == "d" else _rounded(value))
    transform = element.get("transform")
    if transform is not None:
        transform = _MOVED.sub(lambda match: _rounded(match[0]), transform)
        level = _LEVEL.fullmatch(transform)
        if level is not None and element.tag == f"{{{SVG}}}use" and "x" not in element.attrib:
            del element.attrib["transform"]
            element.set("x", level[1])
        else:
            element.set("transform", transform)
    style = element.get("style")
    if style is not None:
        element.set("style", style.replace(": ", ":").replace("; ", ";"))


def _rounded(text: str) -> str:
    return _LONG.sub(_hundredths, text)


def _hundredths(match: re.Match[str]) -> str:
    short = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
