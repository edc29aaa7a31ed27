"""The actions of the grammar: from the parts of a rule to a node.

An action is named as in `grammar/freeblock.lark` and takes the list of the parts' values; the value of a
token is its place among the tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from freeblock.errors import ArgumentError, LanguageError, LimitError
from freeblock.language.mistakes import mixed_chain
from freeblock.language.nodes import (
    Argument,
    Assume,
    Call,
    Chain,
    ChainOperator,
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
from freeblock.language.numbers import DIGITS, EXPONENT, read_number
from freeblock.language.scanner import Tokens
from freeblock.source import Span

Values: TypeAlias = list[Any]
Series: TypeAlias = tuple[list[Node], list[int]]  # nodes, and the tokens of the operators between them

_CHAIN_OPERATOR: dict[str, ChainOperator] = {">>": ">>", "|": "|", "+": "+", "-": "+"}


class Builder:
    """Builds the nodes of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.source = tokens.source
        self.text = tokens.source.text
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.values: dict[str, int | Fraction] = {}

    def action(self, name: str | None) -> Callable[[Values], Any] | None:
        """The method that a rule of the grammar names, None for a rule that names none."""
        if name is None:
            return None
        method: Callable[[Values], Any] = getattr(self, name)
        return method

    def program(self, parts: Values) -> Program:
        return Program(tuple(parts[0]), self.source)

    def empty_program(self, parts: Values) -> Program:
        return Program((), self.source)

    def first(self, parts: Values) -> Values:
        return parts

    def another(self, parts: Values) -> Values:
        items: Values
        items, _, item = parts
        items.append(item)
        return items

    another_argument = another

    def input_width(self, parts: Values) -> Statement:
        word, width = parts
        return Input((width,), Span(self.source, self.starts[word], width.span.end))

    def input_shape(self, parts: Values) -> Statement:
        word, _, channels, _, others, close = parts
        for other in others:
            if other.keyword is not None:
                raise LanguageError("a size of the input has no keyword", other.span)
        shape = (channels, *(other.value for other in others))
        return Input(shape, self.tokens.span(word, close))

    def assumption(self, parts: Values) -> Statement:
        word, relation = parts
        return Assume(relation, Span(self.source, self.starts[word], relation.span.end))

    def let(self, parts: Values) -> Statement:
        word, name, _, body = parts
        span = Span(self.source, self.starts[word], body.span.end)
        return Let(self._name(name), body, span, self.tokens.span(name))

    def definition(self, parts: Values) -> Statement:
        head, _, body = parts
        span = head.span.to(body.span)
        if self.text[head.span.start] != "(":
            if isinstance(head, Name):
                return Definition(head.name, (), body, span, head.span)
            if isinstance(head, Call):
                return Definition(head.name, self._parameters(head), body, span, head.name_span)
        raise LanguageError(
            "only a name, or a name with parameters, can be defined",
            head.span,
            "write `name = block` or `name(a, b) = block`",
        )

    def expression(self, parts: Values) -> Statement:
        return ExpressionStatement(parts[0], parts[0].span)

    def compare(self, parts: Values) -> Series:
        left, operator, right = parts
        return [left, right], [operator]

    def compare_more(self, parts: Values) -> Series:
        series: Series
        series, operator, node = parts
        series[0].append(node)
        series[1].append(operator)
        return series

    link, link_more, scale, scale_more = compare, compare_more, compare, compare_more

    def relation(self, parts: Values) -> Relation:
        nodes, operators = parts[0]
        written = tuple(self.tokens.text(operator) for operator in operators)
        return Relation(tuple(nodes), written, nodes[0].span.to(nodes[-1].span))

    def chain(self, parts: Values) -> Node:
        nodes, operators = parts[0]
        written = [self.tokens.text(operator) for operator in operators]
        joined = {_CHAIN_OPERATOR[text] for text in written}
        if len(joined) > 1:
            raise mixed_chain(nodes, [self.tokens.span(operator) for operator in operators])
        for number, text in enumerate(written):
            if text == "-":
                node = nodes[number + 1]
                nodes[number + 1] = Negate(
                    node, Span(self.source, self.starts[operators[number]], node.span.end)
                )
        return Chain(joined.pop(), tuple(nodes), nodes[0].span.to(nodes[-1].span))

    def negate(self, parts: Values) -> Node:
        sign, operand = parts
        return Negate(operand, Span(self.source, self.starts[sign], operand.span.end))

    def product(self, parts: Values) -> Node:
        nodes, operators = parts[0]
        for number, operator in enumerate(operators, 1):
            if self.text[self.starts[operator]] == "/":
                node = nodes[number]
                nodes[number] = Reciprocal(node, Span(self.source, self.starts[operator], node.span.end))
        return Product(tuple(nodes), nodes[0].span.to(nodes[-1].span))

    def power(self, parts: Values) -> Node:
        base, _, exponent = parts
        return Power(base, exponent, base.span.to(exponent.span))

    def group(self, parts: Values) -> Node:
        opening, node, closing = parts
        widened: Node = replace(node, span=self.tokens.span(opening, closing))
        return widened

    def number(self, parts: Values) -> Node:
        span = self.tokens.span(parts[0])
        text = span.text
        value = self.values.get(text)
        if value is None:
            value = read_number(text)
            if value is None:
                raise LimitError(
                    f"a number has at most {DIGITS} digits and a power of ten within {EXPONENT}", span
                )
            self.values[text] = value
        return Number(value, span)

    def name(self, parts: Values) -> Node:
        return Name(self._name(parts[0]), self.tokens.span(parts[0]))

    def bare_call(self, parts: Values) -> Node:
        name, _, closing = parts
        return Call(self._name(name), (), self.tokens.span(name, closing), self.tokens.span(name))

    def call(self, parts: Values) -> Node:
        name, _, arguments, closing = parts
        span = self.tokens.span(name, closing)
        return Call(self._name(name), tuple(arguments), span, self.tokens.span(name))

    def positional(self, parts: Values) -> Argument:
        return Argument(None, parts[0], parts[0].span)

    def keyword(self, parts: Values) -> Argument:
        name, _, value = parts
        return Argument(self._name(name), value, Span(self.source, self.starts[name], value.span.end))

    def indexed(self, parts: Values) -> Node:
        kind, _, index, _, lower, _, upper, _, _, body, closing = parts
        return Indexed(
            self.text[self.starts[kind] : self.ends[kind]],  # type: ignore[arg-type]
            self._name(index),
            lower,
            upper,
            body,
            self.tokens.span(kind, closing),
            self.tokens.span(index),
        )

    def _name(self, place: int) -> str:
        return self.tokens.names[self.text[self.starts[place] : self.ends[place]]]

    def _parameters(self, head: Call) -> tuple[str, ...]:
        if not head.arguments:
            raise LanguageError(
                "the parentheses hold no parameter", head.span, f"write `{head.name_span.text} = …`"
            )
        names: dict[str, None] = {}
        for argument in head.arguments:
            value = argument.value
            if argument.keyword is not None or not isinstance(value, Name) or value.span.text[0] == "(":
                raise LanguageError(
                    "a parameter is a single name",
                    argument.span,
                    f"write `{head.name_span.text}(a, b) = …`; parameters of a recipe have no defaults",
                )
            if value.name in names:
                raise ArgumentError(f"the parameter `{value.name}` is named twice", argument.span)
            names[value.name] = None
        return tuple(names)
