"""A paper's own symbols: LaTeX for the quantities of a report and for the symbols of a network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from freeblock.errors import OptionError, did_you_mean
from freeblock.language.names import spell
from freeblock.report.latex_width import width_of
from freeblock.report.safe_latex import SafeLatex, read_symbol
from freeblock.rules.document import Mapping as Entries
from freeblock.rules.document import Problems, Scalar
from freeblock.rules.yaml_reader import read_document
from freeblock.source import Source, Span

QUANTITIES = {
    "phi": "the mean φ of the spectrum",
    "variance": "its variance ϕ",
    "kappa": "κ = ϕ/φ²",
    "moment": "the moments φ_k (as phi, if not said)",
    "state": "the λ_k beyond the second order",
    "J": "the Jacobian",
    "m": "a number of outputs, in networks that have no symbol m",
}
"""What a notation can name besides the symbols of a network."""

NAMES = 1000
"""Names in a notation, at most."""
WIDEST = 80.0
"""The width in points of a symbol, at most."""
_WRITTEN = {"ϕ": "variance"}
"""The letter ϕ is another way to write φ to Unicode, and another quantity here."""
_NUMBERED = re.compile(r"\d+(,[ijk])?|[ijk]")


@dataclass(frozen=True, slots=True)
class PaperNotation:
    """Name → LaTeX; `strict` names were said for this network alone, so that it must have them."""

    symbols: dict[str, SafeLatex] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    """Where each name stands."""
    strict: Collection[str] = ()

    @property
    def needs_amssymb(self) -> bool:
        """Whether some symbol prints with the package amssymb alone."""
        return any(symbol.needs_amssymb for symbol in self.symbols.values())

    def of_symbols(self) -> dict[str, SafeLatex]:
        """What it says of the symbols of a network."""
        return {name: symbol for name, symbol in self.symbols.items() if name not in QUANTITIES or name == "m"}

    def check_names(self, known: Collection[str], where: str = "this network") -> None:
        """Raise OptionError for a name that neither the report nor this network (or paper) has.

        A file may serve several networks: a name in it is refused only if it looks like a misspelling of one
        that the file does not have.
        """
        for name in self.symbols:
            if name in QUANTITIES or name in known:
                continue
            close = did_you_mean(name, [each for each in [*known, *QUANTITIES]
                                        if name in self.strict or each not in self.symbols])
            if close is None and name not in self.strict:
                continue
            shown = ", ".join(sorted(known)[:12])
            raise OptionError(
                f"{where} has no symbol `{name}` to give a notation to", self.places.get(name),
                f"did you mean `{close}`?" if close else f"it has {shown}" if shown else "it has no symbols")


def read_pairs(pairs: Iterable[tuple[str, Source]]) -> PaperNotation:
    """The notation of NAME=LATEX texts, each with the source that holds it. Raises OptionError."""
    notation = PaperNotation()
    for text, source in pairs:
        name, _, value = text.partition("=")
        start = len(name) + 1 + len(value) - len(value.lstrip())
        written = Span(source, 0, max(len(name.rstrip()), 1))
        _add(notation, name.strip(), written, value.strip(), Span(source, start, start + len(value.strip())))
    _check_distinct(notation.symbols)
    return replace(notation, strict=frozenset(notation.symbols))


def read_mapping(values: Mapping[str, str]) -> PaperNotation:
    """The notation of a Python mapping. Raises OptionError."""
    notation = PaperNotation()
    for name, value in values.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise OptionError(f"a notation maps names to LaTeX texts, not {name!r} to {value!r}",
                              hint=r"for example notation={'phi': r'\varphi'}")
        source = Source("notation", value)
        _add(notation, name, Span(source, 0, len(value)), value, Span(source, 0, len(value)))
    _check_distinct(notation.symbols)
    return notation


def read_notation(source: Source) -> PaperNotation:
    """The notation of a YAML text, `name: LaTeX` in every line. Raises OptionError or ErrorList."""
    problems = Problems("notation file", OptionError)
    root = read_document(source, problems)
    notation = PaperNotation()
    if isinstance(root, Entries):
        if len(root.entries) > NAMES:
            raise OptionError(f"a notation file has more than {NAMES} names", root.span)
        for name, (key, value) in root.entries.items():
            if not isinstance(value, Scalar):
                problems.add("a text is expected here", value.span, r"for example `phi: \varphi`; a notation that "
                             "begins with a bracket stands in single quotes")
                continue
            try:
                _add(notation, name, key.span, value.text, value.span)
            except OptionError as error:
                problems.add_error(error)
    elif root is not None and not problems.errors:
        problems.add("names and their LaTeX are expected", root.span, r"for example `phi: \varphi`")
    problems.raise_any()
    _check_distinct(notation.symbols)
    return notation


def joined(notations: Iterable[PaperNotation], pairs: PaperNotation) -> PaperNotation:
    """Several files and the pairs said beside them, which come before the files. Raises OptionError."""
    whole = PaperNotation(strict=pairs.strict)
    for notation in notations:
        for name in notation.symbols:
            if name in whole.symbols:
                raise OptionError(f"`{name}` has a notation in two files", notation.places[name],
                                  "keep one of the two")
        whole.symbols.update(notation.symbols)
        whole.places.update(notation.places)
    whole.symbols.update(pairs.symbols)
    whole.places.update(pairs.places)
    _check_distinct(whole.symbols)
    return whole


def _add(notation: PaperNotation, written: str, where: Span, value: str, span: Span) -> None:
    name = _WRITTEN.get(written) or spell(written)
    if not re.fullmatch(r"[^\W\d]\w*", name):
        raise OptionError(f"`{written}` is no name", where, "the name of a symbol, or " + ", ".join(QUANTITIES))
    if name in notation.symbols:
        raise OptionError(f"`{name}` is given two notations", where, "keep one of the two")
    symbol = read_symbol(value, span)
    if width_of(symbol.text) > WIDEST:
        raise OptionError(f"the notation of `{name}` is wider than {WIDEST:.0f} points", span, "take a shorter symbol")
    notation.symbols[name], notation.places[name] = symbol, where


def _check_distinct(symbols: Mapping[str, SafeLatex]) -> None:
    """No two names may be printed alike, nor one like an index of another. Raises OptionError."""
    owner: dict[str, str] = {}
    for name, symbol in symbols.items():
        other = owner.setdefault(symbol.text, name)
        if other != name and {other, name} != {"phi", "moment"}:
            raise OptionError(f"`{other}` and `{name}` would be printed alike", symbol.span,
                              "give each a symbol of its own")
    for name, symbol in symbols.items():
        for quantity in (each for each in symbols if each in QUANTITIES and each != "m" and each != name):
            if looks_numbered(symbol.text, symbols[quantity].text) and not {quantity, name} <= {"phi", "moment"}:
                raise OptionError(f"`{name}` would be printed like a numbered `{quantity}`", symbol.span,
                                  "give it another letter")


def looks_numbered(text: str, letter: str) -> bool:
    """Whether a symbol looks like the letter with a number, or with a running index."""
    return text.startswith(f"{letter}_{{") and _NUMBERED.fullmatch(text[len(letter) + 2:-1]) is not None
