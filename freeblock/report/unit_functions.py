"""The function of a component as it is stated, in Python and in LaTeX. It is not simplified: x has either sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from freeblock.formula.notations import latex_brackets
from freeblock.language.nodes import Call, Chain, Name, Negate, Node, Number, Power, Product, Reciprocal
from freeblock.language.printer import print_node

_PYTHON = {"max": "Max", "min": "Min", "abs": "Abs", "arctan": "atan"}
_LATEX = {"exp": r"\exp", "log": r"\log", "max": r"\max", "min": r"\min", "tanh": r"\tanh", "sinh": r"\sinh",
          "cosh": r"\cosh", "sin": r"\sin", "cos": r"\cos", "arctan": r"\arctan", "Phi": r"\Phi",
          "sigmoid": r"\operatorname{sigmoid}", "erf": r"\operatorname{erf}", "sign": r"\operatorname{sign}"}
_SUM, _PRODUCT, _ATOM = range(3)


def python_function(node: Node, name_of: Callable[[str], str]) -> str:
    """A Python expression that sympy reads; `name_of` gives the identifier of a parameter."""
    return print_node(_in_python(node, name_of)).replace("^", "**")


def _in_python(node: Node, name_of: Callable[[str], str]) -> Node:
    match node:
        case Name(name):
            return replace(node, name=name_of(name))
        case Chain(_, parts) | Product(parts):
            return replace(node, parts=tuple(_in_python(part, name_of) for part in parts))
        case Negate(operand) | Reciprocal(operand):
            return replace(node, operand=_in_python(operand, name_of))
        case Power(base, exponent):
            return replace(node, base=_in_python(base, name_of), exponent=_in_python(exponent, name_of))
        case Call(name, arguments):
            inner = tuple(replace(argument, value=_in_python(argument.value, name_of)) for argument in arguments)
            call = replace(node, name=_PYTHON.get(name, name), arguments=inner)
            if name == "sigmoid":
                # 1/(1 + exp(-u)), with the argument of the call that is there
                minus = replace(inner[0], value=Negate(inner[0].value, node.span))
                exponential = replace(call, name="exp", arguments=(minus,))
                return Product((Number(1, node.span), Reciprocal(Chain("+", (Number(1, node.span), exponential),
                                                                       node.span), node.span)), node.span)
            if name == "Phi":
                root = replace(call, name="sqrt", arguments=(replace(inner[0], value=Number(2, node.span)),))
                scaled = Product((inner[0].value, Reciprocal(root, node.span)), node.span)
                error = replace(call, name="erf", arguments=(replace(inner[0], value=scaled),))
                total = Chain("+", (Number(1, node.span), error), node.span)
                return Product((Number(Fraction(1, 2), node.span), total), node.span)
            return call
    return node


def latex_function(node: Node, name_of: Callable[[str], tuple[str, bool]]) -> str:
    """LaTeX of a function; `name_of` gives the text of a name and whether it needs brackets in a product."""
    return _latex(node, name_of)[0]


def _latex(node: Node, name_of: Callable[[str], tuple[str, bool]]) -> tuple[str, int]:
    match node:
        case Number(value):
            return _latex_number(value)
        case Name(name):
            text, composed = name_of(name)
            return text, _SUM if composed else _ATOM
        case Chain(_, parts):
            return _latex_sum(parts, name_of), _SUM
        case Negate(operand):
            return f"-{_bracketed(_latex(operand, name_of), _PRODUCT)}", _SUM
        case Reciprocal(operand):
            return rf"\frac{{1}}{{{_latex(operand, name_of)[0]}}}", _PRODUCT
        case Product(parts):
            return _latex_product(parts, name_of), _PRODUCT
        case Power(base, exponent):
            below = _latex(base, name_of)
            shown = latex_brackets(below[0]) if below[1] < _ATOM or isinstance(base, (Call, Power)) else below[0]
            return f"{shown}^{{{_latex(exponent, name_of)[0]}}}", _ATOM
        case Call(name, arguments):
            inner = ", ".join(_latex(argument.value, name_of)[0] for argument in arguments)
            if name == "abs":
                return rf"\left|{inner}\right|", _ATOM
            if name == "sqrt":
                return rf"\sqrt{{{inner}}}", _ATOM
            return f"{_LATEX[name]}{latex_brackets(inner)}", _ATOM
    raise AssertionError(type(node).__name__)  # the reader of functions lets no other node through


def _latex_number(value: int | Fraction) -> tuple[str, int]:
    if isinstance(value, Fraction) and value.denominator > 1:
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", _PRODUCT
    return str(value), _ATOM if value >= 0 else _SUM


def _latex_sum(parts: tuple[Node, ...], name_of: Callable[[str], tuple[str, bool]]) -> str:
    pieces: list[str] = []
    for part in parts:
        text = _latex(part, name_of)[0]
        negative = isinstance(part, Negate)
        pieces.append(text if not pieces else f"- {text[1:]}" if negative else f"+ {text}")
    return " ".join(pieces)


def _latex_product(parts: tuple[Node, ...], name_of: Callable[[str], tuple[str, bool]]) -> str:
    above = [_latex(part, name_of) for part in parts if not isinstance(part, Reciprocal)]
    below = [_latex(part.operand, name_of) for part in parts if isinstance(part, Reciprocal)]
    pieces: list[str] = []
    for piece in above:
        text = _bracketed(piece, _PRODUCT) if len(above) > 1 else piece[0]
        pieces.append(rf"\cdot {text}" if pieces and text[0].isdigit() else text)
    if not below:
        return r" \, ".join(pieces)
    under = [_bracketed(piece, _PRODUCT) if len(below) > 1 else piece[0] for piece in below]
    over = r" \, ".join(pieces) if pieces else "1"
    return rf"\frac{{{over}}}{{{' '.join(under)}}}"


def _bracketed(piece: tuple[str, int], least: int) -> str:
    return piece[0] if piece[1] >= least else latex_brackets(piece[0])
