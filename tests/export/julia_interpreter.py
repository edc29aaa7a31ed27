"""Executes exported Julia: tree-sitter's grammar reads the text, and each node is evaluated as Julia would.

It knows no more of the language than these files use, and refuses the rest: functions of several methods chosen by
the types of their arguments, one struct, loops, conditions. Integers stay within 64 bits, as in Julia.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tree_sitter_julia
from tree_sitter import Language, Node, Parser

BOUNDS = 2**63


class JuliaError(Exception):
    """What `throw` throws."""


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass
class Struct:
    fields: dict[str, Any]


@dataclass
class Method:
    names: list[str]
    types: list[str | None]
    keywords: list[str]
    splat: bool
    body: list[Node]


def _integer(value: int) -> int:
    assert -BOUNDS <= value < BOUNDS, "an integer overflows"
    return value


def _real(operation: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        assert all(isinstance(value, (int, float)) for value in values), f"no method for {values}"
        return operation(*values)
    return apply


def _power(base: float, exponent: float) -> float:
    assert isinstance(base, float) or isinstance(exponent, float), "powers of integers overflow"
    return float(base) ** exponent


def _divide(first: float, second: float) -> float:
    if second == 0:
        return math.nan if first == 0 else math.copysign(math.inf, first)
    return first / second


def _remainder(first: float, second: float) -> float:
    return math.fmod(first, second)


def _ldexp(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.copysign(math.inf, value)


def _throw(error: Any) -> None:
    raise JuliaError(error)


def _exact(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(first: Any, second: Any) -> Any:
        value = operation(first, second)
        return _integer(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return _real(apply)


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": _exact(lambda a, b: a + b), "-": _exact(lambda a, b: a - b), "*": _exact(lambda a, b: a * b), "/": _real(_divide),
    "^": _real(_power), "%": _real(_remainder), "<": _real(lambda a, b: a < b), ">": _real(lambda a, b: a > b),
    "<=": _real(lambda a, b: a <= b), ">=": _real(lambda a, b: a >= b), "==": _real(lambda a, b: a == b),
    "!=": _real(lambda a, b: a != b),
}
BASE: dict[str, Any] = {
    "frexp": lambda x: (math.frexp(x)[0], math.frexp(x)[1]), "ldexp": _ldexp, "Float64": _real(float),
    "Int": lambda x: _integer(int(x)), "clamp": lambda x, low, high: min(max(x, low), high), "floor": lambda x: float(math.floor(x)),
    "round": lambda x: float(round(x)), "abs": _real(abs), "log": _real(math.log), "log2": _real(math.log2),
    "log10": _real(math.log10), "exp": _real(math.exp), "exp2": _real(lambda x: 2.0**x), "sqrt": _real(math.sqrt),
    "tanh": _real(math.tanh), "asin": _real(math.asin), "cosh": _real(math.cosh), "min": _real(min), "throw": _throw, "string": lambda *parts: "".join(map(str, parts)),
    "DomainError": lambda *parts: ("DomainError", *parts), "DivideError": lambda: ("DivideError",), "Inf": math.inf, "pi": math.pi,
    "!": lambda x: not x,
}


class Julia:
    """A file that was read; `call` runs one of its functions with keyword arguments."""

    def __init__(self, text: str) -> None:
        tree = Parser(Language(tree_sitter_julia.language())).parse(text.encode())
        assert not tree.root_node.has_error, "the text is not Julia"
        self.methods: dict[str, list[Method]] = {}
        self.structs: dict[str, list[str]] = {}
        for node in tree.root_node.named_children:
            self._define(node)

    def call(self, name: str, /, **values: float) -> float:
        (method,) = self.methods[name]
        assert sorted(method.keywords) == sorted(values)
        return float(self._run(method, dict(values)))

    def _define(self, node: Node) -> None:
        if node.type == "line_comment":
            return
        if node.type == "struct_definition":
            head, *fields = node.named_children
            self.structs[_text(head)] = [_text(field.named_children[0]) for field in fields]
            return
        if node.type == "function_definition":
            signature, *body = node.named_children
            head = signature.named_children[0]
        else:
            assert node.type == "assignment", node.type
            head, _, value = node.named_children
            body = [value]
        target, arguments = head.named_children
        name = _text(target).removeprefix("Base.").removeprefix(":")
        self.methods.setdefault(name, []).append(_method(arguments, body))

    def _run(self, method: Method, scope: dict[str, Any]) -> Any:
        try:
            result = None
            for node in method.body:
                result = self._statement(node, scope)
        except _Return as done:
            return done.value
        return result

    def _apply(self, name: str, values: list[Any]) -> Any:
        fitting = [method for method in self.methods.get(name, []) if _fits(method, values)]
        if fitting:
            # The method whose types say most is the one that is meant.
            method = max(fitting, key=lambda found: sum(kind not in {None, "Real"} for kind in found.types))
            scope = {method.names[0]: tuple(values)} if method.splat else dict(zip(method.names, values, strict=True))
            return self._run(method, scope)
        if name in self.structs:
            assert all(isinstance(value, float) or (value == int(value)) for value in values)
            return Struct(dict(zip(self.structs[name], map(float, values), strict=True)))
        known = OPERATORS.get(name) or BASE[name]
        if name == "-" and len(values) == 1:
            return OPERATORS["-"](0 if isinstance(values[0], int) else -0.0, values[0])
        return known(*values)

    def _statement(self, node: Node, scope: dict[str, Any]) -> Any:
        if node.type == "assignment":
            target, _, value = node.named_children
            result = self._value(value, scope)
            if target.type == "open_tuple":
                scope.update(zip([_text(name) for name in target.named_children], result, strict=True))
            else:
                assert target.type == "identifier"
                scope[_text(target)] = result
            return result
        if node.type == "return_statement":
            raise _Return(self._value(node.named_children[0], scope))
        if node.type == "if_statement":
            condition, *body = node.named_children
            if self._value(condition, scope):
                for inner in body:
                    self._statement(inner, scope)
            return None
        if node.type in {"for_statement", "while_statement"}:
            return self._loop(node, scope)
        return None if node.type == "line_comment" else self._value(node, scope)

    def _loop(self, node: Node, scope: dict[str, Any]) -> None:
        head, *body = node.named_children
        if node.type == "while_statement":
            while self._value(head, scope):
                for inner in body:
                    self._statement(inner, scope)
            return
        name, _, values = head.named_children
        outside = scope.get(_text(name))
        for value in self._value(values, scope):
            scope[_text(name)] = value
            for inner in body:
                self._statement(inner, scope)
        if outside is not None:
            scope[_text(name)] = outside

    def _value(self, node: Node, scope: dict[str, Any]) -> Any:
        return getattr(self, f"_{node.type}")(node, scope)

    def _integer_literal(self, node: Node, scope: dict[str, Any]) -> int:
        return _integer(int(_text(node)))

    def _float_literal(self, node: Node, scope: dict[str, Any]) -> float:
        return float(_text(node))

    def _string_literal(self, node: Node, scope: dict[str, Any]) -> str:
        return _text(node)[1:-1]

    def _identifier(self, node: Node, scope: dict[str, Any]) -> Any:
        name = _text(node)
        return scope[name] if name in scope else BASE[name]

    def _parenthesized_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        return self._value(node.named_children[0], scope)

    def _field_expression(self, node: Node, scope: dict[str, Any]) -> float:
        value, field = node.named_children
        return float(self._value(value, scope).fields[_text(field)])

    def _unary_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        operator, operand = node.children
        return self._apply(_text(operator), [self._value(operand, scope)])

    def _binary_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        first, operator, second = node.children
        name = _text(operator)
        if name in {"||", "&&"}:
            left = self._value(first, scope)
            return left if left == (name == "||") else self._value(second, scope)
        if name in {"<", ">"} and first.type == "binary_expression" and _text(first.children[1]) in {"<", ">"}:
            # Comparisons are chained: 0 < x < 1.
            return self._value(first, scope) and self._apply(
                name, [self._value(first.children[2], scope), self._value(second, scope)])
        return self._apply(name, [self._value(first, scope), self._value(second, scope)])

    def _ternary_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        condition, first, second = node.named_children
        return self._value(first if self._value(condition, scope) else second, scope)

    def _range_expression(self, node: Node, scope: dict[str, Any]) -> list[float]:
        first, last = node.named_children
        # a:b:c is read as (a:b):c.
        inner = first.named_children if first.type == "range_expression" else [first]
        lower, step, upper = (*(self._value(part, scope) for part in inner), *([1] if len(inner) == 1 else []), self._value(last, scope))
        return [lower + place * step for place in range(int((upper - lower) / step) + 1)]

    def _vector_expression(self, node: Node, scope: dict[str, Any]) -> list[Any]:
        return [self._value(part, scope) for part in node.named_children]

    def _index_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        value, (place,) = self._value(node.named_children[0], scope), self._value(node.named_children[1], scope)
        return value[place - 1]

    def _call_expression(self, node: Node, scope: dict[str, Any]) -> Any:
        target, arguments = node.children
        return self._apply(_text(target), [self._value(part, scope) for part in arguments.named_children])


def _method(arguments: Node, body: list[Node]) -> Method:
    method = Method([], [], [], False, [node for node in body if node.type != "line_comment"])
    keywords = False
    for part in arguments.children:
        if part.type == ";":
            keywords = True
        if not part.is_named:
            continue
        if keywords:
            method.keywords.append(_text(part))
        elif part.type == "splat_expression":
            method.splat = True
            method.names.append(_text(part.named_children[0]))
        elif part.type == "typed_expression":
            name, kind = part.named_children
            method.names.append(_text(name))
            method.types.append(_text(kind))
        else:
            method.names.append(_text(part))
            method.types.append(None)
    return method


def _fits(method: Method, values: list[Any]) -> bool:
    if method.splat:
        return True
    return len(values) == len(method.types) and all(map(_is_a, values, method.types))


def _is_a(value: Any, kind: str | None) -> bool:
    if kind == "Real":
        return isinstance(value, (int, float))
    if kind == "Float64":
        return isinstance(value, float)
    return kind is None or isinstance(value, Struct)


def _text(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()
