"""An activation and variances as texts in, its correlation map out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from freeblock.activation.on_demand import VARIABLE
from freeblock.activation.tree import Tree
from freeblock.calculus.forward import unit_of
from freeblock.correlation.analysis import analysed
from freeblock.correlation.edge import attracts, curve, start_of, with_bias
from freeblock.correlation.fixed_points import GROWS
from freeblock.correlation.function import Correlation, EdgeRow, Function, number_of
from freeblock.correlation.kernel import closed_kernel
from freeblock.errors import DomainError, OptionError, RefusedError, UnknownNameError
from freeblock.formula.expression import CONSTANTS, ONE, Expression
from freeblock.formula.order import is_at_least
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols
from freeblock.functions_of_x import read_activation
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.network.nodes import Leaf
from freeblock.settings import read_values
from freeblock.source import Source

OWN = frozenset({"c", "q", "l"})
"""What a page calls its own quantities."""
EDGE = ("0", "1/100", "1/20", "1/10", "1/5", "1/2", "1")
"""Variances of a bias for which the edge of chaos is tabulated."""


def activation_function(text: str, values: Mapping[str, object]) -> Function:
    """A component's name, with arguments, or a formula in x. Raises FreeblockError kinds."""
    node = parse_formula(Source("activation", text))
    used = {name.name for name in names_in(node)}
    found = read_activation(text, {name: value for name, value in values.items() if name in used})
    return checked(Function(found.text, found.function, {}))


def checked(function: Function) -> Function:
    """Raise OptionError where a symbol of the activation is one of the page."""
    taken = sorted(function.symbols & (OWN | {VARIABLE}))
    if taken:
        raise OptionError(f"`{taken[0]}` stands for something else here", hint="rename the symbol, or give it a value")
    return function


def function_of(leaf: Leaf) -> Tree:
    """f of a component. Raises RefusedError for one without."""
    unit = unit_of(leaf)
    if unit is None or unit.function is None:
        raise RefusedError(f"`{leaf.label}` is no function of each unit that is known here", leaf.span,
                           "write an activation, by its name or as a formula in x")
    return unit.function


def correlate(
    activation: str, *, var: str = "sigma_w^2", bias: str = "0", q: str | None = None, c: str = "0",
    layers: Sequence[int] = (), terms: int = 8, values: Mapping[str, object] | None = None,
) -> Correlation:
    """The correlation map of `dense >> f`: `var` is fan_in times the variance of a weight, `bias` that of a bias.

    Raises FreeblockError kinds; RefusedError where there is no fixed point, or a mean is infinite.
    """
    given = read_values(values)
    if VARIABLE in given:
        raise OptionError("`x` is the variable of the activation and has no value", hint="set another name")
    function = activation_function(activation, values or {})
    weight, shift = (_variance(option, text, given) for option, text in (("--var", var), ("--bias", bias)))
    _check_used(given, activation, var, bias)
    if weight.is_zero:
        raise DomainError("with weights of variance 0 nothing passes", hint="for example --var 2")
    start = None if q is None else _number("--q", q, 1e-12, 1e8)
    correlation = _number("--c", c, -1.0, 1.0)
    kernel = closed_kernel(function.tree, function.constants)
    if kernel is not None and kernel.sides is not None and not shift.is_zero:
        growth = multiply_out(weight * kernel.gain)
        if is_at_least(growth, ONE):
            raise RefusedError(GROWS)
    free = function.symbols | (symbols(weight) | symbols(shift)) - CONSTANTS
    if free:
        if start is not None:
            raise OptionError(f"--q is a start for numbers, and `{min(free)}` has no value",
                              hint=f"add --set {min(free)}=1, or another number")
        return Correlation(function, weight, shift, kernel, None, _edge(function, kernel is not None))
    found = analysed(function.tree, number_of(weight, {}), number_of(shift, {}), function.value_of, start=start,
                     c=correlation, layers=layers, terms=terms)
    return Correlation(function, weight, shift, kernel, found)


def _edge(function: Function, closed: bool) -> tuple[EdgeRow, ...]:
    """The edge of chaos of an activation without symbols. Raises OptionError where it has some, and no closed form."""
    if function.symbols:
        if not closed:
            name = min(function.symbols)
            raise OptionError(f"the correlation map of `{function.text}` has no closed form here",
                              hint=f"give the symbol a value: --set {name}=1")
        return ()
    layer = function.layer(1.0, 0.0)
    if layer.gain is not None:
        return ()
    rows, along = [], curve(layer)
    for text in EDGE:
        bias = float(Fraction(text))
        first = start_of(layer) if not bias else None
        points = [*([] if first is None else [first]), *with_bias(layer, bias, 1.0, along)]
        rows += [EdgeRow(bias, one.weight, one.q, attracts(layer, one), one.error) for one in points]
    return tuple(rows)


def _variance(option: str, text: str, values: Mapping[str, Expression]) -> Expression:
    value = read_formula(option, text, values)
    if "fan_in" in symbols(value):
        raise OptionError(f"`fan_in` stands in {option}, which is of all weights of a unit together",
                          hint="write --var sigma_w^2 for weights of variance sigma_w^2/fan_in")
    taken = sorted(symbols(value) & (OWN | {VARIABLE}))
    if taken:
        raise OptionError(f"`{taken[0]}` stands for something else here", hint=f"rename it in {option}")
    if not symbols(value) - CONSTANTS and number_of(value, {}) < 0:
        raise DomainError(f"{option} is a variance and not negative", hint=f"for example {option} 2")
    return value


def read_formula(option: str, text: str, values: Mapping[str, Expression]) -> Expression:
    """The formula of an option with values put in. Raises FreeblockError kinds."""
    node: Node | Relation = parse_formula(Source(option, text))
    if isinstance(node, Relation):
        raise OptionError(f"{option} is a formula, not a comparison", node.span, f"for example {option} 2")
    return to_expression(node, values, free=True)


def _check_used(values: Mapping[str, Expression], *texts: str) -> None:
    used = {name.name for text in texts for name in names_in(parse_formula(Source("option", text)))}
    for name in values:
        if name not in used:
            raise UnknownNameError(f"`{name}` occurs neither in the activation nor in --var or --bias",
                                   hint="set a symbol that occurs there, such as sigma_w")


def _number(option: str, text: str, least: float, most: float) -> float:
    value = number_of(read_formula(option, text, {}), {})
    if not least <= value <= most:
        raise DomainError(f"{option} lies between {least:g} and {most:g}, not at {text}")
    return value


