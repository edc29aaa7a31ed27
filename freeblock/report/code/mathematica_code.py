"""Results as Mathematica: definitions in exact numbers, which can be differentiated, expanded and plotted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from freeblock.calculus.derivation import Derivation
from freeblock.formula.notations import Plain
from freeblock.formula.printing import ATOM, Text
from freeblock.report.code.comments import block_comment
from freeblock.report.code.content import Content
from freeblock.report.code.identifiers import identifiers, in_ascii
from freeblock.report.code.straight_line import Assignment, Loop, straight_line
from freeblock.report.code.templates import chosen, defined

_CALLS = {"log": "Log", "erf": "Erf", "gamma": "Gamma", "harmonic": "HarmonicNumber", "floor": "Floor",
          "ceiling": "Ceiling", "abs": "Abs", "tanh": "Tanh", "arcsin": "ArcSin", "min": "Min", "max": "Max",
          "sech_moment": "sechMoment"}
_SINGLE = frozenset("CDEIKNO")
"""Capital letters with a meaning; so has many a longer name with a capital, none that begins with a small letter."""
_OWN = frozenset({"logPhi", "assumptions"})


def mathematica_code(derivation: Derivation, expression: str) -> str:
    """`phi`, `variance`, `kappa`, `phi2` … as delayed definitions over symbols."""
    return _File(Content(derivation, expression)).text()


def _spelled(name: str) -> str:
    """Without underscores, which are patterns: sigma_w is sigmaW."""
    head, *rest = in_ascii(name).split("_")
    text = head + "".join(word[:1].upper() + word[1:] for word in rest)
    reserved = text in _SINGLE or (len(text) > 1 and text[0].isupper())
    return f"{text[0].lower()}{text[1:]}Symbol" if reserved else text


def _shown(result: str) -> str:
    return result.replace("_", "")


class _Wolfram(Plain):
    textual = False

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def name(self, name: str) -> Text:
        return {"pi": "Pi", "e": "E"}.get(name) or self._names.get(name, name), ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        inside = ", ".join(text for text, _ in arguments)
        if name == "Phi":
            return f"(Erfc[-({inside})/Sqrt[2]]/2)", ATOM
        return f"{_CALLS[name]}[{inside}]", ATOM

    def exponential(self, exponent: Text) -> Text:
        return f"Exp[{exponent[0]}]", ATOM

    def root(self, base: Text) -> Text:
        return f"Sqrt[{base[0]}]", ATOM


class _File:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._taken = _OWN | defined("mathematica").keys() | {_shown(name) for name in content.results}
        self._names = identifiers([*content.symbols, *content.constants], self._taken, _spelled, "x")

    def text(self) -> str:
        content = self._content
        definitions = [self._definition(name) for name in content.results]
        names = [self._names[name] for name in content.symbols]
        rules = ", ".join(f"{name} -> ..." for name in names)
        header = [*content.header("mathematica"), *content.symbol_lines(self._names), "",
                  f"Use: N[phi /. {{{rules}}}], D[phi, ...], Simplify[kappa, assumptions]; logPhi, the logarithm of",
                  "phi, is written in its factors, for depths at which phi itself has too many digits."]
        stated = " && ".join([f"{name} > 0" for name in names] + [
            f"Element[{self._names[name]}, Integers]" for name in content.symbols if name in content.whole])
        helpers = chosen("mathematica", "\n".join(definitions), always=False)
        pieces = ["\n".join(block_comment(header, "(*", "*)")), *helpers, f"assumptions = {stated or 'True'};",
                  *definitions, "logPhi := PowerExpand[Log[phi]]"]
        return "\n\n".join(pieces) + "\n"

    def _definition(self, name: str) -> str:
        content = self._content
        code = straight_line(content.results[name], self._names, lambda names: _Wolfram(names),
                             self._taken, _spelled)
        lines = [" ".join(line.strip() for line in block_comment([content.meaning(name)], "(*", "*)"))]
        shown = _shown(name)
        constants = [f"{self._names[key]} = {value}" for key, value in content.constants.items()]
        body, local = self._sequence(code.statements, code.result, "  ")
        if constants or local:
            lines.append(f"{shown} := Module[{{{', '.join([*constants, *local])}}},")
            lines += [*body[:-1], f"{body[-1]}]"]
        else:
            lines.append(f"{shown} := {code.result}")
        return "\n".join(lines)

    def _sequence(
        self, statements: Iterable[Assignment | Loop], result: str, indent: str
    ) -> tuple[list[str], list[str]]:
        """The lines of statements with their result last, and the names they set."""
        lines: list[str] = []
        local: list[str] = []
        for statement in statements:
            local.append(statement.name)
            if isinstance(statement, Assignment):
                lines.append(f"{indent}{statement.name} = {statement.text};")
                continue
            kind = "Product" if statement.kind == "product" else "Sum"
            inside, inner = self._sequence(statement.body, statement.text, "")
            text = f"Module[{{{', '.join(inner)}}}, {' '.join(inside)}]" if inner else inside[0]
            lines.append(f"{indent}{statement.name} = {kind}[{text}, "
                         f"{{{statement.index}, {statement.lower}, {statement.upper}}}];")
        return [*lines, f"{indent}{result}"], local


