"""What `freeblock weave` does: the paper in, the side file out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from freeblock.cli.arguments import write_output
from freeblock.cli.notations import read_notations
from freeblock.cli.progress import ProgressBar
from freeblock.errors import OptionError
from freeblock.language.reading import read_file
from freeblock.source import printable
from freeblock.weave.notices import Notice
from freeblock.weave.paper import read_paper
from freeblock.weave.sidefile import SIZE, SideFile, read_side_file
from freeblock.weave.style import style_files
from freeblock.weave.weaving import Weaver

ENDING = ".fbx"
_CHOOSE = "choose a folder that can be written to"


def install_style(folder: str) -> None:
    """Copy the style and the bibliography. Raises OptionError where the folder cannot be written to."""
    if not os.path.isdir(folder):
        raise OptionError(f"`{folder}` is not a folder", hint="name the folder of the paper")
    for name, text in style_files().items():
        path = os.path.join(folder, name)
        write_output(text, path, _CHOOSE)
        click.echo(f"{path} written")


def weave_paper(path: str, **options: Sequence[str]) -> int:
    """Write the side file and say what was done; 1 where a formula is refused."""
    path = _paper_path(path)
    with ProgressBar("deriving") as progress:
        woven = _weaver(path, **options).weave(progress)
    side = _side_path(path)
    write_output(woven.text, side, _CHOOSE)
    _tell(woven.notices)
    count = woven.derived + woven.kept
    click.echo(f"{side}: {count} formula{'' if count == 1 else 's'}, {woven.derived} derived, {woven.kept} kept")
    return int(woven.failed)


def check_paper(path: str, **options: Sequence[str]) -> int:
    """Say which formulas are stale or missing; 1 where there are any."""
    path = _paper_path(path)
    notices = _weaver(path, **options).stale()
    _tell(notices)
    if notices:
        return 1
    click.echo(f"{_side_path(path)} is current")
    return 0


def _paper_path(path: str) -> str:
    if path == "-":
        raise OptionError("a paper is not read from standard input: its side file is written beside it",
                          hint="write `freeblock weave paper.tex`")
    if path.endswith(ENDING):
        raise OptionError("a paper is a .tex file", hint="write `freeblock weave paper.tex`")
    if not os.path.exists(path) and os.path.exists(f"{path}.tex"):
        return f"{path}.tex"
    return path


def _weaver(path: str, library: Sequence[str], assume: Sequence[str], notations: Sequence[str]) -> Weaver:
    return Weaver(read_paper(path), os.path.basename(path), _side_file(path), library=library, assume=assume,
                  notation=read_notations(notations))


def _side_path(path: str) -> str:
    """LaTeX's job name is the paper's name without its last ending."""
    return os.path.splitext(path)[0] + ENDING


def _side_file(path: str) -> SideFile:
    side = _side_path(path)
    if not Path(side).exists():
        return SideFile()
    return read_side_file(read_file(side, side, SIZE, "remove it and weave again").text)


def _tell(notices: Sequence[Notice]) -> None:
    """Each notice once, with every place it concerns; the fatal ones last."""
    groups: dict[tuple[bool, str, str | None], list[Notice]] = {}
    for notice in sorted(notices, key=lambda notice: notice.fatal):
        groups.setdefault((notice.fatal, notice.message, notice.hint), []).append(notice)
    for first, *others in groups.values():
        also = "".join(f"\n  also at {place}" for place in dict.fromkeys(map(_place, others)))
        click.echo(f"{first}{also}\n", err=True)


def _place(notice: Notice) -> str:
    return printable(f"{notice.span.source.name}:{notice.span.line}:{notice.span.column}")
