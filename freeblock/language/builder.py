"""The actions of the grammar: from the parts of a rule to a node.

An action is named as in `grammar/freeblock.lark` and takes the values of the parts; the value of a token is
its place among the tokens.
"""

from __future__ import annotations

from collections.abc import Callable
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

Series: TypeAlias = tuple[list[Node], list[int]]  # nodes, and the tokens of the operators between them

_CHAIN_OPERATOR: dict[str, ChainOperator] = {">>": ">>", "|": "|", "+": "+", "-": "+"}


class Builder:
    """Builds the nodes of one text."""

    __slots__ = ("source", "words", "starts", "ends", "names", "values")

    def __init__(self, tokens: Tokens) -> None:
        self.source = tokens.source
        self.words = tokens.words
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.names = tokens.names
        self.values: dict[str, int | Fraction] = {}

    def action(self, name: str | None) -> Callable[..., Any] | None:
        """The method that a rule of the grammar names, None for a rule that names none."""
        if name is None:
            return None
        method: Callable[..., Any] = getattr(self, name)
        return method

    def program(self, statements: list[Statement]) -> Program:
        return Program(tuple(statements), self.source)

    def empty_program(self) -> Program:
        return Program((), self.source)

    def first(self, item: Any) -> list[Any]:
        return [item]

    def another(self, items: list[Any], _: int, item: Any) -> list[Any]:
        items.append(item)
        return items

    another_argument = another

    def input_width(self, word: int, width: Node) -> Statement:
        return Input((width,), Span(self.source, self.starts[word], width.span.end))

    def input_shape(
        self, word: int, _: int, channels: Node, __: int, others: list[Argument], close: int
    ) -> Statement:
        for other in others:
            if other.keyword is not None:
                raise LanguageError("a size of the input has no keyword", other.span)
        shape = (channels, *(other.value for other in others))
        return Input(shape, self._span(word, close))

    def assumption(self, word: int, relation: Relation) -> Statement:
        return Assume(relation, Span(self.source, self.starts[word], relation.span.end))

    def let(self, word: int, name: int, _: int, body: Node) -> Statement:
        span = Span(self.source, self.starts[word], body.span.end)
        return Let(self._name(name), body, span, self._span(name, name))

    def definition(self, head: Node, _: int, body: Node) -> Statement:
        span = head.span.to(body.span)
        if self.source.text[head.span.start] != "(":
            if isinstance(head, Name):
                return Definition(head.name, (), body, span, head.span)
            if isinstance(head, Call):
                return Definition(head.name, self._parameters(head), body, span, head.name_span)
        raise LanguageError(
            "only a name, or a name with parameters, can be defined",
            head.span,
            "write `name = block` or `name(a, b) = block`",
        )

    def expression(self, body: Node) -> Statement:
        return ExpressionStatement(body, body.span)

    def compare(self, left: Node, operator: int, right: Node) -> Series:
        return [left, right], [operator]

    def compare_more(self, series: Series, operator: int, node: Node) -> Series:
        nodes, operators = series
        nodes.append(node)
        operators.append(operator)
        return series

    link, link_more, scale, scale_more = compare, compare_more, compare, compare_more

    def relation(self, series: Series) -> Relation:
        nodes, operators = series
        written = tuple(self.words[operator] for operator in operators)
        return Relation(tuple(nodes), written, nodes[0].span.to(nodes[-1].span))

    def chain(self, series: Series) -> Node:
        nodes, operators = series
        written = [self.words[operator] for operator in operators]
        joined = {_CHAIN_OPERATOR[text] for text in written}
        if len(joined) > 1:
            raise mixed_chain(nodes, [self._span(operator, operator) for operator in operators])
        for number, text in enumerate(written):
            if text == "-":
                nodes[number + 1] = self.negate(operators[number], nodes[number + 1])
        return Chain(joined.pop(), tuple(nodes), nodes[0].span.to(nodes[-1].span))

    def negate(self, sign: int, operand: Node) -> Node:
        return Negate(operand, Span(self.source, self.starts[sign], operand.span.end))

    def product(self, series: Series) -> Node:
        nodes, operators = series
        for number, operator in enumerate(operators, 1):
            if self.words[operator] == "/":
                node = nodes[number]
                nodes[number] = Reciprocal(node, Span(self.source, self.starts[operator], node.span.end))
        return Product(tuple(nodes), nodes[0].span.to(nodes[-1].span))

    def power(self, base: Node, _: int, exponent: Node) -> Node:
        return Power(base, exponent, base.span.to(exponent.span))

    def group(self, opening: int, node: Node, closing: int) -> Node:
        # Nobody has seen the node yet, so it need not be copied.
        object.__setattr__(node, "span", self._span(opening, closing))
        return node

    def number(self, place: int) -> Node:
        span = self._span(place, place)
        text = self.words[place]
        value = self.values.get(text)
        if value is None:
            value = read_number(text)
            if value is None:
                raise LimitError(
                    f"a number has at most {DIGITS} digits and a power of ten within {EXPONENT}", span
                )
            self.values[text] = value
        return Number(value, span)

    def name(self, place: int) -> Node:
        return Name(self._name(place), self._span(place, place))

    def bare_call(self, name: int, _: int, closing: int) -> Node:
        return Call(self._name(name), (), self._span(name, closing), self._span(name, name))

    def call(self, name: int, _: int, arguments: list[Argument], closing: int) -> Node:
        return Call(self._name(name), tuple(arguments), self._span(name, closing), self._span(name, name))

    def positional(self, value: Node) -> Argument:
        return Argument(None, value, value.span)

    def keyword(self, name: int, _: int, value: Node) -> Argument:
        return Argument(self._name(name), value, Span(self.source, self.starts[name], value.span.end))

    def indexed(
        self, kind: int, _: int, index: int, __: int, lower: Node, ___: int, upper: Node, ____: int, _____: int,
        body: Node, closing: int,
    ) -> Node:
        return Indexed(
            self.words[kind],  # type: ignore[arg-type]
            self._name(index),
            lower,
            upper,
            body,
            self._span(kind, closing),
            self._span(index, index),
        )

    def _span(self, first: int, last: int) -> Span:
        return Span(self.source, self.starts[first], self.ends[last])

    def _name(self, place: int) -> str:
        return self.names[self.words[place]]

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
