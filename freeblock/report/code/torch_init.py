"""Initialisation code for torch that meets φ = 1: the weight scale solved for, and the gain of every layer."""

from __future__ import annotations

from collections.abc import Mapping, Set
from fractions import Fraction
from typing import NamedTuple

from freeblock.calculus.conditions import read_condition, solve_conditions
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.solutions import Solution, Value
from freeblock.errors import LimitError, OptionError, RefusedError
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.notations import PLAIN
from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.products import product
from freeblock.formula.renaming import all_symbols
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat
from freeblock.network.tree import children_first, leaves, parts_of
from freeblock.report.code.comments import line_comments, visible
from freeblock.report.code.content import Content
from freeblock.report.code.identifiers import identifiers
from freeblock.report.code.operators import Operators
from freeblock.report.code.python_code import DIALECT, indented, spelled, statement_lines
from freeblock.report.code.straight_line import straight_line
from freeblock.report.code.templates import chosen
from freeblock.report.gathered_roots import closed_form_text

USUAL = "sigma_w"
"""The scale that is solved for where the weights have several."""
DEEPEST = 18
"""Python has no more loops inside one another than 20."""
SHOWN = 200
"""A longer formula is not shown."""
LABEL = 80
"""Nor more of a block than this."""


class Weight(NamedTuple):
    """How the weights of a layer are drawn, and their gain: the standard deviation times the root of fan_in."""

    how: str
    gain: Expression


def weight_of(leaf: Leaf) -> Weight | None:
    """None for what has no weights to draw. Raises RefusedError where the scale is not set by the drawing."""
    sampler = leaf.rule.sample
    if sampler is None or leaf.rule.kind != "linear":
        return None
    values = {name: to_expression(node, leaf.arguments, free=True) for name, node in sampler.parameters.items()}
    if sampler.name == "gaussian":
        return Weight("normal", power(product(((values["var"], 1), (leaf.columns, 1))), Fraction(1, 2)))
    if sampler.name == "haar":
        return Weight("orthogonal", values["gain"])
    raise RefusedError(f"the scale of `{leaf.label}` is not set by its initialisation", leaf.span,
                       "it is standardised in every forward pass; give its gain there")


def torch_init(derivation: Derivation, expression: str) -> str:
    """`scale` and `initialize(layers, …)`. Raises RefusedError where no scale meets φ = 1, with the reason."""
    return _File(Content(derivation, expression)).text()


def unknown_of(derivation: Derivation) -> str | None:
    """The symbol that scales the weights; None where φ is 1 as it stands. Raises RefusedError and OptionError."""
    block, phi = derivation.network.block, derivation.phi
    assert phi is not None
    weights = [weight for leaf in leaves(block) if (weight := weight_of(leaf)) is not None]
    if not weights:
        raise RefusedError("the network has no weights to initialise", block.span,
                           "add a `dense` or `orthogonal` layer")
    scales = all_symbols(weight.gain for weight in weights) & symbols(phi)
    scales -= derivation.network.whole | derivation.network.constants.keys()
    if not scales:
        if phi.is_one:
            return None
        raise RefusedError(f"phi is {print_expression(phi, PLAIN)[:SHOWN]}, not 1, and no symbol scales the weights",
                           block.span, "leave the variance out, or write dense(var=sigma_w^2/fan_in)")
    if len(scales) > 1 and USUAL not in scales:
        raise OptionError(f"the weights have several scales: {', '.join(sorted(scales))}", block.span,
                          "give all but one a value with --set")
    return USUAL if USUAL in scales else min(scales)


def _solutions(derivation: Derivation, unknown: str) -> tuple[Solution, ...]:
    block = derivation.network.block
    found = solve_conditions(derivation, [unknown], [read_condition("phi = 1")]).solutions
    if not found:
        assert derivation.phi is not None
        phi = print_expression(derivation.phi, PLAIN)[:SHOWN]
        raise RefusedError(f"no positive {unknown} meets phi = 1", block.span,
                           f"phi = {phi}; scale the branches or the skip connections")
    return found


def _formula(solution: Solution) -> Expression:
    (value,) = solution.values.values()
    assert isinstance(value, Value), "an equation is met by values"
    return value.formula


def _short(formula: Expression) -> str:
    shown = closed_form_text(formula, PLAIN)
    return shown if len(shown) <= SHOWN else "a long formula"


class _File:
    def __init__(self, content: Content) -> None:
        self._content = content
        derivation = content.derivation
        self._block = derivation.network.block
        self._unknown = unknown_of(derivation)
        self._solutions = () if self._unknown is None else _solutions(derivation, self._unknown)
        self._solution = _formula(self._solutions[0]) if self._solutions else None
        self._weights = {leaf: weight for leaf in leaves(self._block) if (weight := weight_of(leaf)) is not None}
        self._drawn = _with_any(self._block, {leaf for leaf in self._weights if not leaf.shared})
        self._constants = {name: Fraction(value.number() or 0) for name, value in derivation.network.constants.items()}
        self._symbols = self._needed()
        scale = [] if self._unknown is None else [self._unknown]
        self._names = identifiers([*self._symbols, *self._constants, *scale], (), spelled)
        self._arguments = ", ".join(self._names[name] for name in self._symbols)

    def _needed(self) -> list[str]:
        """The symbols of the solution, of the gains and of the numbers of layers."""
        found = set() if self._solution is None else set(symbols(self._solution))
        for weight in self._weights.values():
            found |= symbols(weight.gain)
        indices: set[str] = set()
        for block in self._drawn:
            if isinstance(block, Repeat):
                found |= symbols(block.count)
            elif isinstance(block, Indexed):
                found |= symbols(block.lower) | symbols(block.upper)
                indices.add(block.index)
        return sorted(found - {*self._constants, *indices, self._unknown or ""})

    def text(self) -> str:
        functions = [*self._scale(), self._plan(), _FILL, self._initialize()]
        imports = ["import math as _math", "", "from torch.nn import init as _init"]
        return "\n\n\n".join(["\n".join([*line_comments(self._header(), "#"), "", *imports]),
                              *chosen("python", "\n".join(functions)), *functions]) + "\n"

    def _header(self) -> list[str]:
        content = self._content
        lines = [f"  {self._names[name]}: {'a positive integer' if name in content.whole else 'a positive number'}"
                 for name in self._symbols]
        given = "".join(f", {self._names[name]}=..." for name in self._symbols)
        return [*content.header("torch-init"), *(["", "Symbols:", *lines] if lines else []), "",
                f"Use: initialize(layers{given}), with the weight layers (torch.nn.Linear) in the order in which",
                "data meet them: branches as they are written; what `let` draws once is one layer, before all others.",
                "Biases are set to 0. phi = 1 holds for the network as it is written above, with all its factors.",
                *self._several()]

    def _several(self) -> list[str]:
        """All values that meet φ = 1, where there are several or something is required for the one."""
        if self._unknown is None or (len(self._solutions) == 1 and not self._solutions[0].requires):
            return []
        lines = [f"  {self._names[self._unknown]} = {_short(_formula(one))}"
                 + (f", where {' and '.join(one.requires)}" if one.requires else "") for one in self._solutions]
        if len(lines) == 1:
            return ["", "phi = 1 is met by", *lines]
        return ["", f"phi = 1 is met by {len(lines)} values, of which the first is used:", *lines]

    def _scale(self) -> list[str]:
        if self._solution is None or self._unknown is None:
            return []
        name, shown = self._names[self._unknown], print_expression(self._solution, PLAIN)
        meaning = f"The {name} that meets phi = 1{f': {shown}' if len(shown) <= SHOWN else ''}."
        lines = [f"def _scale_number({self._arguments}):", *self._checks(),
                 *self._lines("_result", self._solution, "    ", self._names),
                 "    if not _result.m > 0:", '        raise ValueError("no scale meets phi = 1 at these values")',
                 "    return _result"]
        public = [f"def scale({f'*, {self._arguments}' if self._arguments else ''}):", f'    """{meaning}"""',
                  f"    return _float(_scale_number({self._arguments}))"]
        return ["\n".join(lines), "\n".join(public)]

    def _checks(self) -> list[str]:
        lines = []
        for symbol in self._symbols:
            check, name = "whole" if symbol in self._content.whole else "positive", self._names[symbol]
            lines.append(f'    {name} = _{check}("{name}", {name})')
        constants = self._constants.items()
        return lines + [f"    {self._names[name]} = _Number({float(value)!r})" for name, value in constants]

    def _lines(self, target: str, value: Expression, indent: str, names: Mapping[str, str]) -> list[str]:
        """target = value, as a number of our own."""
        code = straight_line(value, names, lambda names: Operators(DIALECT, names), spelled=spelled)
        lines = [line for statement in code.statements for line in statement_lines(statement, indent)]
        return [*lines, indented(f"{target} = _number({code.result})", indent)]

    def _plan(self) -> str:
        """The layers drawn once, then those drawn afresh, in loops where blocks are repeated."""
        lines = [f"def _plan({self._arguments}):",
                 '    """How each weight layer is drawn and its gain, in the order in which data meet them."""']
        if self._unknown is not None:
            lines.append(f"    {self._names[self._unknown]} = _scale_number({self._arguments})")
        lines += self._checks()
        once: set[int] = set()
        for leaf in reversed(list(leaves(self._block))):
            if leaf.shared and leaf in self._weights and leaf.identity not in once:
                once.add(leaf.identity)
                lines += self._layer(leaf, "    ", self._names)
        waiting: list[tuple[Block, int, Mapping[str, str]]] = [(self._block, 1, self._names)]
        while waiting:
            block, depth, names = waiting.pop()
            if block not in self._drawn:
                continue
            if depth > DEEPEST:
                raise LimitError(f"more than {DEEPEST} repetitions inside one another", block.span, "nest fewer")
            if isinstance(block, Leaf):
                lines += self._layer(block, "    " * depth, names)
            elif isinstance(block, (Repeat, Indexed)):
                head, names = self._loop(block, "    " * depth, names)
                lines, depth = [*lines, *head], depth + 1
            waiting.extend((part, depth, names) for part in reversed(parts_of(block)))
        return "\n".join(lines)

    def _loop(
        self, block: Repeat | Indexed, indent: str, names: Mapping[str, str]
    ) -> tuple[list[str], Mapping[str, str]]:
        """The lines that begin a loop, and the names within it."""
        index, lower, upper = "_step", ONE, ONE
        if isinstance(block, Repeat):
            upper = block.count
        else:
            index, lower, upper = spelled(block.index), block.lower, block.upper
            while index in names.values():
                index += "_"
        lines = [*self._lines("_first", lower, indent, names), *self._lines("_last", upper, indent, names),
                 f"{indent}for {index} in _steps(_first, _last):  # {visible(block.label)[:LABEL]}"]
        return lines, names if isinstance(block, Repeat) else {**names, block.index: index}

    def _layer(self, leaf: Leaf, indent: str, names: Mapping[str, str]) -> list[str]:
        weight = self._weights[leaf]
        return [*self._lines("_gain", weight.gain, indent, names),
                f'{indent}yield "{weight.how}", _float(_gain)  # {visible(leaf.label)[:LABEL]}']

    def _initialize(self) -> str:
        given = f", *, {self._arguments}" if self._arguments else ""
        return "\n".join([
            f"def initialize(layers{given}):",
            '    """Draw the weights of the layers so that phi = 1; their biases become 0."""',
            f"    _initialize(layers, _plan({self._arguments}))"])


def _with_any(block: Block, wanted: Set[Block]) -> set[Block]:
    """The blocks that are wanted or hold one that is."""
    found: set[Block] = set()
    for here in children_first(block):
        if here in wanted or any(part in found for part in parts_of(here)):
            found.add(here)
    return found


_FILL = '''def _initialize(layers, plan):
    layers, plan = list(layers), list(plan)
    if len(layers) != len(plan):
        raise ValueError(f"the network has {len(plan)} weight layers, not {len(layers)}")
    for layer, (how, gain) in zip(layers, plan):
        fan_out, fan_in = layer.weight.shape
        if how == "normal":
            _init.normal_(layer.weight, mean=0.0, std=gain / _math.sqrt(fan_in))
        else:
            _init.orthogonal_(layer.weight, gain=gain)
        if getattr(layer, "bias", None) is not None:
            _init.zeros_(layer.bias)'''
