"""The files: well-formed SVG that holds every label, PNG of the stated size, PDF, TeX that compiles; always the same."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import pytest
from latex_derivations import compiled
from pictures import NETWORKS, derived, scene, tikz_scene

from freeblock.errors import LimitError, OptionError
from freeblock.network.nodes import Leaf, Repeat
from freeblock.network.tree import children_first, leaves
from freeblock.picture.picture import PIXELS, draw
from freeblock.picture.scene import BoxMark, TextMark
from freeblock.picture.tikz import typeset

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE_TITLE = "<&>\"'$x^2_%#{}\\~ \\input{/etc/passwd} --> ]]> \x07\u202e"


needs_tikz = pytest.mark.skipif(
    shutil.which("kpsewhich") is None or not subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True).stdout,
    reason="TikZ is not installed here")


def picture(text: str, form: str, **options) -> bytes:
    result = derived(text)
    return draw(result.derivation, result.premises, form, **options)


def titles(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}title")]


@pytest.mark.parametrize("name", NETWORKS)
def test_svg_is_well_formed_and_holds_every_block(name: str) -> None:
    text = NETWORKS[name]
    found = titles(picture(text, "svg", title=HOSTILE_TITLE))
    block = derived(text).derivation.network.block
    for leaf in leaves(block):
        label = "".join(char for char in leaf.label if char.isprintable())
        assert any(title == label or title.startswith(f"{label}:") for title in found), label
    for part in children_first(block):
        if isinstance(part, Repeat) and part.count.number() is not None:
            assert any(title.endswith(f"× {part.count.number()}") for title in found)
    assert "".join(char for char in HOSTILE_TITLE if char.isprintable()) in found


def test_boxes_are_those_of_the_tree() -> None:
    """Without repeats and folds there is one box for each component, in the order of the tree."""
    text = "dense >> (id + (relu >> dense(var=2/fan_in))) >> (tanh | orthogonal)"
    labels = [title.partition(":")[0] for title in titles(picture(text, "svg")) if ": φ" in title]
    boxes = [label for label in labels if label not in {"branch", "sum", "stack"}]
    assert boxes == [part.label for part in children_first(derived(text).derivation.network.block)
                     if isinstance(part, Leaf) and part.label != "id"]


def test_the_heading_names_the_first_moment_only() -> None:
    found = titles(picture("opaque(F, left, right) >> dense", "svg"))
    assert [title for title in found if "JJᵀ" in title] == ["φ(JJᵀ) = φ_F·σ_w²"]
    assert "φ, κ not proved" in titles(picture(NETWORKS["nothing proved"], "svg"))


def test_folded_neighbours_are_drawn_once() -> None:
    found = titles(picture("(dense >> relu) >> dense >> relu >> dense >> relu >> dense", "svg"))
    assert found.count("dense: φ = σ_w², κ = 1") == 2 and found.count("relu: φ = 1/2, κ = 1") == 1
    assert "3 equal neighbours" in found
    different = titles(picture("dense(var=1/fan_in) >> dense(var=2/fan_in) >> dense(var=3/fan_in)", "svg"))
    assert not any("neighbours" in title for title in different)


def test_statistics_of_copies_that_are_not_drawn_are_named() -> None:
    found = titles(picture("(dense >> bn >> relu) >> dense >> bn >> relu", "svg"))
    assert "2 equal neighbours" in found
    assert any("bn: φ = 1/σ_B1²" in title.replace("σ_B1^(-2)", "1/σ_B1²") for title in found), found
    assert any(title.endswith("σ_B1 → σ_B2") for title in found)


def test_shared_weights_are_marked() -> None:
    found = titles(picture("let W = dense\nW >> relu >> W", "svg"))
    assert found.count("let W") == 2
    assert any("drawn once by `let`" in title for title in found)
    boxes = [mark for mark in scene("let B = dense >> relu\nB >> dense >> B").marks if isinstance(mark, BoxMark)]
    assert [mark.title.partition(":")[0] for mark in boxes if mark.shared] == ["dense", "dense"], "a mask is not drawn"


def size_of_png(content: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the different rows of pixels, decompressed."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    place, data = 8, b""
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place:place + 8])
        data += content[place + 8:place + 8 + length] if kind == b"IDAT" else b""
        place += 12 + length
    pixels = zlib.decompress(data)
    row = len(pixels) // height
    return width, height, {pixels[start:start + row] for start in range(0, len(pixels), row)}


@pytest.mark.parametrize("dpi", [72, 200])
def test_png_has_the_size_of_the_scene(dpi: int) -> None:
    text = NETWORKS["residual"]
    width, height, rows = size_of_png(picture(text, "png", dpi=dpi, wrap=25.0))
    expected = scene(text, wrap=25.0 * 72 / 2.54)
    assert abs(width - expected.width * dpi / 72) <= 1 and abs(height - expected.height * dpi / 72) <= 1
    assert len(rows) > 20


def test_pdf() -> None:
    content = picture(NETWORKS["residual"], "pdf")
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert b"CreationDate" not in content


@pytest.mark.parametrize("form", ["svg", "png", "pdf", "tex"])
def test_the_same_network_gives_the_same_bytes(form: str, tmp_path: Path) -> None:
    """In processes with different hash seeds, at different times."""
    contents = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.{form}"
        subprocess.run([sys.executable, "-m", "freeblock", "draw", NETWORKS["densenet"], "-o", str(path)], check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed}, timeout=120)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1] and len(contents[0]) > 1000


@needs_tikz
@pytest.mark.parametrize("name", NETWORKS)
def test_tikz_compiles(name: str, tmp_path: Path) -> None:
    text = picture(NETWORKS[name], "tex", document=True, title=HOSTILE_TITLE).decode()
    result = compiled(text, tmp_path)
    assert (result.status, result.complaints) == (0, [])
    assert "(1 page" in result.log


@needs_tikz
def test_a_fragment_stands_in_a_document(tmp_path: Path) -> None:
    fragment = picture(NETWORKS["residual"], "tex").decode()
    text = "\n".join([r"\documentclass{article}", r"\usepackage{amsmath,tikz,graphicx}", r"\begin{document}",
                      r"\noindent\resizebox{\linewidth}{!}{%", fragment.rstrip(), "}", r"\end{document}"])
    result = compiled(text, tmp_path)
    assert (result.status, result.complaints) == (0, [])


@needs_tikz
@pytest.mark.parametrize("name", NETWORKS)
def test_tex_sets_no_line_larger_than_its_place(name: str, tmp_path: Path) -> None:
    """pdflatex measures every line; what it finds fits what was reserved (a big point is 1.00375 points)."""
    marks = [mark for mark in tikz_scene(NETWORKS[name]).marks if isinstance(mark, TextMark)]
    body = [rf"\setbox0\hbox{{{typeset(mark.line)}}}\typeout{{SIZE \the\wd0 \the\ht0 \the\dp0}}" for mark in marks]
    text = "\n".join([r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", *body, "x",
                      r"\end{document}"])
    log = compiled(text, tmp_path).log
    sizes = [tuple(map(float, found)) for found in re.findall(r"^SIZE ([\d.]+)pt([\d.]+)pt([\d.]+)pt", log, re.MULTILINE)]
    assert len(sizes) == len(marks)
    for (width, height, depth), mark in zip(sizes, marks, strict=True):
        assert width <= mark.area.width * 1.00375 + 3.0, mark.line
        assert height + depth <= mark.area.height * 1.00375 + 3.0, mark.line


def test_what_is_too_large_is_told() -> None:
    with pytest.raises(LimitError, match="at most 300 boxes"):
        picture("serial[l=1..301](dense(var=l/fan_in))", "svg")
    with pytest.raises(LimitError, match="at most 30 levels"):
        picture("(" * 40 + "dense" + " + id)^2" * 40, "svg")
    with pytest.raises(OptionError, match=f"{PIXELS} pixels"):
        picture(NETWORKS["long"], "png", dpi=1200, wrap=200.0)


def test_options_are_checked() -> None:
    for options in ({"wrap": 1.0}, {"dpi": 1}, {"direction": "up"}, {"wrap": float("nan")}):
        with pytest.raises(OptionError):
            picture("dense", "svg", **options)
    with pytest.raises(OptionError):
        picture("dense", "gif")

