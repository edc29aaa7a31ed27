"""A component rule explained in LaTeX: a paragraph for an `amsmath` document."""

from __future__ import annotations

from freeblock.language.nodes import Relation
from freeblock.report.component_formulas import ComponentFormulas
from freeblock.report.latex_text import code, escape, listed, prose
from freeblock.rules.rule import Jacobian, Parameter, Rule


def component_latex(rule: Rule) -> str:
    """Everything the library says about one component."""
    return "\n".join(_Paragraph(rule).lines())


class _Paragraph:
    """One rule being written."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._formulas = ComponentFormulas(rule)

    def lines(self) -> list[str]:
        """The title, the law, what its letters mean, and everything else in sentences."""
        rule = self._rule
        names = ", ".join(rf"\texttt{{{escape(name)}}}" for name in (rule.name, *rule.aliases))
        lines = [rf"\paragraph{{{escape(rule.title)} ({names})}}", *self._law(rule.jacobian, "")]
        if rule.on_images is not None and rule.on_images.uneven is not None:
            lines += self._law(rule.on_images.uneven, "Where borders or strides make the taps uneven, ")
        for name, jacobian in rule.given.items():
            lines += self._law(jacobian, f"With ${self._formulas.name(name)}$ given, ")
        for name, variant in rule.variants.items():
            said = "".join(f", where {escape(premise.statement)} ({code(premise.name)}, assumed),"
                           for premise in variant.premises)
            lines += self._law(variant.jacobian, f"With {code(f'variant={name}')}{said} ")
        described = [self._parameter(parameter) for parameter in rule.parameters.values()
                     if not parameter.ignored and not parameter.label]
        if described:
            lines.append(f"Parameters: {'; '.join(described)}.")
        meant = [f"${name}$ is {meaning}" for name, meaning in self._formulas.meanings()]
        meant += [f"${self._formulas.name(name)}$ is the {prose(meaning)}" for name, meaning in rule.symbols.items()
                  if name not in rule.parameters]
        meant += self._formulas.functions()
        if meant:
            lines.append(f"Here {'; '.join(meant)}.")
        outputs = r" \times ".join(map(self._formulas.formula, rule.outputs))
        lines.append(f"Number of outputs: ${outputs}$. Traits: {self._traits()}.")
        lines += [f"Premise: {escape(premise.statement)} ({code(premise.name)})." for premise in rule.premises]
        return [*lines, *([prose(rule.note)] if rule.note else []), f"Source: {escape(rule.source)}."]

    def _law(self, jacobian: Jacobian, before: str) -> list[str]:
        """The law as a display behind a few words."""
        words, shown = self._formulas.law(jacobian)
        words = before + words
        return [words[0].upper() + words[1:], *([] if shown is None else [rf"\[ {shown} \]"])]

    def _parameter(self, parameter: Parameter) -> str:
        shown = f"${self._formulas.name(parameter.name)}$, {prose(parameter.meaning)}"
        said = []
        if parameter.default is not None:
            said.append(f"${self._formulas.formula(parameter.default)}$ unless given")
        elif parameter.fresh is not None:
            said.append("a symbol of its own at each place unless given")
        elif parameter.optional:
            said.append("optional")
        if parameter.domain is not None:
            said.append(self._relation(parameter.domain))
        return f"{shown} ({', '.join(said)})" if said else shown

    def _relation(self, relation: Relation) -> str:
        return listed([f"${comparison}$" for comparison in self._formulas.relation(relation)])

    def _traits(self) -> str:
        shown = [trait.replace("_", "-") if condition is None else
                 f"{trait.replace('_', '-')} where {self._relation(condition)}"
                 for trait, condition in self._rule.jacobian.traits.items()]
        return ", ".join(shown) or "none"
