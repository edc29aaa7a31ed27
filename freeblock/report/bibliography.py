"""The bibliography: a reader of BibTeX entries, and their text for a `thebibliography`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from freeblock.language.records import record
from freeblock.resources import directory

_HEAD = re.compile(r"@(\w+)\s*\{\s*([^,\s{}]+)\s*,")
_FIELD = re.compile(r"\s*([A-Za-z_][\w-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,{}\"]+")


@record
class Entry:
    """One work: its BibTeX source, its kind, and its fields as LaTeX text."""

    key: str
    kind: str
    fields: Mapping[str, str]
    text: str


@cache
def library_bibliography() -> Mapping[str, Entry]:
    """The entries of the library's own bibliography by key."""
    path = directory("library") / "references.bib"
    return read_bibliography(path.read_text(encoding="utf-8")) if path.is_file() else {}


def read_bibliography(text: str) -> dict[str, Entry]:
    """The entries of a BibTeX text. What stands between entries is a comment; a broken entry is an error.

    Raises ValueError naming the entry.
    """
    found: dict[str, Entry] = {}
    place = 0
    while (head := _HEAD.search(text, place)) is not None:
        end = _closing(text, text.index("{", head.start()), head[2])
        place = end + 1
        if head[1].lower() in {"comment", "string", "preamble"}:
            continue
        if head[2] in found:
            raise ValueError(f"the bibliography has two entries {head[2]}")
        found[head[2]] = Entry(head[2], head[1].lower(), _fields(text[head.end():end], head[2]),
                               text[head.start():place])
    return found


def _closing(text: str, opening: int, key: str) -> int:
    """Where the brace opened at `opening` is closed."""
    depth = 0
    place = opening
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if not depth:
                return place
        place += 1
    raise ValueError(f"the bibliography's entry {key} is not closed")


def _fields(text: str, key: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    while (name := _FIELD.match(text, place)) is not None:
        value, place = _value(text, name.end(), key)
        fields[name[1].lower()] = " ".join(value.split())
        while place < len(text) and text[place] in ", \t\r\n":
            place += 1
    if text[place:].strip():
        raise ValueError(f"the bibliography's entry {key} has a field that cannot be read")
    return fields


def _value(text: str, place: int, key: str) -> tuple[str, int]:
    if text[place:place + 1] == "{":
        end = _closing(text, place, key)
        return text[place + 1:end], end + 1
    if text[place:place + 1] == '"':
        end = text.find('"', place + 1)
        if end < 0:
            raise ValueError(f"the bibliography's entry {key} has a text that is not closed")
        return text[place + 1:end], end + 1
    bare = _BARE.match(text, place)
    if bare is None:
        raise ValueError(f"the bibliography's entry {key} has a field without a value")
    return bare[0], bare.end()


def formatted(entry: Entry) -> str:
    """The work as a sentence: authors, title, where it appeared, year, note."""
    fields = entry.fields
    title = _without_braces(fields.get("title", ""))
    parts = [_names(fields["author"])] if "author" in fields else []
    parts.append(rf"\emph{{{title}}}" if entry.kind == "book" else title)
    parts.append(_place(entry))
    if "note" in fields:
        parts.append(fields["note"])
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _place(entry: Entry) -> str:
    fields = entry.fields
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    shown = _without_braces(where)
    if "journal" in fields or "booktitle" in fields:
        shown = rf"\emph{{{shown}}}"
    if "series" in fields:
        number = f" {fields['number']}" if "number" in fields else ""
        shown = f"{fields['series']}{number}, {shown}"
    if "volume" in fields:
        number = f"({fields['number']})" if "number" in fields and "series" not in fields else ""
        shown = f"{shown} {fields['volume']}{number}"
    if "pages" in fields:
        shown = f"{shown}, {fields['pages']}"
    return ", ".join(part for part in (shown, fields.get("year", "")) if part)


def _without_braces(text: str) -> str:
    """{ImageNet} is ImageNet; braces that belong to a command stay."""
    return re.sub(r"(?<![\\\w}])\{([^{}\\]*)\}", r"\1", text)


def _names(authors: str) -> str:
    """Chen, Zhaodong and Deng, Lei: Z. Chen and L. Deng."""
    names = [_name(author) for author in re.split(r"\s+and\s+", authors)]
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return names[0]


def _name(author: str) -> str:
    last, _, first = (part.strip() for part in author.partition(","))
    if not first:
        return last
    initials = "~".join(_initials(word) for word in first.split())
    return f"{initials}~{last}"


def _initials(word: str) -> str:
    return "-".join(re.match(r"\\.(\{.\}|.)|.", part, re.DOTALL)[0].rstrip(".") + "."  # type: ignore[index]
                    for part in word.split("-") if part)


def bibliography_items(entries: Sequence[Entry]) -> list[str]:
    """The entries as a `thebibliography`."""
    if not entries:
        return []
    widest = "9" * len(str(len(entries)))
    items = [rf"\bibitem{{{entry.key}}} {formatted(entry)}" for entry in entries]
    return [rf"\begin{{thebibliography}}{{{widest}}}", *items, r"\end{thebibliography}"]
