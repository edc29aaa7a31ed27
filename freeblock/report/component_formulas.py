"""The mathematics of one component rule in LaTeX, with a letter of its own for every name in it."""

from __future__ import annotations

from collections.abc import Iterator

from freeblock.activation.on_demand import VARIABLE
from freeblock.formula.expression import Expression
from freeblock.formula.printing import print_expression
from freeblock.language.formulas import names_in, to_expression, to_relation
from freeblock.language.nodes import Name, Node, Relation
from freeblock.report.latex_symbols import ReportLatex, distinct_names
from freeblock.report.letters import Letters
from freeblock.report.symbol_use import SymbolUse
from freeblock.report.unit_functions import latex_function
from freeblock.rules.rule import Jacobian, Rule

_TAKEN = frozenset({r"\phi", r"\mu", "J", "S", "f", "x"})
_SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "=": "="}
_MEANINGS = {
    "fan_in": "the number of inputs", "fan_out": "the number of outputs", "k": "the order of the moment",
    "z": "the argument of the $S$-transform", "channels": "the number of input channels",
    "height": "the height of the image", "width": "its width", "taps": "the mean number of inputs that an output reads",
    "taps_squared": "the mean square of that", "shrink": "positions before by positions behind",
    "reads_squared": "the sum over inputs, by the outputs, of the squared number of outputs that read one",
    "overlaps_squared": "the mean over outputs of the summed squared numbers of inputs that another output shares",
    "out_height": "the height of the output", "out_width": "its width",
}
_FUNCTIONS = {
    r"\operatorname{sech}": r"$\operatorname{E}$ is the mean over a standard normal $z$",
    r"\Phi(": r"$\Phi$ is the standard normal distribution function",
}


class ComponentFormulas:
    """The formulas of one rule as LaTeX mathematics, without dollar signs."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        used = {name.name for node in _formulas(rule) for name in names_in(node)}
        used |= {name.name for node in (rule.jacobian.function, rule.jacobian.derivative) if node is not None
                 for name in names_in(node) if name.name != VARIABLE and name.name in rule.parameters}
        self._used = used | set(rule.parameters) | set(rule.symbols)
        symbols = SymbolUse(frozenset(self._used - {"e", "pi"}))
        self._notation = ReportLatex(distinct_names(symbols, _TAKEN, Letters()))

    def name(self, name: str) -> str:
        """A parameter or symbol of the rule."""
        return self._notation.name(name)[0]

    def formula(self, node: Node) -> str:
        """A formula of the rule."""
        return self._written(to_expression(node, {}, free=True))

    def relation(self, relation: Relation) -> list[str]:
        """The comparisons of a relation, one after the other."""
        return [f"{self._written(first)} {_SIGNS[operator]} {self._written(second)}"
                for first, operator, second in to_relation(relation, {}, free=True)]

    def law(self, jacobian: Jacobian) -> tuple[str, str | None]:
        """What the law says in words, and its display; None where nothing is known."""
        if jacobian.function is not None or jacobian.derivative is not None:
            return self._of_function(jacobian)
        if jacobian.moments is not None:
            return "the moments are", rf"\phi_k(JJ^{{\top}}) = {self.formula(jacobian.moments)}"
        if jacobian.s_transform is not None:
            return "the $S$-transform is", rf"S_{{JJ^{{\top}}}}(z) = {self.formula(jacobian.s_transform)}"
        if jacobian.first is not None and jacobian.second is not None:
            first, second = self.formula(jacobian.first), self.formula(jacobian.second)
            return "two moments are known,", rf"\phi_1 = {first}, \qquad \phi_2 = {second}"
        if jacobian.measure:
            return r"the eigenvalues $\mu$ of $JJ^{\top}$ are", r",\quad ".join(
                rf"\mu = {self.formula(value)} \text{{ with weight }} {self.formula(weight)}"
                for value, weight in jacobian.measure)
        return "its moments are symbols.", None

    def _of_function(self, jacobian: Jacobian) -> tuple[str, str]:
        moments = r"\phi_k(JJ^{\top}) = \operatorname{E} f'(x)^{2 k}, \qquad x \sim N(0, q)"
        stated = jacobian.function or jacobian.derivative
        assert stated is not None
        if isinstance(stated, Name) and stated.name in self._rule.parameters and \
                self._rule.parameters[stated.name].of_x:
            return "the moments are those of the function $f$ that is given:", moments
        prime = "'" if jacobian.function is None else ""
        formula = latex_function(stated, lambda name: (name if name == VARIABLE else self.name(name), False))
        return "the moments are", rf"{moments}, \quad f{prime}(x) = {formula}"

    def meanings(self) -> list[tuple[str, str]]:
        """(name as LaTeX, what it is) of every letter of the formulas that the rule does not explain."""
        return [(self.name(name), meaning) for name, meaning in _MEANINGS.items()
                if name in self._used - set(self._rule.parameters)]

    def functions(self) -> list[str]:
        """What the functions in the laws are."""
        laws = "".join(self.formula(node) for jacobian in self._rule.jacobians
                       for node in _law_formulas(jacobian))
        return [said for sign, said in _FUNCTIONS.items() if sign in laws]

    def _written(self, value: Expression) -> str:
        return print_expression(value, self._notation)


def _law_formulas(jacobian: Jacobian) -> Iterator[Node]:
    # A function of x is not among them: it is no formula of positive symbols.
    yield from (node for node in (jacobian.moments, jacobian.s_transform, jacobian.first, jacobian.second) if node)
    for value, weight in jacobian.measure:
        yield from (value, weight)


def _formulas(rule: Rule) -> Iterator[Node | Relation]:
    """Every formula that is printed."""
    yield from rule.outputs
    for jacobian in rule.jacobians:
        yield from _law_formulas(jacobian)
    yield from (condition for condition in rule.jacobian.traits.values() if condition is not None)
    for parameter in rule.parameters.values():
        yield from (node for node in (parameter.default, parameter.domain) if node is not None)
