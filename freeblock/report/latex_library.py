"""A component rule explained in LaTeX: a paragraph for an `amsmath` document."""

from __future__ import annotations

from collections.abc import Iterator

from freeblock.formula.expression import Expression
from freeblock.formula.printing import print_expression
from freeblock.language.formulas import names_in, to_expression, to_relation
from freeblock.language.nodes import Node, Relation
from freeblock.report.latex_symbols import ReportLatex, SymbolUse, distinct_names
from freeblock.report.latex_text import code, escape, listed, prose
from freeblock.report.letters import Letters
from freeblock.rules.rule import Jacobian, Parameter, Rule

_TAKEN = frozenset({r"\phi", r"\mu", "J", "S"})
_SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "=": "="}
_MEANINGS = {
    "fan_in": "the number of inputs", "fan_out": "the number of outputs", "k": "the order of the moment",
    "z": "the argument of the $S$-transform",
}
_FUNCTIONS = {
    r"\operatorname{sech}": r"$\operatorname{E}$ is the mean over a standard normal $z$",
    r"\Phi(": r"$\Phi$ is the standard normal distribution function",
}


def component_latex(rule: Rule) -> str:
    """Everything the library says about one component."""
    return "\n".join(_Paragraph(rule).lines())


class _Paragraph:
    """One rule being written, with a letter of its own for every name in it."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._formulas = tuple(_formulas(rule))
        used = {name.name for node in self._formulas for name in names_in(node)}
        self._used = used | set(rule.parameters) | set(rule.symbols)
        symbols = SymbolUse(frozenset(self._used - {"e", "pi"}))
        self._notation = ReportLatex(distinct_names(symbols, _TAKEN, Letters()))

    def lines(self) -> list[str]:
        """The title, the law, what its letters mean, and everything else in sentences."""
        rule = self._rule
        names = ", ".join(rf"\texttt{{{escape(name)}}}" for name in (rule.name, *rule.aliases))
        lines = [rf"\paragraph{{{escape(rule.title)} ({names})}}", *self._law(rule.jacobian, "")]
        for name, jacobian in rule.given.items():
            lines += self._law(jacobian, f"With ${self._name(name)}$ given, ")
        described = [self._parameter(parameter) for parameter in rule.parameters.values()
                     if not parameter.ignored and not parameter.label]
        if described:
            lines.append(f"Parameters: {'; '.join(described)}.")
        meant = [f"${self._name(name)}$ is {meaning}" for name, meaning in _MEANINGS.items()
                 if name in self._used - set(rule.parameters)]
        meant += [f"${self._name(name)}$ is the {prose(meaning)}" for name, meaning in rule.symbols.items()
                  if name not in rule.parameters]
        laws = "".join(map(self._formula, self._laws()))
        meant += [said for sign, said in _FUNCTIONS.items() if sign in laws]
        if meant:
            lines.append(f"Here {'; '.join(meant)}.")
        lines.append(f"Number of outputs: ${self._formula(rule.width)}$. Traits: {self._traits()}.")
        lines += [f"Premise: {escape(premise.statement)} ({code(premise.name)})." for premise in rule.premises]
        return [*lines, *([prose(rule.note)] if rule.note else []), f"Source: {escape(rule.source)}."]

    def _laws(self) -> Iterator[Node]:
        for jacobian in (self._rule.jacobian, *self._rule.given.values()):
            yield from _law_formulas(jacobian)

    def _law(self, jacobian: Jacobian, before: str) -> list[str]:
        """The law as a display behind a few words."""
        if jacobian.moments is not None:
            words, shown = "the moments are", rf"\phi_k(JJ^{{\top}}) = {self._formula(jacobian.moments)}"
        elif jacobian.s_transform is not None:
            words, shown = "the $S$-transform is", rf"S_{{JJ^{{\top}}}}(z) = {self._formula(jacobian.s_transform)}"
        elif jacobian.first is not None and jacobian.second is not None:
            words = "two moments are known,"
            shown = rf"\phi_1 = {self._formula(jacobian.first)}, \qquad \phi_2 = {self._formula(jacobian.second)}"
        elif jacobian.measure:
            words, shown = r"the eigenvalues $\mu$ of $JJ^{\top}$ are", r",\quad ".join(
                rf"\mu = {self._formula(value)} \text{{ with weight }} {self._formula(weight)}"
                for value, weight in jacobian.measure)
        else:
            return ["Its moments are symbols."]
        words = before + words
        return [words[0].upper() + words[1:], rf"\[ {shown} \]"]

    def _parameter(self, parameter: Parameter) -> str:
        shown = f"${self._name(parameter.name)}$, {prose(parameter.meaning)}"
        said = []
        if parameter.default is not None:
            said.append(f"${self._formula(parameter.default)}$ unless given")
        elif parameter.fresh is not None:
            said.append("a symbol of its own at each place unless given")
        elif parameter.optional:
            said.append("optional")
        if parameter.domain is not None:
            said.append(self._relation(parameter.domain))
        return f"{shown} ({', '.join(said)})" if said else shown

    def _relation(self, relation: Relation) -> str:
        pieces = [f"${self._written(first)} {_SIGNS[operator]} {self._written(second)}$"
                  for first, operator, second in to_relation(relation, {}, free=True)]
        return listed(pieces)

    def _written(self, value: Expression) -> str:
        return print_expression(value, self._notation)

    def _traits(self) -> str:
        shown = [trait.replace("_", "-") if condition is None else
                 f"{trait.replace('_', '-')} where {self._relation(condition)}"
                 for trait, condition in self._rule.jacobian.traits.items()]
        return ", ".join(shown) or "none"

    def _name(self, name: str) -> str:
        return self._notation.name(name)[0]

    def _formula(self, node: Node) -> str:
        return self._written(to_expression(node, {}, free=True))


def _law_formulas(jacobian: Jacobian) -> Iterator[Node]:
    yield from (node for node in (jacobian.moments, jacobian.s_transform, jacobian.first, jacobian.second) if node)
    for value, weight in jacobian.measure:
        yield from (value, weight)


def _formulas(rule: Rule) -> Iterator[Node | Relation]:
    """Every formula that is printed."""
    yield rule.width
    for jacobian in (rule.jacobian, *rule.given.values()):
        yield from _law_formulas(jacobian)
    yield from (condition for condition in rule.jacobian.traits.values() if condition is not None)
    for parameter in rule.parameters.values():
        yield from (node for node in (parameter.default, parameter.domain) if node is not None)
