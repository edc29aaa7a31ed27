"""The documentation site: python -m sphinx -W --keep-going docs FOLDER (with the extra `docs` installed)."""

from __future__ import annotations

import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

from component_pages import component_sections  # noqa: E402 - it lies beside this file
from list_of_tests import listed_tests  # noqa: E402

from freeblock.version import __version__  # noqa: E402

project = "freeblock"
release = version = __version__
html_title = f"freeblock {__version__}"
html_theme = "furo"
html_show_sphinx = html_show_copyright = html_copy_source = False
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
html_static_path = ["static"]
html_css_files = ["site.css"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

default_role = "code"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_use_rtype = False

OUTSIDE = {"grammar/README.md": "language.md", "library/README.md": "component-rules.md", "README.md": "index.md"}
"""Pages that lie outside docs/, and the page that shows each."""


def _inside(text: str, up: str) -> str:
    """The text with links to pages outside docs/ turned to the pages that show them."""
    for path, page in OUTSIDE.items():
        text = text.replace(f"]({up}{path}", f"]({page}")
    return text


def _read_page(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = _inside(source[0], "../")
    if name == "components":
        source[0] += component_sections()
    if name == "testing":
        source[0] += listed_tests()


def _read_included(app: Sphinx, path: Path, parent: str, content: list[str]) -> None:
    content[0] = _inside(content[0].replace("](docs/", "]("), "").replace("](../docs/", "](")


def setup(app: Sphinx) -> None:
    app.connect("source-read", _read_page)
    app.connect("include-read", _read_included)
    app.add_lexer("repl", TextLexer)
