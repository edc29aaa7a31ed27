"""A tree as text that parses to an equal tree."""

from __future__ import annotations

from fractions import Fraction

from freeblock.language.nodes import (
    Argument,
    Assume,
    Call,
    Chain,
    Definition,
    ExpressionStatement,
    Indexed,
    Input,
    Let,
    Name,
    Negate,
    Node,
    Number,
    Power,
    Product,
    Program,
    Reciprocal,
    Relation,
    Statement,
)
from freeblock.language.numbers import print_number
from freeblock.language.walk import Pass, run

# How tightly a form binds; a part is put in parentheses where its place asks for more.
_CHAIN, _TERM, _PRODUCT, _POWER, _ATOM = range(5)
_TIGHTNESS = {
    Chain: _CHAIN,
    Negate: _TERM,
    Product: _PRODUCT,
    Reciprocal: _PRODUCT,
    Power: _POWER,
    Number: _ATOM,
    Name: _ATOM,
    Call: _ATOM,
    Indexed: _ATOM,
}


def print_node(node: Node | Relation | Argument) -> str:
    """The text of an expression, a relation or an argument."""
    pieces: list[str] = []
    run(_print(node, _CHAIN, pieces))
    return "".join(pieces)


def print_program(program: Program) -> str:
    """The text of a program, a statement a line."""
    pieces: list[str] = []
    for statement in program.statements:
        run(_print_statement(statement, pieces))
        pieces.append("\n")
    return "".join(pieces)


def _print(node: Node | Relation | Argument, least: int, out: list[str]) -> Pass[None]:
    """Append the text of a node, in parentheses unless it binds at least as tightly as asked."""
    match node:
        case Name(name):
            out.append(name)
        case Number(value):
            bare = least < _PRODUCT or not isinstance(value, Fraction) or "/" not in print_number(value)
            out.append(print_number(value) if bare else f"({print_number(value)})")
        case Call(name, arguments):
            out.append(f"{name}(")
            yield _print_row(arguments, out)
            out.append(")")
        case Argument(keyword, value):
            if keyword is not None:
                out.append(f"{keyword}=")
            yield _print(value, _CHAIN, out)
        case Relation(parts, operators):
            yield _print(parts[0], _CHAIN, out)
            for operator, part in zip(operators, parts[1:], strict=True):
                out.append(f" {operator} ")
                yield _print(part, _CHAIN, out)
        case _:
            bracketed = _TIGHTNESS[type(node)] < least
            out.append("(" if bracketed else "")
            yield _print_compound(node, out)
            out.append(")" if bracketed else "")


def _print_compound(node: Node, out: list[str]) -> Pass[None]:
    """Append the text of a form that has parts."""
    match node:
        case Chain():
            yield _print_chain(node, out)
        case Product(parts):
            for place, part in enumerate(parts):
                if place and not isinstance(part, Reciprocal):
                    out.append("*")
                if place and isinstance(part, Reciprocal):
                    out.append("/")
                    part = part.operand
                yield _print(part, _POWER, out)
        case Negate(operand):
            out.append("-")
            yield _print(operand, _PRODUCT, out)
        case Reciprocal(operand):
            out.append("1/")
            yield _print(operand, _POWER, out)
        case Power(base, exponent):
            yield _print(base, _ATOM, out)
            out.append("^")
            # A call or an indexed form is an atom, but as an exponent the grammar wants it in parentheses.
            plain = isinstance(exponent, Name | Number)
            out.append("" if plain else "(")
            yield _print(exponent, _ATOM if plain else _CHAIN, out)
            out.append("" if plain else ")")
        case Indexed(kind, index, lower, upper, body):
            out.append(f"{kind}[{index}=")
            yield _print(lower, _CHAIN, out)
            out.append("..")
            yield _print(upper, _CHAIN, out)
            out.append("](")
            yield _print(body, _CHAIN, out)
            out.append(")")


def _print_chain(chain: Chain, out: list[str]) -> Pass[None]:
    yield _print(chain.parts[0], _TERM, out)
    for part in chain.parts[1:]:
        if chain.operator == "+" and isinstance(part, Negate):
            out.append(" - ")
            yield _print(part.operand, _PRODUCT, out)
        else:
            out.append(f" {chain.operator} ")
            yield _print(part, _TERM, out)


def _print_row(nodes: tuple[Node, ...] | tuple[Argument, ...], out: list[str]) -> Pass[None]:
    for place, node in enumerate(nodes):
        if place:
            out.append(", ")
        yield _print(node, _CHAIN, out)


def _print_statement(statement: Statement, out: list[str]) -> Pass[None]:
    match statement:
        case Input((single,)):
            out.append("input ")
            yield _print(single, _CHAIN, out)
        case Input(shape):
            out.append("input (")
            yield _print_row(shape, out)
            out.append(")")
        case Assume(relation):
            out.append("assume ")
            yield _print(relation, _CHAIN, out)
        case Let(name, body):
            out.append(f"let {name} = ")
            yield _print(body, _CHAIN, out)
        case Definition(name, parameters, body):
            out.append(f"{name}({', '.join(parameters)}) = " if parameters else f"{name} = ")
            yield _print(body, _CHAIN, out)
        case ExpressionStatement(body):
            yield _print(body, _CHAIN, out)
