"""Results as C: one file for any compiler of C99 and its mathematical library."""

from __future__ import annotations

import re
from collections.abc import Iterable

from freeblock.calculus.derivation import Derivation
from freeblock.report.code.calls import Calls
from freeblock.report.code.comments import block_comment
from freeblock.report.code.content import Content
from freeblock.report.code.identifiers import identifiers, in_ascii
from freeblock.report.code.straight_line import Assignment, Loop, straight_line
from freeblock.report.code.templates import chosen, defined

_KEYWORDS_WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long "
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile "
    "while alignas alignof bool constexpr false nullptr static_assert thread_local true typeof typeof_unqual "
    "asm and and_eq bitand bitor catch class compl const_cast decltype delete dynamic_cast explicit export "
    "friend mutable namespace new noexcept not not_eq operator or or_eq private protected public "
    "reinterpret_cast static_cast template this throw try typeid typename using virtual wchar_t xor xor_eq"
)
_KEYWORDS = frozenset(_KEYWORDS_WORDS.split())
_MACROS_WORDS = (
    "NAN INFINITY HUGE_VAL HUGE_VALF HUGE_VALL MATH_ERRNO MATH_ERREXCEPT math_errhandling FP_NAN FP_INFINITE "
    "FP_ZERO FP_SUBNORMAL FP_NORMAL FP_ILOGB0 FP_ILOGBNAN FP_FAST_FMA FP_FAST_FMAF FP_FAST_FMAL FP_INT_UPWARD "
    "FP_INT_DOWNWARD FP_INT_TOWARDZERO FP_INT_TONEARESTFROMZERO FP_INT_TONEAREST MAXFLOAT DOMAIN SING "
    "OVERFLOW UNDERFLOW PLOSS TLOSS HUGE X_TLOSS EOF NULL linux unix i386 signgam I complex imaginary errno "
    "SNAN SNANF SNANL"
)
_MACROS = frozenset(_MACROS_WORDS.split())

_PREFIXES = ("M_", "FP_", "DBL_", "FLT_", "LDBL_", "DECIMAL_", "DEC32_", "DEC64_", "DEC128_", "is", "HUGE")
"""How the macros of the standard headers begin."""
_WORD = re.compile(r"\w+")


def c_code(derivation: Derivation, expression: str) -> str:
    """`double phi(freeblock_values)`, and its like for every result; NaN where a value is not allowed."""
    return _File(Content(derivation, expression)).text()


def _is_macro_like(name: str) -> bool:
    return name.startswith(_PREFIXES)


def _spelled(name: str) -> str:
    text = in_ascii(name)
    return f"{text}_" if _is_macro_like(text) else text


class _File:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._taken = _KEYWORDS | _MACROS | defined("c").keys() | {"p"}
        self._names = identifiers([*content.symbols, *content.constants], self._taken, _spelled)

    def text(self) -> str:
        content = self._content
        functions = [self._function(name) for name in content.results]
        fields = [self._names[name] for name in content.symbols]
        given = ", ".join(f".{name} = ..." for name in fields)
        use = f"phi((freeblock_values){{{given}}})" if fields else "phi()"
        header = [*content.header("c"), *content.symbol_lines(self._names), "",
                  f"Use: {use}; log_phi and log10_phi have a value where phi is inf or 0.",
                  "NaN: a symbol has no value, or one that is not allowed. Compile as C99 with -lm."]
        struct = ["typedef struct {", f"    double {', '.join(fields)};", "} freeblock_values;"] if fields else []
        pieces = ["\n".join([*block_comment(header, "/*", "*/"), "#include <float.h>", "#include <math.h>"]),
                  *(["\n".join(struct)] if struct else []), *chosen("c", "\n".join(functions)), *functions]
        return "\n\n".join(pieces) + "\n"

    def _function(self, name: str) -> str:
        content, names = self._content, self._names
        code = straight_line(content.results[name], names, lambda names: Calls(names), self._taken,
                             _spelled)
        arguments, passed = ("freeblock_values p", "p") if content.symbols else ("void", "")
        body = [line for statement in code.statements for line in self._statement(statement, "    ")]
        body += [_indented(f"return {code.result};", "    "), "}"]
        used = set(_WORD.findall("\n".join(body)))
        lines = [f"static number {name}_number({arguments})", "{"]
        if not used.intersection(names[symbol] for symbol in content.symbols) and content.symbols:
            lines.append("    (void)p;")
        for symbol in content.symbols:
            if names[symbol] not in used:
                continue
            check = "whole" if symbol in content.whole else "positive"
            lines.append(f"    const number {names[symbol]} = {check}(p.{names[symbol]});")
        lines += [f"    const number {names[name]} = of({float(value)!r});"
                  for name, value in content.constants.items() if names[name] in used]
        lines += body
        public = [("", "value_of", content.meaning(name))]
        if name == "phi":
            public += [("log_", "natural_log_of", "The natural logarithm of phi."),
                       ("log10_", "log10_of", "The logarithm of phi to the base 10.")]
        pieces = ["\n".join(lines)]
        for prefix, made, meaning in public:
            pieces.append("\n".join([" ".join(_comment(meaning)), f"double {prefix}{name}({arguments})", "{",
                                     f"    return {made}({name}_number({passed}));", "}"]))
        return "\n\n".join(pieces)

    def _statement(self, statement: Assignment | Loop, indent: str) -> Iterable[str]:
        if isinstance(statement, Assignment):
            yield _indented(f"const number {statement.name} = {statement.text};", indent)
            return
        product, step = statement.kind == "product", statement.index
        helper = "times" if product else "plus"
        yield f"{indent}number {statement.name} = of({1 if product else 0});"
        yield _indented(f"for (number {step} = nearest({statement.lower}); up_to({step}, {statement.upper}); "
                        f"{step} = plus({step}, of(1))) {{", indent)
        for inner in statement.body:
            yield from self._statement(inner, f"{indent}    ")
        yield _indented(f"{statement.name} = {helper}({statement.name}, {statement.text});", f"{indent}    ")
        yield f"{indent}}}"


def _comment(text: str) -> list[str]:
    return [line.strip() for line in block_comment([text], "/*", "*/")]


def _indented(text: str, indent: str) -> str:
    return indent + text.replace("\n", f"\n{indent}")
