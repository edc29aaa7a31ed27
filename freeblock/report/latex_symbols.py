"""How each symbol of one derivation is printed: no two alike, none like a letter the report itself uses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from freeblock.calculus.derivation import Derivation
from freeblock.errors import OptionError
from freeblock.formula.notations import Latex, latex_name
from freeblock.formula.printing import ATOM, POWER, PRODUCT, Text
from freeblock.report.latex_text import escape
from freeblock.report.latex_width import width_of
from freeblock.report.letters import Letters, indexed
from freeblock.report.paper_notation import QUANTITIES
from freeblock.report.safe_latex import SafeLatex
from freeblock.report.symbol_use import OWN, SymbolUse, symbol_use

WIDEST_NAME = 80.0
"""A symbol wider than this is printed as a short letter, and the report says which."""
SURELY_NARROW = 6
"""No symbol of so few letters is wide."""

ROUNDED = "\2"
"""Begins the name of a symbol that stands for a rounded number."""
NAMED = "\1"
"""Begins the name of a symbol that stands for a part of a formula."""

_NO_INDEX = OWN | {r"\phi", r"\varphi", r"\kappa", r"\lambda", *"WDNBIHe"}
_OPAQUE = re.compile(r"(phi|variance|moment(\d+))_(.+)")


class ReportLatex(Latex):
    """LaTeX in which symbols print as one report decided."""

    def __init__(self, names: Mapping[str, str], raised: Collection[str] = ()) -> None:
        self._names = names
        self._raised = raised
        self._printed: frozenset[str] | None = None

    @property
    def fills(self) -> bool:
        """Whether every name binds like a letter, so that it may be filled into a text that is there."""
        return not self._raised

    def prints(self, name: str) -> bool:
        """Whether some symbol is printed as this name would be."""
        if self._printed is None:
            self._printed = frozenset(self._names.values())
        return latex_name(name) in self._printed

    def name(self, name: str) -> Text:
        if name[0] in {ROUNDED, NAMED}:
            text = name[1:]
            return text, PRODUCT if r"\times" in text else ATOM
        return self._names.get(name) or latex_name(name), POWER if name in self._raised else ATOM


def printed_names(use: SymbolUse, letters: Letters, *, state: bool = False) -> dict[str, str]:
    """The printed name of each symbol; with `state` the λ_k are printed too. Raises OptionError for a notation."""
    said = letters.notation
    shown = {printed_index(name, letters) for name in use.indices}
    own = use.taken | letters.own | ({letters.state} if state else set())
    of_report = {name: symbol for name, symbol in said.symbols.items() if name in QUANTITIES and name != "J"}
    _check_given(of_report, use.taken - shown - {letters.jacobian} | {"J"})
    _check_given({name: symbol for name, symbol in said.of_symbols().items() if name in use.used}, own - shown)
    return distinct_names(use, own, letters)


class Symbols:
    """The printed names of a derivation's symbols, those that had to be shortened, and the functions used.

    Names that several derivations have in common are given, and then none is shortened.
    """

    def __init__(
        self, derivation: Derivation, taken: Collection[str], letters: Letters | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        use = symbol_use(derivation, taken)
        self.functions, self.indices = use.functions, use.indices
        self.letters = letters or Letters()
        said = self.letters.notation
        if names is None:
            said.check_names(use.used)
            self.names = printed_names(use, self.letters, state=derivation.order > 2)
        else:
            self.names = dict(names)
        given = {name: symbol for name, symbol in said.of_symbols().items() if name in use.used}
        self.shortened: list[tuple[str, str]] = []
        for name in sorted(use.used) if names is None else ():
            if len(name) > SURELY_NARROW and name not in given and width_of(self.names[name]) > WIDEST_NAME:
                short = rf"\mathsf{{x}}_{{{len(self.shortened) + 1}}}"
                self.names[name] = short
                self.shortened.append((short, name))
        self.notation = ReportLatex(self.names, frozenset(name for name in given if given[name].above))
        everything = {*self.names.values(), *self.letters.own, self.letters.state}
        self._heads = {text.partition("_")[0].partition("^")[0] for text in everything}
        self.order = self._free("k", "r", "s", "q", r"\ell")
        """A letter for the order of a moment."""
        self.ratio = self._free(r"\rho", r"\eta", r"\nu", r"\xi", r"\omega")
        """A letter for the ratio of rectangular cumulants."""
        self._rows = said.symbols["m"] if "m" in said.symbols and "m" not in use.used else \
            SafeLatex(self._free("m", "d", "h", r"\mu", r"\delta"))

    @property
    def rows(self) -> str:
        """A letter for a number of outputs."""
        return self._rows.text

    def rows_of(self, index: str) -> str:
        """The number of outputs of one block among several."""
        return indexed(self._rows, index)

    def _free(self, *letters: str) -> str:
        """The first letter that no symbol is printed as."""
        free = [letter for letter in letters if letter not in self._heads]
        return free[0] if free else rf"\mathcal{{{letters[0][-1].upper()}}}"


def _check_given(given: Mapping[str, SafeLatex], own: Collection[str]) -> None:
    """A notation may not be a letter that the report needs. Raises OptionError."""
    for name, symbol in given.items():
        if symbol.text in own:
            raise OptionError(f"`{name}` would be printed like a letter of the report, {symbol.text}", symbol.span,
                              "matrices of components, J, S, z and i are letters of its own; take another")


def _check_default(name: str, pretty: str, letters: Letters) -> None:
    """A notation may not be what another name is printed as anyway. Raises OptionError."""
    for given, symbol in letters.notation.symbols.items():
        if symbol.text == pretty and given != name:
            raise OptionError(f"`{given}` would be printed like `{name}`", symbol.span,
                              f"give `{name}` a notation too, or take another symbol")


def printed_index(name: str, letters: Letters) -> str:
    """How an index is printed, whatever the symbols of a derivation are."""
    said = letters.notation.symbols.get(name)
    if said is not None:
        return said.text
    pretty = _pretty(name)
    return _spelled(name) if re.split(r"[_{]", pretty, maxsplit=1)[0] in _NO_INDEX else pretty


def distinct_names(use: SymbolUse, taken: Collection[str], letters: Letters) -> dict[str, str]:
    """The user's notation, else pretty names where they are unique; the spelled name, upright, where they are not."""
    names = {name: symbol.text for name, symbol in letters.notation.of_symbols().items() if name in use.used}
    owner = {text: name for name, text in names.items()}
    for name in sorted(use.indices - names.keys()):
        shown = printed_index(name, letters)
        _check_default(name, shown, letters)
        names[name] = shown if shown not in owner else _spelled(name)
        owner[names[name]] = name
    heads = [head for head in ("H", letters.jacobian, letters.state, letters.kappa) if head in taken]
    reserved = frozenset(heads), tuple([f"{head}_" for head in heads])
    for name in sorted(use.used - names.keys(), key=lambda name: (name.count("_") != 1, name)):
        pretty = _of_block(name, letters) if name in use.opaque else _pretty(name)
        _check_default(name, pretty, letters)
        if pretty in owner or pretty in taken or _is_reserved(pretty, *reserved) or letters.claims(pretty):
            pretty = _spelled(name)
        owner[pretty] = name
        names[name] = pretty
    return names


def _is_reserved(pretty: str, heads: Collection[str], indexed_heads: tuple[str, ...]) -> bool:
    """Whether it looks like a matrix or a state, alone or with an index."""
    if r"\mathrm" in pretty or pretty.isalnum():
        return False
    return pretty.startswith(indexed_heads) or pretty in heads


def _of_block(name: str, letters: Letters) -> str:
    """A moment of an opaque block: φ, ϕ or φ_k with its label."""
    opaque = _OPAQUE.fullmatch(name)
    if opaque is None or not name.isascii() or opaque[3].isdigit():
        return _pretty(name)
    label = latex_name(opaque[3])
    if opaque[2]:
        return letters.moment_of(f"{{{opaque[2]},{label}}}")
    return letters.phi_of(f"{{{label}}}") if opaque[1] == "phi" else letters.variance_of(f"{{{label}}}")


def _pretty(name: str) -> str:
    return latex_name(name) if name.isascii() else _spelled(name)


def _spelled(name: str) -> str:
    if name.isascii():
        shown = name.replace("_", r"\_")
        return rf"\mathrm{{{shown}}}"
    return rf"\text{{{escape(name)}}}"
