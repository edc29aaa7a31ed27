"""Results as Python: one file that needs the standard library only, or numpy for arrays."""

from __future__ import annotations

from collections.abc import Iterable

from freeblock.calculus.derivation import Derivation
from freeblock.formula.functions import ARITY
from freeblock.formula.notations import python_name
from freeblock.report.code.comments import line_comments
from freeblock.report.code.content import Content
from freeblock.report.code.identifiers import identifiers
from freeblock.report.code.operators import Dialect, Operators
from freeblock.report.code.straight_line import Assignment, Code, Loop, straight_line
from freeblock.report.code.templates import chosen

DIALECT = Dialect(
    to_the="**", times="*", over="/", wrap="_Number", whole="_Number({value})",
    calls={name: f"_{name}" for name in (*ARITY, "pi", "e", "sum", "product")})
_NUMPY = Dialect(
    to_the="**", times="*", over="/", calls=DIALECT.calls, wrap="_Number", whole="_Number({m!r}, {e})")


def python_code(derivation: Derivation, expression: str) -> str:
    """A module with `phi`, `variance`, `kappa`, `phi_2` … and the logarithms of φ, for floats."""
    return _Module(Content(derivation, expression), arrays=False).text()


def numpy_code(derivation: Derivation, expression: str) -> str:
    """The same for arrays that are broadcast against one another."""
    return _Module(Content(derivation, expression), arrays=True).text()


class _Module:
    def __init__(self, content: Content, arrays: bool) -> None:
        self._content, self._arrays = content, arrays
        # All names of the module begin with an underscore, with which no symbol begins.
        self._names = identifiers([*content.symbols, *content.constants], (), spelled)

    def text(self) -> str:
        content = self._content
        target = "numpy" if self._arrays else "python"
        functions = [self._function(name) for name in content.results]
        arguments = [self._names[name] for name in content.symbols]
        example = ", ".join(f"{name}=..." for name in arguments)
        header = [*content.header(target), *content.symbol_lines(self._names), "",
                  f"Use: phi({example}); log_phi and log10_phi have a value where phi is inf or 0.0.",
                  "Values that are not positive are refused with ValueError."]
        imports = ["import math as _math", *(["", "import numpy as _np"] if self._arrays else [])]
        helpers = chosen(target, "\n".join(functions))
        pieces = ["\n".join([*line_comments(header, "#"), "", *imports]), *helpers, *functions]
        return "\n\n\n".join(pieces) + "\n"

    def _function(self, name: str) -> str:
        """The value as a number of our own, and what is made of it."""
        content, names = self._content, self._names
        code = straight_line(content.results[name], names, lambda names: Operators(self._dialect, names),
                             spelled=spelled)
        arguments = [names[symbol] for symbol in content.symbols]
        lines = [f"def _{name}_number({', '.join(arguments)}):"]
        for symbol in content.symbols:
            check = "whole" if symbol in content.whole else "positive"
            lines.append(f'    {names[symbol]} = _{check}("{names[symbol]}", {names[symbol]})')
        for constant, value in content.constants.items():
            lines.append(f"    {names[constant]} = _Number({float(value)!r})")
        lines += self._body(code)
        functions = ["\n".join(lines), self._public(name, name, "_float", content.meaning(name), arguments)]
        if name == "phi":
            functions += [self._public("log_phi", name, "_ln", "The natural logarithm of phi.", arguments),
                          self._public("log10_phi", name, "_log10", "The logarithm of phi to the base 10.", arguments)]
        return "\n\n\n".join(functions)

    @property
    def _dialect(self) -> Dialect:
        return _NUMPY if self._arrays else DIALECT

    def _public(self, name: str, value: str, made: str, meaning: str, arguments: list[str]) -> str:
        """All arguments have a name: their order would be that of the alphabet."""
        return "\n".join([f"def {name}({', '.join(['*', *arguments]) if arguments else ''}):", f'    """{meaning}"""',
                          f"    return {made}(_{value}_number({', '.join(arguments)}))"])

    def _body(self, code: Code) -> Iterable[str]:
        for statement in code.statements:
            yield from statement_lines(statement, "    ", self._arrays)
        yield indented(f"return {code.result}", "    ")


def statement_lines(statement: Assignment | Loop, indent: str, arrays: bool = False) -> Iterable[str]:
    """The lines of one statement; with arrays a step counts only where it lies within the bounds."""
    if isinstance(statement, Assignment):
        yield indented(f"{statement.name} = {statement.text}", indent)
        return
    product = statement.kind == "product"
    yield f"{indent}{statement.name} = _Number({1 if product else 0})"
    inside = f"_within_{statement.name}"
    counter = f"{statement.index}, {inside}" if arrays else statement.index
    yield indented(f"for {counter} in _steps({statement.lower}, {statement.upper}):", indent)
    for inner in statement.body:
        yield from statement_lines(inner, f"{indent}    ", arrays)
    sign = "*" if product else "+"
    text = f"_where({inside}, {statement.text}, {1 if product else 0})" if arrays else f"({statement.text})"
    yield indented(f"{statement.name} = {statement.name} {sign} {text}", f"{indent}    ")


def spelled(name: str) -> str:
    """The name of the JSON; the few letters that Python does not allow become code points."""
    text = python_name(name)
    if text.isidentifier():
        return text
    return "".join(letter if f"a{letter}".isidentifier() else f"u{ord(letter):04x}" for letter in text)


def indented(text: str, indent: str) -> str:
    return indent + text.replace("\n", f"\n{indent}")


