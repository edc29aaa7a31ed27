"""The sections of components.md, printed from the library's own rules when the site is built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from component_figures import CHECKS, figure

from freeblock.language.nodes import Relation
from freeblock.report.bibliography import Entry, formatted, library_bibliography
from freeblock.report.component_formulas import ComponentFormulas
from freeblock.rules.catalogue import load_catalogue
from freeblock.rules.rule import Jacobian, Parameter, Rule

_KINDS = {"linear": "Weights", "activation": "Activations", "normalization": "Normalisations",
          "structure": "Structure"}


def component_sections() -> str:
    """Every component of the library, by kind, and the works they cite, in MyST Markdown."""
    catalogue = load_catalogue()
    rules = [rule for rule in map(catalogue.find, catalogue.names()) if rule is not None]
    lines: list[str] = []
    for kind, title in _KINDS.items():
        lines += ["", f"## {title}"]
        for rule in rules:
            if rule.kind == kind:
                lines += ["", *_Section(rule).lines()]
    works = library_bibliography()
    cited = {key for rule in rules for key in _keys(rule)} & works.keys()
    lines += ["", "## Sources"]
    for key in sorted(cited):
        lines += ["", f"(source-{key})=", f"**{_label(works[key])}.** {_plain(formatted(works[key]))}"]
    return "\n".join(lines) + "\n"


class _Section:
    """One rule being written."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._formulas = ComponentFormulas(rule)

    def lines(self) -> Iterator[str]:
        """Formula, parameters, traits, premises, source and the figure."""
        rule = self._rule
        names = ", ".join(f"`{name}`" for name in (rule.name, *rule.aliases))
        yield from (f"(component-{rule.name})=", f"### {rule.title}", "", f"Written {names}. ")
        yield from self._law(rule.jacobian, "")
        if rule.on_images is not None and rule.on_images.uneven is not None:
            yield from self._law(rule.on_images.uneven, "Where borders or strides make the taps uneven, ")
        for name, jacobian in rule.given.items():
            yield from self._law(jacobian, f"With ${self._formulas.name(name)}$ given, ")
        for name, variant in rule.variants.items():
            yield from self._law(variant.jacobian, f"With `variant={name}` ")
            yield from (f"{_escaped(premise.statement)} (`{premise.name}`, assumed). " for premise in variant.premises)
        yield from self._letters()
        if rule.parameters:
            yield from ("", "| parameter | default | domain | meaning |", "| --- | --- | --- | --- |")
            yield from map(self._parameter, rule.parameters.values())
        outputs = r" \times ".join(map(self._formulas.formula, rule.outputs))
        yield from ("", f"Outputs: ${outputs}$. Traits: {self._traits()}.")
        for premise in rule.premises:
            yield from ("", f"Premise `{premise.name}`: {_escaped(premise.statement)}.")
        if rule.note:
            yield from ("", _escaped(rule.note))
        yield from ("", f"Source: {self._source()}.", *self._figure())

    def _law(self, jacobian: Jacobian, before: str) -> Iterator[str]:
        words, shown = self._formulas.law(jacobian)
        words = before + words
        yield words[0].upper() + words[1:]
        if shown is not None:
            yield from ("", "$$", shown, "$$", "")

    def _letters(self) -> Iterator[str]:
        said = [f"${name}$ is {meaning}" for name, meaning in self._formulas.meanings()]
        said += [f"${self._formulas.name(name)}$ is the {_escaped(meaning)}"
                 for name, meaning in self._rule.symbols.items() if name not in self._rule.parameters]
        said += self._formulas.functions()
        if said:
            yield from ("", f"Here {'; '.join(said)}.")

    def _parameter(self, parameter: Parameter) -> str:
        if parameter.default is not None:
            default = f"${self._formulas.formula(parameter.default)}$"
        elif parameter.fresh is not None:
            default = "a symbol of its own at each place"
        else:
            default = "may be left out" if parameter.optional or parameter.ignored else "must be given"
        domain = self._relation(parameter.domain) if parameter.domain is not None else ""
        meaning = f"{parameter.meaning} ({parameter.ignored})" if parameter.ignored else parameter.meaning
        return f"| `{parameter.name}` | {default} | {domain} | {_escaped(meaning)} |"

    def _relation(self, relation: Relation) -> str:
        return ", ".join(f"${comparison}$" for comparison in self._formulas.relation(relation))

    def _traits(self) -> str:
        said = [trait.replace("_", "-") if condition is None else
                f"{trait.replace('_', '-')} where {self._relation(condition)}"
                for trait, condition in self._rule.jacobian.traits.items()]
        return ", ".join(said) or "none"

    def _source(self) -> str:
        works = library_bibliography()
        return ", ".join(f"[{_label(works[key])}](#source-{key})" if key in works else _escaped(key)
                         for key in _keys(self._rule))

    def _figure(self) -> Iterator[str]:
        checks = CHECKS["components"].get(self._rule.name)
        if checks is None:
            said = "There is nothing to sample: what the block is, is not known."
            if self._rule.acts_on == "image" or not self._rule.jacobian.opaque:
                said = "Its law is held against matrices that a test builds position by position."
            yield from ("", said)
            return
        rows = checks["rows"]
        yield from ("", f"Checked: `{rows[0]['expression']}`, …, `{rows[-1]['expression']}`.", "",
                    f"```{{image}} {figure(self._rule.name, checks)}",
                    f":alt: Measured moments of {self._rule.name} beside the closed form", "```")


def _keys(rule: Rule) -> list[str]:
    return [part.strip() for part in rule.source.split(",")]


def _escaped(text: str) -> str:
    """A sentence as Markdown, in which `backquotes` keep their meaning."""
    pieces = text.split("`")
    return "`".join(piece if place % 2 else re.sub(r"([\\*_$<\[\]|])", r"\\\1", piece)
                    for place, piece in enumerate(pieces))


def _label(work: Entry) -> str:
    """Chen et al. 2020."""
    names = [author.split(",")[0] for author in re.split(r"\s+and\s+", work.fields["author"])]
    listed = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{_plain(listed)} {work.fields['year']}"


def _plain(latex: str) -> str:
    """What `formatted` uses of LaTeX, in Markdown."""
    text = re.sub(r"\\emph\{([^{}]*)\}", r"*\1*", latex)
    text = re.sub(r"\\v\{?(\w)\}?", lambda match: f"{match[1]}\u030c", text)
    text = re.sub(r"\\'\{?(\w)\}?", lambda match: f"{match[1]}\u0301", text)
    text = re.sub(r'\\"\{?(\w)\}?', lambda match: f"{match[1]}\u0308", text)
    return re.sub(r"[{}]", "", text).replace("---", "—").replace("--", "–").replace("~", "\u00a0")
