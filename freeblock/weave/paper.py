"""A whole paper: its main file and the files it includes, read in the order LaTeX reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from freeblock.errors import ErrorList, FreeblockError, LanguageError, LimitError, OptionError
from freeblock.language.reading import read_file
from freeblock.weave.notices import Notice
from freeblock.weave.reader import End, Inclusion, PackageOptions, read_items
from freeblock.weave.tex import Stretch
from freeblock.weave.wishes import Options, Piece, Request

FILES = 1000
"""A paper reads so many files, one file counted each time."""
NESTED = 30
"""Files include one another so deep."""
SIZE = 8_000_000
"""Bytes of one file."""
TOTAL = 40_000_000
"""Characters of all files."""
_SHORTER = "weave the chapters as papers of their own"


@dataclass(slots=True)
class Paper:
    """What was read, in order."""

    folder: Path
    pieces: list[Piece] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    libraries: list[Stretch] = field(default_factory=list)
    notations: list[Stretch] = field(default_factory=list)
    options: Options = field(default_factory=Options)
    option_places: dict[str, Stretch] = field(default_factory=dict)
    narrow: bool = False
    notices: list[Notice] = field(default_factory=list)

    def inside(self, name: str) -> Path | None:
        """A file of the paper's own folder by its name there; None for a place outside. Links are followed first."""
        try:
            path = (self.folder / name).resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return path if path.is_relative_to(self.folder) else None


def read_paper(path: str) -> Paper:
    """Read a paper and what it includes. Raises FreeblockError kinds with places in the .tex files."""
    reader = _Reader(path)
    reader.read(Path(os.path.realpath(path)), path)
    if reader.errors:
        raise reader.errors[0] if len(reader.errors) == 1 else ErrorList(reader.errors)
    return reader.paper


class _Reader:
    def __init__(self, path: str) -> None:
        self.paper = Paper(Path(os.path.realpath(path)).parent)
        self.errors: list[FreeblockError] = []
        self._beside = os.path.dirname(path)
        self._open: list[Path] = []
        self._files = self._size = 0
        self._ended = False

    def read(self, path: Path, name: str) -> None:
        """One file and, where they are included, others. A mistake ends the reading of its file."""
        source = read_file(path, name, SIZE, _SHORTER)
        self._files += 1
        self._size += len(source.text)
        self._open.append(path)
        try:
            for item in read_items(source):
                self._take(item)
                if self._ended:
                    break
        except LimitError:
            raise
        except FreeblockError as error:
            self.errors.append(error)
        self._open.pop()

    def _take(self, item: Piece | Request | Inclusion | PackageOptions | End) -> None:
        paper = self.paper
        if isinstance(item, Piece):
            paper.pieces.append(item)
        elif isinstance(item, Request):
            paper.requests.append(item)
        elif isinstance(item, Inclusion):
            self._include(item)
        elif isinstance(item, End):
            self._ended = True
        else:
            paper.libraries += item.libraries
            paper.notations += item.notations
            both = replace(paper.options, assume=(*paper.options.assume, *item.options.assume),
                           assume_free=paper.options.assume_free or item.options.assume_free)
            paper.options = both
            paper.option_places |= item.places
            paper.narrow = paper.narrow or item.narrow

    def _include(self, inclusion: Inclusion) -> None:
        span = inclusion.name.span
        written = inclusion.name.text.strip('"')
        if os.path.isabs(written) or self.paper.inside(written) is None:
            self._note(f"`{written}` lies outside the paper's folder and is not woven", inclusion)
            return
        path = self._found(written, inclusion.endings)
        if path is None:
            self._note(f"`{written}` is not found beside the paper and is not woven", inclusion)
            return
        if path in self._open:
            raise LanguageError(f"`{written}` includes itself", span, "take one of the files out of the circle")
        if len(self._open) >= NESTED:
            raise LimitError(f"files include one another more than {NESTED} deep", span)
        if self._files >= FILES or self._size > TOTAL:
            raise LimitError(f"the paper reads more than {FILES} files or {TOTAL} characters", span, _SHORTER)
        try:
            self.read(path, os.path.join(self._beside, os.path.relpath(path, self.paper.folder)))
        except OptionError as error:
            raise OptionError(error.message, span, error.hint) from None

    def _found(self, written: str, endings: tuple[str, ...]) -> Path | None:
        for ending in endings:
            path = self.paper.inside(written + ending)
            if path is not None and path.is_file():
                return path
        return None

    def _note(self, message: str, inclusion: Inclusion) -> None:
        hint = "LaTeX may know it; put what weave should read into the paper's folder"
        self.paper.notices.append(Notice(message, inclusion.name.span, hint))


