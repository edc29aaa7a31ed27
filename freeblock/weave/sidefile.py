"""The side file: formulas for LaTeX, each with the key it was derived under, so that it is known to be current.

Lines that begin with `%%` are for freeblock, all others for LaTeX. A file that is not what freeblock wrote is read
as far as it holds whole entries; a seal tells an entry that was changed by hand.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from freeblock.report.latex import kept_apart
from freeblock.report.latex_text import code
from freeblock.report.letters import Letters
from freeblock.report.symbol_use import SymbolUse
from freeblock.version import __version__
from freeblock.weave.formulas import Formula
from freeblock.weave.wishes import Piece

FORMAT = 2
SIZE = 200_000_000
_ENTRY = re.compile(
    r"^%% entry (?P<key>[0-9a-f]+) (?P<seal>[0-9a-f]+)(?P<said> \{[^\n]*\})?\n"
    r"\\fbentry\{(?P<kind>[a-z]+)\}\{(?P<name>[^\n{}]*)\}\{(?P<argument>[^\n{}]*)\}\{%\n(?P<latex>.*?)%\n\}\n%% end$",
    re.MULTILINE | re.DOTALL)
_WORDS = tuple(each.name for each in fields(SymbolUse))
_RUNS = re.compile(r"( {2,})")
_USE = re.compile(r"^%% symbols (?P<key>[0-9a-f]+) (?P<data>\{.*\})$", re.MULTILINE)


def digest(*parts: Any) -> str:
    """A key made of what something depends on."""
    text = json.dumps([FORMAT, __version__, *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One formula, the words LaTeX looks it up by, and its key."""

    label: tuple[str, str, str]
    key: str
    formula: Formula

    @property
    def seal(self) -> str:
        """Changes with every letter of the entry."""
        formula = self.formula
        return digest(self.key, self.label, formula.latex, formula.refused, formula.hint, formula.remark)[:16]


@dataclass(slots=True)
class SideFile:
    """What a side file holds: entries by key, and the symbols of derivations by theirs."""

    text: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    labels: set[tuple[str, str, str]] = field(default_factory=set)
    uses: dict[str, SymbolUse] = field(default_factory=dict)


def read_side_file(text: str) -> SideFile:
    """Every whole entry of a side file; what is broken or was changed by hand is left out."""
    found = SideFile(text)
    for match in _USE.finditer(text):
        data = _object(match["data"])
        if data is not None and all(_is_words(data.get(name)) for name in _WORDS):
            found.uses[match["key"]] = SymbolUse(*(frozenset(data[name]) for name in _WORDS))
    for match in _ENTRY.finditer(text):
        said = _object(match["said"] or "{}") or {}
        label = (match["kind"], match["name"], match["argument"])
        entry = Entry(label, match["key"], Formula(
            match["latex"], said.get("refused"), said.get("hint"), said.get("remark")))
        found.labels.add(label)
        if entry.seal == match["seal"]:
            found.entries[entry.key] = entry
    return found


def _object(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def side_file_text(
    name: str, letters: Letters, pieces: Sequence[Piece], uses: Mapping[str, SymbolUse], entries: Iterable[Entry],
    inner: Iterable[str] = (),
) -> str:
    """The whole file; equal papers give equal files, letter by letter. `inner` are the blocks taken with JᵀJ."""
    lines = [f"% Written by `freeblock weave {name}`, freeblock {__version__}. Do not edit: it is written anew.",
             rf"\fbformat{{{FORMAT}}}", *_letter_lines(letters)]
    for number, piece in enumerate(pieces, 1):
        lines.append(rf"\fbpiece{{{number}}}{{{_listing(piece) if piece.shown else ''}}}{{{piece.body.text}}}")
    lines += [rf"\fbinner{{{block}}}" for block in inner]
    for key, use in uses.items():
        data = {name: sorted(getattr(use, name)) for name in _WORDS}
        lines.append(f"%% symbols {key} {json.dumps(data)}")
    for entry in entries:
        lines += _entry_lines(entry)
    return "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n") + "\n"


def _letter_lines(letters: Letters) -> list[str]:
    """How φ, ϕ, κ and JJᵀ are printed, and what keeps φ and ϕ apart in a paper that makes them one letter."""
    lines = [r"\fbneeds{amssymb}"] if letters.notation.needs_amssymb else []
    shown = (letters.phi, letters.variance, letters.kappa, letters.product("out"), letters.product("in"))
    return [*lines, rf"\fbletters{''.join(f'{{{letter}}}' for letter in shown)}{{%",
            *(f"{line}%" for line in kept_apart(letters)), "}"]


def _entry_lines(entry: Entry) -> list[str]:
    formula = entry.formula
    said = {name: value for name in ("refused", "hint", "remark") if (value := getattr(formula, name)) is not None}
    kind, name, argument = entry.label
    return [f"%% entry {entry.key} {entry.seal}" + (f" {json.dumps(said)}" if said else ""),
            rf"\fbentry{{{kind}}}{{{name}}}{{{argument}}}{{%", f"{formula.latex}%", "}", "%% end"]


def _listing(piece: Piece) -> str:
    """The definition line by line, indented as it is written."""
    lines = piece.body.text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    shown = [line[indent:].rstrip() for line in lines]
    return "".join(rf"\fbline{{{len(line) - len(line.lstrip())}}}{{{_aligned(line.lstrip())}}}" for line in shown)


def _aligned(line: str) -> str:
    """A line in typewriter, its runs of blanks as wide as they are written."""
    return "".join(r"\ " * len(part) if part.startswith("  ") else code(part) if part else ""
                   for part in _RUNS.split(line))
