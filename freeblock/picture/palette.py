"""Colours and sizes, one set for all formats; told apart by lightness too, and by those who see no red or green."""

from __future__ import annotations

INK, QUIET, LINE = "#1b1f24", "#4a5059", "#4b5563"
FILL = {"linear": "#dfeaf5", "activation": "#fbe9d3", "normalization": "#e3efe6", "structure": "#eeeeee"}
BORDER = {"linear": "#2f6ea3", "activation": "#b8691a", "normalization": "#3f7d5a", "structure": "#777777"}
FRAMES = ("#f7f7f5", "#efefec")
"""Frames inside each other alternate."""
FRAME_BORDER = "#9aa0a6"
PILL = "#ffffff"

SIZES = {"title": 13.0, "label": 9.0, "formula": 10.0, "note": 8.0, "tag": 8.5}
"""Points, by the role of a line."""
COLOURS = {"title": INK, "label": INK, "formula": INK, "note": QUIET, "tag": QUIET}
CORNER = 4.0
"""The radius of corners, of boxes and of wires."""
STROKE = 0.9
DECK = 3.0
"""How far the sheets of a deck stand out."""
EDGE = 2.2
"""Between the two borders of what `let` draws."""
