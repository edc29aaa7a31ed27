"""The option `--notation` of several commands: a paper's own symbols."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freeblock.errors import OptionError
from freeblock.language.reading import read_source
from freeblock.report.paper_notation import PaperNotation, joined, read_notation, read_pairs
from freeblock.source import Source

_PAIR = re.compile(r"\s*[^\W\d]\w*\s*=")


def read_notations(options: Sequence[str]) -> PaperNotation:
    """NAME=LATEX pairs and files; the pairs come before the files. Raises OptionError or ErrorList."""
    if any(not option.strip() for option in options):
        raise OptionError("--notation is empty", hint=r"NAME=LATEX, such as phi=\varphi, or a file")
    pairs = read_pairs((option, Source("--notation", option)) for option in options if _PAIR.match(option))
    return joined([read_notation(read_source(option)) for option in options if not _PAIR.match(option)], pairs)
