"""From a parsed formula in x to the function it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from freeblock.activation.on_demand import VARIABLE
from freeblock.activation.tree import (
    UNIT,
    Apply,
    Choice,
    Constant,
    Tree,
    X,
    added,
    constant,
    multiplied,
    negated,
    raised,
)
from freeblock.errors import (
    ArgumentError,
    DomainError,
    FreeblockError,
    LanguageError,
    LimitError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.functions import ARITY, apply
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Call, Chain, Name, Negate, Node, Number, Power, Product, Reciprocal

DEPTH = 40
"""Parts of a function inside each other, at most."""
PARTS = 200
"""Parts of a function, at most."""
EXPONENT = 50
"""A power of x, or of a function of x, at most."""

SMOOTH = ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "arctan", "erf", "Phi", "sigmoid")
FUNCTIONS = (*SMOOTH, "abs", "max", "min", "sign")
"""What may be applied to x."""
_STEPS = ("floor", "ceiling")


def read_function(node: Node, scope: Mapping[str, Expression], *, free: bool, jumps: bool) -> Tree:
    """The function of x that a formula states; its other names are looked up, free ones are symbols if `free`.

    Only with `jumps` may it use `sign`: a function that jumps has no derivative. Raises UnknownNameError,
    ArgumentError, DomainError, LimitError, and LanguageError where a block stands in the formula.
    """
    return _Reader(scope, free, jumps).read(node, 0)


def mentions_variable(node: Node) -> bool:
    """Whether x occurs."""
    return any(name.name == VARIABLE for name in names_in(node))


class _Reader:
    def __init__(self, scope: Mapping[str, Expression], free: bool, jumps: bool) -> None:
        self._scope, self._free, self._jumps = scope, free, jumps
        self._parts = 0

    def read(self, node: Node, depth: int) -> Tree:
        self._parts += 1
        if depth > DEPTH:
            raise LimitError(f"a function of {VARIABLE} is nested at most {DEPTH} deep", node.span)
        if self._parts > PARTS:
            raise LimitError(f"a function of {VARIABLE} has at most {PARTS} parts", node.span)
        if isinstance(node, Number):
            return constant(node.value)
        if isinstance(node, Name):
            return X if node.name == VARIABLE else self._constant(node)
        try:
            return self._compound(node, depth + 1)
        except (ArithmeticError, ValueError) as error:
            raise DomainError(str(error) or "the function has no real value", node.span) from error

    def _constant(self, node: Node) -> Tree:
        try:
            value = to_expression(node, self._scope, free=self._free)
        except FreeblockError as error:
            error.span = error.span or node.span
            raise
        if VARIABLE in symbols(value):
            raise ArgumentError(f"`{VARIABLE}` is the variable of the function here, and a symbol in what stands for "
                                f"`{node.span.text}`", node.span, "write the whole function here, or rename the symbol")
        return Constant(value)

    def _compound(self, node: Node, depth: int) -> Tree:
        match node:
            case Chain("+", parts):
                return added([self.read(part, depth) for part in parts])
            case Product(parts):
                return multiplied([self.read(part, depth) for part in parts])
            case Negate(operand):
                return negated(self.read(operand, depth))
            case Reciprocal(operand):
                return self._inverse(operand, depth)
            case Power():
                return self._power(node, depth)
            case Call():
                return self._call(node, depth)
        raise LanguageError(f"a function of {VARIABLE} is expected here", node.span,
                            "write a formula, for example `x*tanh(x)`")

    def _inverse(self, operand: Node, depth: int) -> Tree:
        tree = self.read(operand, depth)
        if isinstance(tree, Constant) and tree.value.is_zero:
            raise DomainError("division by zero", operand.span)
        return raised(tree, -1)

    def _power(self, node: Power, depth: int) -> Tree:
        base, exponent = self.read(node.base, depth), self.read(node.exponent, depth)
        if isinstance(exponent, Constant):
            value = exponent.value.number()
            if value is not None:
                if not -EXPONENT <= value <= EXPONENT:
                    raise LimitError(f"an exponent in a function of {VARIABLE} is at most {EXPONENT}",
                                     node.exponent.span)
                return raised(base, value)
            if isinstance(base, Constant):
                return Constant(base.value**exponent.value)
        if isinstance(base, Constant):
            return Apply("exp", multiplied((_logarithm(base), exponent)))
        raise DomainError(f"a function of {VARIABLE} is raised to numbers only", node.exponent.span,
                          "write exp(b*log(a)) for a^b where a is positive")

    def _call(self, node: Call, depth: int) -> Tree:
        if not mentions_variable(node) and node.name in ARITY:
            return self._constant(node)
        _check_name(node)
        for argument in node.arguments:
            if argument.keyword is not None:
                raise ArgumentError(f"an argument of the function `{node.name}` has no keyword", argument.span)
        least, most = (2, 8) if node.name in ("max", "min") else (1, 1)
        if not least <= len(node.arguments) <= most:
            wanted = "2 to 8 arguments" if most > 1 else "1 argument"
            raise ArgumentError(f"`{node.name}` takes {wanted}, not {len(node.arguments)}", node.span)
        parts = [self.read(argument.value, depth) for argument in node.arguments]
        if node.name == "sign" and not self._jumps:
            raise DomainError("`sign` jumps, so that its derivative is no function", node.span,
                              "state the derivative itself, in a library (`derivative: …`), or a smooth function")
        return _applied(node.name, parts)


def _check_name(node: Call) -> None:
    if node.name in FUNCTIONS:
        return
    if node.name in _STEPS:
        raise DomainError(f"`{node.name}` jumps, so that its derivative is no function", node.name_span,
                          "state the derivative itself, in a library (`derivative: …`), or a smooth function")
    hints = {"relu": "write `max(x, 0)`", "softplus": "write `log(1 + exp(x))`", "sech": "write `1/cosh(x)`",
             "gelu": "write `x*Phi(x)`", "silu": "write `x*sigmoid(x)`", "atan": "write `arctan(x)`"}
    close = did_you_mean(node.name, FUNCTIONS)
    raise UnknownNameError(
        f"there is no function `{node.name}` of {VARIABLE}", node.name_span,
        hints.get(node.name) or (f"did you mean `{close}`?" if close else f"the functions are {', '.join(FUNCTIONS)}"))


def _logarithm(base: Constant) -> Tree:
    if base.value == symbol("e"):
        return UNIT
    value = base.value.number()
    if value is not None and value <= 0:
        raise ValueError(f"a number that is not positive has no power with {VARIABLE} in the exponent")
    return Constant(apply("log", [base.value]))


def _applied(name: str, parts: list[Tree]) -> Tree:
    if name in ("max", "min"):
        result = parts[0]
        for part in parts[1:]:
            switch = added((result, negated(part)))
            result = Choice(switch, result, part) if name == "max" else Choice(switch, part, result)
        return result
    (inner,) = parts
    if name == "abs":
        return Choice(inner, inner, negated(inner))
    if name == "sign":
        return Choice(inner, UNIT, constant(-1))
    return raised(inner, Fraction(1, 2)) if name == "sqrt" else Apply(name, inner)
