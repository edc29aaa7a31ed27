"""Results as LaTeX macros for \\input: \\fbPhiNet, \\fbVarianceNet, \\fbKappaNet for a block that is called net."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation
from freeblock.formula.notations import python_name
from freeblock.report.code.comments import line_comments
from freeblock.report.code.content import Content
from freeblock.report.definitions import Definitions
from freeblock.report.latex_symbols import Symbols

_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_WORDS = {"_": "Under", **{str(digit): word for digit, word in enumerate(_DIGITS)}}


def macro_word(name: str) -> str:
    """The name in letters, another word for every name: net is Net, block_2 is BlockUnderTwo.

    A capital B is Capb, but the first letter only gets `Upper` behind the whole; a letter outside ASCII is its code
    point between `Char` and `End`.
    """
    first, rest = name[:1], name[1:]
    head = first.upper() if first.isascii() else _letter(first)
    tail = "Upper" if first.isascii() and first.isupper() else ""
    return head + "".join(map(_letter, rest)) + tail


def _letter(character: str) -> str:
    if character in _WORDS:
        return _WORDS[character]
    if not character.isascii():
        return "Char" + "".join(_WORDS[digit] for digit in str(ord(character))) + "End"
    return f"Cap{character.lower()}" if character.isupper() else character


def latex_macros(derivation: Derivation, expression: str) -> str:
    """One macro for every result that is given; a file that is read twice says the same again."""
    content = Content(derivation, expression)
    word = macro_word(derivation.network.name or "")
    symbols = Symbols(derivation, ())
    formulas = Definitions(frozenset(map(python_name, content.symbols)), symbols)
    macros = []
    for name, value in content.results.items():
        macros.append((f"{_stem(name)}{word}", content.meaning(name), formulas.latex(value)))
    if formulas.listed_latex:
        rows = r" \\ ".join(f"{formulas.latex_notation.name(name)[0]} &= {text}"
                            for name, text in formulas.listed_latex.items())
        macros.append((f"fbWhere{word}", "The parts that the formulas above are written in.",
                       rf"\begin{{aligned}}{rows}\end{{aligned}}"))
    header = [*content.header("latex-macros"), *_symbol_lines(content, symbols), "",
              r"Use: \usepackage{amsmath}, \input this file, and write the macros in formulas."]
    lines = line_comments(header, "%")
    for macro, meaning, text in macros:
        lines += line_comments(["", meaning], "%")
        lines += [rf"\providecommand{{\{macro}}}{{}}", rf"\renewcommand{{\{macro}}}{{{text}}}"]
    return "\n".join(lines) + "\n"


def _stem(result: str) -> str:
    """\\fbPhi, \\fbVariance, \\fbKappa; \\fbMomentTwo for φ_2."""
    if result.startswith("phi_"):
        return "fbMoment" + "".join(_WORDS[digit] for digit in result.removeprefix("phi_"))
    return f"fb{result.capitalize()}"


def _symbol_lines(content: Content, symbols: Symbols) -> list[str]:
    return content.symbol_lines({name: symbols.notation.name(name)[0] for name in content.symbols})


