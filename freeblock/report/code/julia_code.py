"""Results as Julia: one file that needs no package."""

from __future__ import annotations

from collections.abc import Iterable

from freeblock.calculus.derivation import Derivation
from freeblock.report.code.comments import line_comments
from freeblock.report.code.content import Content
from freeblock.report.code.identifiers import identifiers
from freeblock.report.code.operators import Dialect, Operators
from freeblock.report.code.straight_line import Assignment, Loop, straight_line
from freeblock.report.code.templates import chosen, defined

_KEYWORDS_WORDS = (
    "abstract baremodule begin break catch const continue do else elseif end export false finally for "
    "function global if import in isa let local macro module mutable nothing outer primitive public quote "
    "return struct true try type using where while NaN Inf im missing ans eval include pi e"
)
_KEYWORDS = frozenset(_KEYWORDS_WORDS.split())
_DIALECT = Dialect(
    to_the="^", times=" * ", over=" / ", wrap="number", whole="scaled({m!r}, {e}.0)",
    calls={"sqrt": "root", "exp": "exponential", "log": "logarithm", "erf": "error_function", "Phi": "normal",
           "gamma": "gamma_function", "floor": "rounded_down", "ceiling": "rounded_up", "abs": "absolute",
           "tanh": "hyperbolic_tangent", "arcsin": "arc_sine", "min": "least", "max": "greatest", "sum": "total",
           "product": "multiplied", "pi": "number(pi)", "e": "number(exp(1.0))"})


def julia_code(derivation: Derivation, expression: str) -> str:
    """Functions with keyword arguments: `phi(; …)` and its like for every result."""
    return _File(Content(derivation, expression)).text()


class _File:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._taken = _KEYWORDS | defined("julia").keys() | {f"{name}_number" for name in content.results}
        self._names = identifiers([*content.symbols, *content.constants], self._taken)

    def text(self) -> str:
        content = self._content
        functions = [self._function(name) for name in content.results]
        example = ", ".join(f"{self._names[name]}=..." for name in content.symbols)
        header = [*content.header("julia"), *content.symbol_lines(self._names), "",
                  f"Use: phi({example}); log_phi and log10_phi have a value where phi is Inf or 0.0.",
                  "Values that are not positive are refused with DomainError."]
        helpers = chosen("julia", "\n".join(functions))
        return "\n\n".join(["\n".join(line_comments(header, "#")), *helpers, *functions]) + "\n"

    def _function(self, name: str) -> str:
        content, names = self._content, self._names
        code = straight_line(content.results[name], names, lambda names: Operators(_DIALECT, names),
                             self._taken)
        arguments = ", ".join(names[symbol] for symbol in content.symbols)
        lines = [f"function {name}_number({arguments})"]
        for symbol in content.symbols:
            check = "whole" if symbol in content.whole else "positive"
            lines.append(f'    {names[symbol]} = {check}("{names[symbol]}", {names[symbol]})')
        lines += [f"    {names[constant]} = number({float(value)!r})" for constant, value in content.constants.items()]
        for statement in code.statements:
            lines += self._statement(statement, "    ")
        lines += [_indented(f"return number({code.result})", "    "), "end"]
        pieces = ["\n".join(lines)]
        public = [("", "value_of", content.meaning(name))]
        if name == "phi":
            public += [("log_", "natural_log", "The natural logarithm of phi."),
                       ("log10_", "log10_of", "The logarithm of phi to the base 10.")]
        for prefix, made, meaning in public:
            given = f"; {arguments}" if arguments else ""
            pieces.append("\n".join([*line_comments([meaning], "#"),
                                     f"{prefix}{name}({given}) = {made}({name}_number({arguments}))"]))
        return "\n\n".join(pieces)

    def _statement(self, statement: Assignment | Loop, indent: str) -> Iterable[str]:
        if isinstance(statement, Assignment):
            yield _indented(f"{statement.name} = {statement.text}", indent)
            return
        product = statement.kind == "product"
        yield f"{indent}{statement.name} = number({1 if product else 0})"
        yield _indented(f"for {statement.index} in nearest({statement.lower}):nearest({statement.upper})", indent)
        yield f"{indent}    {statement.index} = number({statement.index})"
        for inner in statement.body:
            yield from self._statement(inner, f"{indent}    ")
        sign = "*" if product else "+"
        yield _indented(f"{statement.name} = {statement.name} {sign} ({statement.text})", f"{indent}    ")
        yield f"{indent}end"


def _indented(text: str, indent: str) -> str:
    return indent + text.replace("\n", f"\n{indent}")
