"""Conditions on χ₁ of one layer `dense >> f` at the fixed point of its variance: the edge of chaos, chi = 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from freeblock.calculus.conditions import read_condition
from freeblock.calculus.forward import check_leaf
from freeblock.correlating import checked, function_of
from freeblock.correlation.fixed_points import HIGHEST, LOWEST
from freeblock.correlation.function import Function, number_of
from freeblock.correlation.wanted import Wanted
from freeblock.errors import DomainError, OptionError, RefusedError
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Expression
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.names import spell
from freeblock.language.nodes import Call, Definition, Let, Name, Node, Program, Relation
from freeblock.language.parser import parse_formula, parse_program
from freeblock.network.network import Network
from freeblock.network.nodes import Leaf, Repeat, Serial
from freeblock.report.edge_sheet import EdgePage, edge_data
from freeblock.session import read_network
from freeblock.settings import read_values
from freeblock.source import Source

CHI = "chi"
EXAMPLE = 'write --where "chi = 1"'
_SHAPE = "write `dense(var=sigma_w^2/fan_in, bias=sigma_b^2) >> tanh`"


@dataclass(frozen=True, slots=True, eq=False)
class EdgeSolved:
    """The layers with the wanted χ₁."""

    page: EdgePage

    @property
    def solutions(self) -> list[dict[str, str]]:
        """The admissible solutions as JSON has them."""
        found: list[dict[str, str]] = self.data()["solutions"]
        return found

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return edge_data(self.page)

    def require(self) -> None:
        """Raise RefusedError where there is no admissible solution."""
        solutions = self.page.solutions
        if any(not one.reason for one in solutions):
            return
        lines = [f"no layer with `{self.page.condition}` at an attracting fixed point of the variance is found"]
        lines += [f"not admissible: {one.reason}" for one in solutions]
        raise RefusedError("\n".join(lines),
                           hint="fixed points from 1e-6 to 1e6 were searched, as far as the means of f are found")


def solve_edge(
    source: Source | Program, unknowns: Sequence[str], where: Sequence[str], *, q: str | None = None,
    depth: str | None = None, tolerance: str | None = None, show: Sequence[str] = (), side: str = "out",
    name: str | None = None, library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None,
    order: int | None = None, assume_free: bool = False, assume: Sequence[str] = (),
) -> EdgeSolved:
    """The unknowns for which χ₁ is a number; `q` states the fixed point where there are two of them.

    Raises FreeblockError kinds.
    """
    for option, given in (("--depth", depth), ("--tolerance", tolerance), ("--show", show), ("--assume", assume)):
        if given:
            raise OptionError(f"{option} says nothing beside a condition on chi", hint=f"leave {option} out")
    if side != "out":
        raise OptionError("chi has no sides", hint="leave --side out")
    if not unknowns:
        raise OptionError("an unknown is missing", hint="name it with --for, for example --for sigma_w")
    program = parse_program(source) if isinstance(source, Source) else source
    network = read_network(program, name=name, library=library, values=values)
    if CHI in network.mentioned:
        raise OptionError("`chi` is a symbol of this network and a result",
                          hint="give the symbol another name in the expression")
    given_values = read_values(values)
    chi, condition = _wanted(where, given_values)
    weight, bias, function = _layer(network, program, given_values)
    entering = None if q is None else _formula("--q", q, given_values)
    if entering is not None and not symbols(entering) - CONSTANTS and not LOWEST <= number_of(entering, {}) <= HIGHEST:
        raise DomainError(f"a fixed point lies between {LOWEST:g} and {HIGHEST:g}", hint="for example --q 1")
    names = tuple(dict.fromkeys(spell(one) for one in unknowns))
    _check_open(names, function)
    wanted = Wanted(function, weight, bias, chi, names, entering)
    found = sorted(wanted.solutions(), key=lambda one: bool(one.reason))
    return EdgeSolved(EdgePage(program.source.text, network.block.label, condition, wanted, tuple(found)))


def _wanted(where: Sequence[str], values: Mapping[str, Expression]) -> tuple[Expression, str]:
    """The number that χ₁ is to be. Raises OptionError for another condition, DomainError."""
    if len(where) != 1:
        raise OptionError("a condition on chi stands alone", hint=EXAMPLE)
    statement = read_condition(where[0])
    parts, operators = statement.node.parts, tuple(statement.node.operators)
    if operators != ("=",) or sum(isinstance(part, Name) and part.name == CHI for part in parts) != 1:
        raise OptionError("a condition on chi is an equation with a number", statement.node.span, EXAMPLE)
    other = next(part for part in parts if not (isinstance(part, Name) and part.name == CHI))
    value = to_expression(other, values, free=True)
    if CHI in symbols(value) or symbols(value) - CONSTANTS:
        raise OptionError("chi is set to a number", other.span, EXAMPLE)
    if number_of(value, {}) <= 0:
        raise DomainError("chi is a mean of squares and positive", other.span, EXAMPLE)
    return value, statement.text


def _formula(option: str, text: str, values: Mapping[str, Expression]) -> Expression:
    node = parse_formula(Source(option, text))
    if isinstance(node, Relation):
        raise OptionError(f"{option} is a formula, not a comparison", node.span)
    return to_expression(node, values, free=True)


def _layer(
    network: Network, program: Program, values: Mapping[str, Expression]
) -> tuple[Expression, Expression, Function]:
    """σ_w², σ_b² and f of a network that is one layer, or copies of one. Raises RefusedError, OptionError."""
    block = network.block
    while isinstance(block, Repeat):
        block = block.block
    parts = block.parts if isinstance(block, Serial) else ()
    if len(parts) != 2 or not all(isinstance(part, Leaf) for part in parts):
        raise RefusedError("chi at a fixed point is that of one layer: weights, then an activation", block.span, _SHAPE)
    weights, activation = parts
    assert isinstance(weights, Leaf) and isinstance(activation, Leaf)
    forward = weights.rule.forward
    known = {*weights.arguments, "q"}
    if weights.rule.depends_on != "weights" or weights.shared or forward is None or forward.mean_square is None \
            or any(name.name not in known for name in names_in(forward.mean_square)):
        raise RefusedError(f"`{weights.label}` is no fresh weight that multiplies the mean square by a number",
                           weights.span, _SHAPE)
    check_leaf(activation)
    if "q" in activation.given:
        raise RefusedError(f"`{activation.label}` states the variance that it meets", activation.span, "leave `q` out")
    weight = multiply_out(to_expression(forward.mean_square, {**weights.arguments, "q": ONE}, free=False))
    if symbols(weight) & (symbols(weights.rows) | symbols(weights.columns)):
        raise RefusedError("the variance of the pre-activations rests on the width", weights.span,
                           "divide by it: var=sigma_w^2/fan_in")
    constants = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    function = checked(Function(activation.label, function_of(activation), constants))
    return weight, _bias(weights, program, values), function


def _bias(leaf: Leaf, program: Program, values: Mapping[str, Expression]) -> Expression:
    """What is written as `bias`, which drops out of J: here the variance of one. Raises OptionError, DomainError."""
    if "bias" not in leaf.given:
        return ZERO
    node = _argument(leaf)
    defined = {"fan_in", "fan_out", "n"}
    for statement in program.statements:
        if isinstance(statement, (Definition, Let)):
            defined |= {statement.name, *(statement.parameters if isinstance(statement, Definition) else ())}
    used = next((name for name in names_in(node) if name.name in defined), None)
    if used is not None:
        raise OptionError("the variance of a bias is written in place here", used.span, _SHAPE)
    value = to_expression(node, values, free=True)
    if not symbols(value) - CONSTANTS and number_of(value, {}) < 0:
        raise DomainError("the variance of a bias is not negative", node.span, _SHAPE)
    return value


def _argument(leaf: Leaf) -> Node:
    """What a component was given as `bias`, by its text: a value that drops out of J is not kept."""
    node, order = parse_formula(Source("expression", leaf.span.text)), list(leaf.rule.parameters)
    for place, argument in enumerate(node.arguments if isinstance(node, Call) else ()):
        if argument.keyword == "bias" or (argument.keyword is None and order[place] == "bias"):
            return argument.value
    raise OptionError("the variance of a bias is written in place here", leaf.span, _SHAPE)


def _check_open(names: Sequence[str], function: Function) -> None:
    """Raise OptionError for an unknown of the activation."""
    inside = sorted(set(names) & function.symbols)
    if inside:
        raise OptionError(f"`{inside[0]}` is a parameter of the activation, and chi is solved for the variances",
                          hint="name an unknown such as sigma_w, or give the parameter a value with --set")
