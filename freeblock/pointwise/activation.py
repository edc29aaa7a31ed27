"""An activation given by its formula in x, or by its name; x is any real number, other names are positive.

The formula is kept as a list of operations, each on the results of earlier ones, and not as an `Expression`: there
every symbol is positive, and max(0, x) would be x.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from freeblock.errors import ArgumentError, DomainError, LanguageError, LimitError, UnknownNameError, did_you_mean
from freeblock.formula.expression import CONSTANTS, Expression
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Call, Chain, Name, Negate, Node, Number, Power, Product, Reciprocal, Relation
from freeblock.language.parser import parse_formula
from freeblock.source import Source, Span

VARIABLE = "x"
LONGEST = 2_000
"""Operations of a formula, at most."""

FUNCTIONS = {"exp": 1, "log": 1, "sqrt": 1, "sin": 1, "cos": 1, "sinh": 1, "cosh": 1, "tanh": 1, "atan": 1, "erf": 1,
             "Phi": 1, "abs": 1, "min": 2, "max": 2}
"""Name → the least number of arguments; min and max take more. Each is continuous where it is real."""

_ONLY_HERE = frozenset({"sin", "cos", "sinh", "cosh", "atan"})
"""Functions whose values the language of formulas does not know; a constant of theirs is worked out in numbers."""

NAMED = {
    "linear": "x", "relu": "max(0, x)", "leaky_relu": "max(x, x/100)", "tanh": "tanh(x)", "sin": "sin(x)",
    "erf": "erf(x)", "hardtanh": "max(-1, min(1, x))", "sigmoid": "1/(1 + exp(-x))", "gelu": "x*Phi(x)",
    "silu": "x/(1 + exp(-x))", "softplus": "log(1 + exp(x))", "elu": "max(0, x) + exp(min(0, x)) - 1",
    "selu": "1.0507009873554805*(max(0, x) + 1.6732632423543772*(exp(min(0, x)) - 1))",
}
"""Activations that may be called by their name."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step: what is done to the results of the steps `arguments`; a constant carries its value."""

    name: str
    arguments: tuple[int, ...]
    span: Span
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of one real variable; the last operation is its value."""

    text: str
    operations: tuple[Operation, ...]
    symbols: frozenset[str]
    span: Span

    @property
    def branches(self) -> bool:
        """Whether max, min or abs occur in it."""
        return any(operation.name in ("max", "min", "abs") for operation in self.operations)

    def degree(self) -> Fraction | None:
        """h where f(c·x) = c^h·f(x) for every c > 0 is plain from the formula, else None."""
        degrees: list[Fraction | None] = []
        for operation in self.operations:
            degrees.append(_degree(operation, degrees, self.operations))
        return degrees[-1]


def read_activation(text: str, values: Mapping[str, Expression]) -> Activation:
    """The activation a name or a formula in x stands for, with values put in for names.

    Raises LanguageError, UnknownNameError, ArgumentError, DomainError and LimitError.
    """
    written = NAMED.get(text.strip(), text)
    source = Source("activation", written)
    if written.strip().isidentifier() and written.strip() != VARIABLE:
        close = did_you_mean(written.strip(), NAMED)
        raise UnknownNameError(f"no activation is called `{written.strip()}`", Span(source, 0, len(written)),
                               f"did you mean `{close}`?" if close else
                               f"write a formula in x, or one of {', '.join(NAMED)}")
    node = parse_formula(source)
    if isinstance(node, Relation):
        raise LanguageError("a relation is no activation", node.span, "write a formula in x, e.g. `x + x^3/6`")
    reader = _Reader(values)
    reader.read(node)
    if not reader.varies[-1]:
        raise DomainError("the activation does not depend on x", node.span, "write a formula in x, e.g. `max(0, x)`")
    return Activation(text.strip(), tuple(reader.operations), frozenset(reader.symbols), node.span)


class _Reader:
    """Walks a formula, children first and without recursion, and writes its operations."""

    def __init__(self, values: Mapping[str, Expression]) -> None:
        self._values = values
        self.operations: list[Operation] = []
        self.varies: list[bool] = []
        self.symbols: set[str] = set()

    def read(self, node: Node) -> None:
        """Append the operations of a formula."""
        waiting: list[tuple[Node, int]] = [(node, -1)]
        results: list[int] = []
        while waiting:
            part, size = waiting.pop()
            if size < 0:
                children = _parts(part)
                waiting.append((part, len(children)))
                waiting += [(child, -1) for child in reversed(children)]
                continue
            arguments = tuple(results[len(results) - size:])
            del results[len(results) - size:]
            results.append(self._append(part, arguments))

    def _append(self, node: Node, arguments: tuple[int, ...]) -> int:
        if len(self.operations) >= LONGEST:
            raise LimitError(f"the formula has more than {LONGEST} operations", node.span)
        name, value = _operation(node), None
        if name not in _ONLY_HERE and all(self.operations[place].value is not None for place in arguments):
            if name != "variable":
                name, value, arguments = "constant", self._constant(node), ()
        self.operations.append(Operation(name, arguments, node.span, value))
        self.varies.append(name == "variable" or any(self.varies[place] for place in arguments))
        if name == "power" and self.varies[arguments[1]]:
            raise DomainError("x stands in an exponent", node.span, "write exp(…) instead")
        return len(self.operations) - 1

    def _constant(self, node: Node) -> Expression:
        """The value of a part without x."""
        if isinstance(node, Name) and node.name not in CONSTANTS and node.name not in self._values:
            self.symbols.add(node.name)
        return to_expression(node, self._values, free=True)


def _parts(node: Node) -> list[Node]:
    match node:
        case Chain("+", parts) | Product(parts):
            return list(parts)
        case Negate(operand) | Reciprocal(operand):
            return [operand]
        case Power(base, exponent):
            return [base, exponent]
        case Call():
            _check_call(node)
            return [argument.value for argument in node.arguments]
        case Number() | Name():
            return []
    raise LanguageError("a block stands where a formula in x is expected", node.span)


def _operation(node: Node) -> str:
    match node:
        case Chain():
            return "sum"
        case Product():
            return "product"
        case Negate():
            return "negate"
        case Reciprocal():
            return "reciprocal"
        case Power():
            return "power"
        case Call(name):
            return name
    return "variable" if isinstance(node, Name) and node.name == VARIABLE else "constant"


def _check_call(node: Call) -> None:
    known: Collection[str] = FUNCTIONS
    if node.name not in known:
        close = did_you_mean(node.name, known)
        raise UnknownNameError(f"there is no function `{node.name}` for an activation", node.name_span,
                               f"did you mean `{close}`?" if close else f"the functions are {', '.join(known)}")
    for argument in node.arguments:
        if argument.keyword is not None:
            raise ArgumentError(f"an argument of the function `{node.name}` has no keyword", argument.span)
    least = FUNCTIONS[node.name]
    if len(node.arguments) < least or (least == 1 and len(node.arguments) > 1):
        raise ArgumentError(f"`{node.name}` takes {least}{' or more' if least > 1 else ''} "
                            f"argument{'s' if least > 1 else ''}, not {len(node.arguments)}", node.span)


def _degree(
    operation: Operation, degrees: list[Fraction | None], steps: tuple[Operation, ...]
) -> Fraction | None:
    """The degree of one operation from those of its arguments; 0 has every degree."""
    if operation.name == "constant":
        return Fraction(0)
    if operation.name == "variable":
        return Fraction(1)
    found = [degrees[place] for place in operation.arguments]
    if operation.name == "power":
        exponent = steps[operation.arguments[1]].value
        value = None if exponent is None else exponent.number()
        return None if found[0] is None or value is None else found[0] * value
    kept = [each for each, place in zip(found, operation.arguments, strict=True) if not _is_zero(steps[place])]
    if None in kept:
        return None
    known = [each for each in kept if each is not None]
    if operation.name == "product":
        return sum(known, Fraction(0)) if len(kept) == len(found) else Fraction(0)
    if operation.name == "reciprocal":
        return -known[0]
    if operation.name in ("sum", "negate", "abs", "max", "min"):
        return known[0] if len(set(known)) == 1 else None
    return Fraction(0) if known == [0] else None


def _is_zero(operation: Operation) -> bool:
    return operation.value is not None and operation.value.is_zero
