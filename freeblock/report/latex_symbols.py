"""How each symbol of one derivation is printed: no two alike, none like a letter the report itself uses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from freeblock.calculus.derivation import Derivation
from freeblock.formula.expression import Expression, Function
from freeblock.formula.notations import Latex, latex_name
from freeblock.formula.printing import ATOM, PRODUCT, Text
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import index_name
from freeblock.network.nodes import Indexed, Leaf
from freeblock.report.latex_text import escape
from freeblock.report.latex_width import width_of

WIDEST_NAME = 80.0
"""A symbol wider than this is printed as a short letter, and the report says which."""
SURELY_NARROW = 6
"""No symbol of so few letters is wide."""

ROUNDED = "\2"
"""Begins the name of a symbol that stands for a rounded number."""
NAMED = "\1"
"""Begins the name of a symbol that stands for a part of a formula."""

_OWN = frozenset({r"\phi", r"\varphi", r"\kappa", "J", "S", "z", "i"})
_STATE = r"\lambda"
"""A letter of the report beyond the second order."""
_NO_INDEX = _OWN | {_STATE, *"WDNBIHe"}
_OPAQUE = re.compile(r"(phi|variance|moment(\d+))_(.+)")


class ReportLatex(Latex):
    """LaTeX in which symbols print as one report decided."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._printed: frozenset[str] | None = None

    def prints(self, name: str) -> bool:
        """Whether some symbol is printed as this name would be."""
        if self._printed is None:
            self._printed = frozenset(self._names.values())
        return latex_name(name) in self._printed

    def name(self, name: str) -> Text:
        if name[0] in {ROUNDED, NAMED}:
            text = name[1:]
            return text, PRODUCT if r"\times" in text else ATOM
        return self._names.get(name) or latex_name(name), ATOM


@dataclass(frozen=True, slots=True)
class Letters:
    """What the printed names of a derivation's symbols depend on."""

    used: frozenset[str]
    """Its symbols, indices among them."""
    indices: frozenset[str]
    taken: frozenset[str]
    """How the letters are printed that the report itself uses."""


def common_names(letters: Iterable[Letters]) -> dict[str, str]:
    """One printed name for each symbol of several derivations that stand in one text."""
    every = list(letters)
    used, indices, taken = (frozenset().union(*(getattr(one, field) for one in every))
                            for field in ("used", "indices", "taken"))
    return printed_names(used, taken, indices)


class Symbols:
    """The printed names of a derivation's symbols, those that had to be shortened, and the functions used.

    Names that several derivations have in common are given, and then none is shortened.
    """

    def __init__(self, derivation: Derivation, taken: Collection[str], names: Mapping[str, str] | None = None) -> None:
        used, self.functions, self.indices = _used(derivation)
        own = _OWN | {_STATE} if derivation.order > 2 else _OWN
        self.letters = Letters(frozenset(used), self.indices, own | set(taken) | _of_functions(self.functions))
        self.names = dict(names) if names is not None else common_names([self.letters])
        self.shortened: list[tuple[str, str]] = []
        for name in sorted(used) if names is None else ():
            if len(name) > SURELY_NARROW and width_of(self.names[name]) > WIDEST_NAME:
                short = rf"\mathsf{{x}}_{{{len(self.shortened) + 1}}}"
                self.names[name] = short
                self.shortened.append((short, name))
        self.notation = ReportLatex(self.names)
        self._heads = {text.partition("_")[0].partition("^")[0] for text in self.names.values()}
        self.order = self._free("k", "r", "s", "q", r"\ell")
        """A letter for the order of a moment."""
        self.ratio = self._free(r"\rho", r"\eta", r"\nu", r"\xi", r"\omega")
        """A letter for the ratio of rectangular cumulants."""
        self.rows = self._free("m", "d", "h", r"\mu", r"\delta")
        """A letter for a number of outputs."""

    def _free(self, *letters: str) -> str:
        """The first letter that no symbol is printed as."""
        free = [letter for letter in letters if letter not in self._heads]
        return free[0] if free else rf"\mathcal{{{letters[0][-1].upper()}}}"


def _of_functions(functions: Collection[str]) -> set[str]:
    """Letters that mean something once a function is printed."""
    found: set[str] = set()
    if "sech_moment" in functions:
        found.add("z")
    if "Phi" in functions:
        found.add(r"\Phi")
    if "gamma" in functions:
        found.add(r"\Gamma")
    if "harmonic" in functions:
        found.add("H")
    return found


def _used(derivation: Derivation) -> tuple[set[str], set[str], frozenset[str]]:
    """Every symbol, function and index in any formula of the derivation."""
    names: set[str] = set()
    functions: set[str] = set()
    indices = {step.block.index for step in derivation.steps if isinstance(step.block, Indexed)}
    seen: set[Expression] = set()
    for step in derivation.steps:
        if step.law.model is not None:
            names.update(step.law.model.new)
    for formula in _formulas(derivation):
        if formula.number() is not None or formula in seen:
            continue
        for part in bottom_up(formula, known=seen):
            seen.add(part)
            for monomial in part.terms:
                for base, _ in monomial:
                    if isinstance(base, str):
                        names.add(base)
                    elif isinstance(base, Function):
                        functions.add(base.name)
                        if base.name in {"product", "sum"}:
                            indices.add(index_name(base.arguments[0]))
    return (names | indices) - {"e", "pi"}, functions, frozenset(indices)


def _formulas(derivation: Derivation) -> Iterable[Expression]:
    shapes = {id(side): side for step in derivation.steps for side in (step.law.rows, step.law.columns)}
    yield from shapes.values()
    for step in derivation.steps:
        if step.law.model is None and step.theorem != "serial":
            # Others hold the functions of the law they were renamed from, or of their premises.
            yield from (step.law.phi, *step.law.state)
        block: object = step.block
        for field in ("count", "factor", "lower", "upper") if not isinstance(block, Leaf) else ():
            value = getattr(block, field, None)
            if isinstance(value, Expression):
                yield value


def printed_index(name: str) -> str:
    """How an index is printed, whatever the symbols of a derivation are."""
    pretty = _pretty(name)
    return _spelled(name) if re.split(r"[_{]", pretty, maxsplit=1)[0] in _NO_INDEX else pretty


def printed_names(used: Collection[str], taken: Collection[str], indices: Collection[str]) -> dict[str, str]:
    """Pretty names where they are unique; the spelled name, upright, where they are not."""
    names: dict[str, str] = {}
    owner: dict[str, str] = {}
    for name in sorted(indices):
        shown = printed_index(name)
        names[name] = shown if shown not in owner else _spelled(name)
        owner[names[name]] = name
    for name in sorted(set(used) - set(indices), key=lambda name: (name.count("_") != 1, name)):
        pretty = _pretty(name)
        if pretty in owner or pretty in taken or _is_reserved(pretty, taken):
            pretty = _spelled(name)
        owner[pretty] = name
        names[name] = pretty
    return names


def _is_reserved(pretty: str, taken: Collection[str]) -> bool:
    """Whether it looks like a moment, or like a matrix or a state with an index."""
    if pretty[0] not in "\\HJ":
        return False
    if re.fullmatch(r"\\(var)?phi_\{\d+\}", pretty):
        return True
    head = re.split(r"[_{]", pretty, maxsplit=1)[0]
    return head in taken and head in {"H", "J", r"\lambda", r"\kappa"} and r"\mathrm" not in pretty


def _pretty(name: str) -> str:
    opaque = _OPAQUE.fullmatch(name) if "_" in name else None
    if opaque is not None and name.isascii() and not opaque[3].isdigit():
        label = latex_name(opaque[3])
        symbol = {"phi": r"\phi", "variance": r"\varphi"}.get(opaque[1])
        return rf"{symbol}_{{{label}}}" if symbol else rf"\phi_{{{opaque[2]},{label}}}"
    return latex_name(name) if name.isascii() else _spelled(name)


def _spelled(name: str) -> str:
    if name.isascii():
        shown = name.replace("_", r"\_")
        return rf"\mathrm{{{shown}}}"
    return rf"\text{{{escape(name)}}}"
