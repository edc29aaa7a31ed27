"""Which works a derivation rests on, and how they are cited."""

from __future__ import annotations

import re
from collections.abc import Iterable

from freeblock.calculus.derivation import Derivation
from freeblock.network.nodes import Leaf
from freeblock.report.bibliography import Entry, library_bibliography
from freeblock.report.latex_text import prose
from freeblock.rules.rule import Rule

_THEOREMS = {
    "serial": ("chen2020", "voiculescu1987"),
    "repeat": ("chen2020", "voiculescu1987"),
    "indexed-serial": ("chen2020", "voiculescu1987"),
    "sum": ("chen2020", "benaych_georges2009"),
    "indexed-sum": ("benaych_georges2009",),
    "stack": ("nica_speicher2006",),
    "indexed-stack": ("nica_speicher2006",),
}


def theorem_sources(theorem: str, order: int) -> list[str]:
    """The keys of the works a theorem comes from; that of Chen et al. states two orders, for φ and ϕ."""
    known = library_bibliography()
    return [key for key in _THEOREMS.get(theorem, ()) if key in known and (order <= 2 or key != "chen2020")]


def rule_sources(rule: Rule) -> list[str]:
    """The BibTeX keys of a rule's source; empty where the source is a plain statement."""
    keys = [key.strip() for key in rule.source.split(",")]
    return keys if all(key in library_bibliography() for key in keys) else []


def cited(keys: Iterable[str]) -> str:
    """A citation with the blank before it; empty without keys."""
    shown = ",".join(keys)
    return rf"~\cite{{{shown}}}" if shown else ""


def entries_of(derivation: Derivation, *, theorems: bool = True) -> list[Entry]:
    """The works used, in the order of the steps."""
    keys: dict[str, None] = {}
    for step in derivation.steps:
        if isinstance(step.block, Leaf) and not step.premises:
            keys.update(dict.fromkeys(rule_sources(step.block.rule)))
        elif theorems:
            keys.update(dict.fromkeys(theorem_sources(step.theorem, derivation.order)))
    known = library_bibliography()
    return [known[key] for key in keys]


def plain_sources(derivation: Derivation) -> list[str]:
    """Sources that are no BibTeX keys, as sentences."""
    found: dict[str, None] = {}
    for step in derivation.steps:
        if isinstance(step.block, Leaf) and not step.premises and not rule_sources(step.block.rule):
            rule = step.block.rule
            if not re.fullmatch(r"by definition", rule.source):
                found[f"{prose(rule.title)}: {prose(rule.source)}."] = None
    return list(found)


def sources_section(derivation: Derivation, *, document: bool) -> list[str]:
    """A sentence that cites every work used; in a fragment, the entries follow as comments."""
    entries = entries_of(derivation)
    lines: list[str] = []
    if entries:
        lines += [r"\paragraph{Sources.}",
                  rf"The laws and theorems used are those of~\cite{{{','.join(entry.key for entry in entries)}}}."]
    lines += plain_sources(derivation)
    if entries and not document:
        lines += ["% The BibTeX entries of the works cited:"]
        lines += [f"% {line}".rstrip() for entry in entries for line in entry.text.splitlines()]
    return lines
