"""A formula from its parts: what it is made of, its value from theirs, and the limits of that."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from freeblock.errors import (
    ArgumentError,
    DomainError,
    FreeblockError,
    LanguageError,
    LimitError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.functions import ARITY, apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import total
from freeblock.formula.traversal import symbols
from freeblock.language.nodes import (
    Call,
    Chain,
    Negate,
    Node,
    Power,
    Product,
    Reciprocal,
)

EXPONENT_DIGITS = 300  # an exponent that is a number stays below 10 to this power
DENOMINATOR_BITS = 4_000  # of the common denominator of a sum, at most


def combined(node: Node, values: list[Expression]) -> Expression:
    """The value of a formula from the values of its parts. Raises DomainError and LimitError."""
    try:
        return _combine(node, values)
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error) or "the formula has no real value", node.span,
                          "symbols stand for positive numbers; give this part a value for which it is real") from error


def parts_of_formula(node: Node) -> list[Node]:
    """The formulas a formula is made of. Raises LanguageError for a block, and for a bad call."""
    match node:
        case Chain("+", parts):
            return list(parts)
        case Product(parts):
            return [part.operand if isinstance(part, Reciprocal) else part for part in parts]
        case Negate(operand) | Reciprocal(operand):
            return [operand]
        case Power(base, exponent):
            return [base, exponent]
        case Call():
            _check_call(node)
            return [argument.value for argument in node.arguments]
        case _:
            raise LanguageError("a block stands where a formula is expected", node.span)


def _check_call(node: Call) -> None:
    if node.name not in ARITY:
        close = did_you_mean(node.name, ARITY)
        raise UnknownNameError(
            f"there is no function `{node.name}`",
            node.name_span,
            f"did you mean `{close}`?" if close else f"the functions are {', '.join(sorted(ARITY))}",
        )
    for argument in node.arguments:
        if argument.keyword is not None:
            raise ArgumentError(f"an argument of the function `{node.name}` has no keyword", argument.span)
    least, most = ARITY[node.name]
    if not least <= len(node.arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ArgumentError(
            f"`{node.name}` takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(node.arguments)}",
            node.span,
            f"write `{node.name}({', '.join('xyz'[:max(least, 1)])})`",
        )


def _combine(node: Node, values: list[Expression]) -> Expression:
    match node:
        case Chain():
            _check_denominators(node, values)
            return total(values)
        case Product(parts):
            exponents = [-1 if isinstance(part, Reciprocal) else 1 for part in parts]
            for part, value, exponent in zip(parts, values, exponents, strict=True):
                if exponent < 0 and value.is_zero:
                    raise _division_by_zero(part)
            return product(zip(values, exponents, strict=True))
        case Reciprocal():
            if values[0].is_zero:
                raise _division_by_zero(node)
            return product(((values[0], -1),))
        case Negate():
            return -values[0]
        case Power(_, exponent):
            _check_exponent(values[1], exponent)
            if values[0].is_zero and (values[1].number() or 0) < 0:
                raise _division_by_zero(node)
            return power(values[0], values[1])
        case Call(name):
            if name == "exp":
                _check_exponent(values[0], node)
            return apply(name, values)
    raise AssertionError(type(node).__name__)  # `parts_of_formula` lets no other node through


def _division_by_zero(node: Node) -> FreeblockError:
    return DomainError("division by zero", node.span, "divide by a number that is not 0, or by a symbol")


def _check_denominators(node: Node, values: list[Expression]) -> None:
    """Refuse a sum whose exact value would have a denominator of thousands of digits."""
    denominators = {
        coefficient.denominator
        for value in values
        for coefficient in value.terms.values()
        if isinstance(coefficient, Fraction)
    }
    common = 1
    for denominator in denominators:
        common = lcm(common, denominator)
        if common.bit_length() > DENOMINATOR_BITS:
            raise LimitError("the common denominator of this sum is too long", node.span)


def _check_exponent(exponent: Expression, node: Node) -> None:
    """Refuse an exponent that is a number beyond all use; symbols in it may stand for anything."""
    value = exponent.number()
    if value is not None:
        large = abs(value) >= 10**EXPONENT_DIGITS
    elif symbols(exponent):
        return
    else:
        try:
            digits = evaluate(exponent, {}).log10()
        except ValueError:
            large = True
        else:
            large = digits is not None and digits >= EXPONENT_DIGITS
    if large:
        raise LimitError(f"an exponent is at least 10^{EXPONENT_DIGITS}", node.span, "write a symbol in its place")
