"""One symbol of a user's notation, read by a grammar that knows no command but those that print a sign."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from freeblock.errors import OptionError, did_you_mean
from freeblock.source import Span

LENGTH = 100
"""Characters of a notation, at most."""
_MISSPELLED = 0.8
"""A command is a misspelled one if it is so near to it; \\input is no \\infty."""

_LETTER_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega varepsilon vartheta varpi varrho varsigma varphi varkappa digamma Gamma Delta Theta Lambda Xi Pi Sigma "
    "Upsilon Phi Psi Omega ell hbar imath jmath wp Re Im aleph beth nabla partial infty emptyset varnothing square "
    "Box clubsuit diamondsuit heartsuit spadesuit top bot flat natural sharp triangle angle det dim Pr"
)
_LETTERS = frozenset(_LETTER_NAMES.split())
"""Commands that print a letter; they may stand alone."""
_SIGN_NAMES = (
    "perp parallel dagger ddagger star ast circ bullet prime diamond oplus ominus otimes odot times cdot pm mp to "
    "rightarrow leftarrow dots ldots cdots min max inf sup in le leq ge geq ne approx sim langle rangle "
    "vert Vert mid quad"
)
_SIGNS = frozenset(_SIGN_NAMES.split())
"""Commands that print a sign; they stand inside braces."""
_ACCENT_NAMES = (
    "hat tilde bar vec dot ddot check breve acute grave mathring widehat widetilde overline underline"
)
_ACCENTS = frozenset(_ACCENT_NAMES.split())
_FONT_NAMES = "mathrm mathbf mathsf mathit mathtt mathcal mathbb mathfrak boldsymbol operatorname"
_FONTS = frozenset(_FONT_NAMES.split())
_CAPITALS = frozenset(("mathcal", "mathbb"))
"""Other letters of these fonts are quite different signs."""
_TEXT = "text"
_SPACES = frozenset(",;:!")
_AMSSYMB = frozenset(("varkappa", "digamma", "beth", "varnothing", "square", "Box", "angle", "mathbb", "mathfrak"))
READ = _LETTERS | _SIGNS | _ACCENTS | _FONTS | {_TEXT}
"""Every command that is read."""
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_TEXT_WORDS = re.compile(r"[A-Za-z0-9 .-]+")

_HINT = r"a notation is one symbol, such as \varphi, \sigma_w, \hat{q}, \mathbf{J} or \mathrm{Var}"


@dataclass(frozen=True, slots=True)
class SafeLatex:
    """A symbol in canonical LaTeX: its letter, what stands below it and what above."""

    letter: str
    below: str = ""
    above: str = ""
    span: Span | None = field(default=None, compare=False)
    commands: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def text(self) -> str:
        """The whole symbol."""
        return with_scripts(self.letter, self.below, self.above)

    @property
    def needs_amssymb(self) -> bool:
        """Whether it prints with the package amssymb alone."""
        return not self.commands.isdisjoint(_AMSSYMB)


def with_scripts(letter: str, below: str, above: str = "") -> str:
    """The letter with what stands below and above it."""
    primes = above if above and not above.strip("'") else ""
    raised = "" if primes or not above else f"^{{{above}}}"
    return f"{letter}{primes}" + (f"_{{{below}}}" if below else "") + raised


def read_symbol(text: str, span: Span) -> SafeLatex:
    """Read one symbol that stands at a place. Raises OptionError for anything else, with its place."""
    return _Reader(text, span).symbol()


class _Reader:
    """Recursive descent over the tokens of one short text."""

    def __init__(self, text: str, span: Span) -> None:
        self._whole, self._span = text, span
        self._tokens: list[tuple[str, int]] = []
        self._place = 0
        self._commands: set[str] = set()
        if len(text) > LENGTH:
            raise self._error(f"a notation is longer than {LENGTH} characters", 0, len(text), _HINT)
        self._tokens = [(match[0], match.start()) for match in _TOKEN.finditer(text) if not match[0].isspace()]
        control = re.search(r"[^ -~]", text)
        if control is not None:
            raise self._strange(control[0], control.start())

    def symbol(self) -> SafeLatex:
        if not self._tokens:
            raise self._error("a notation is empty", 0, 1, _HINT)
        letter, below, above = self._one()
        if self._place < len(self._tokens):
            token, place = self._tokens[self._place]
            if token == "}":
                raise self._error("this brace closes nothing", place, place + 1, "remove it, or open it before")
            self._refuse_token(token, place)
            raise self._error("a notation is one symbol, and another begins here", place, place + len(token),
                              r"write a word as \mathrm{word}, and leave formulas to freeblock")
        return SafeLatex(letter, below, above, self._span, frozenset(self._commands))

    def _one(self) -> tuple[str, str, str]:
        """A letter with its scripts."""
        letter = self._letter()
        scripts = {"_": "", "^": ""}
        while (token := self._peek()) in {"_", "^", "'"}:
            _, place = self._tokens[self._place]
            self._place += 1
            kind = "_" if token == "_" else "^"
            primes = scripts["^"] if token == "'" and not scripts["^"].strip("'") else ""
            if scripts[kind] and not primes:
                word = "below" if kind == "_" else "above"
                raise self._error(f"a second script {word} the same letter", place, place + 1,
                                  "put both into one pair of braces")
            scripts[kind] = primes + "'" if token == "'" else self._argument(place)
        return letter, scripts["_"], scripts["^"]

    def _letter(self) -> str:
        token, place = self._tokens[self._place]
        self._place += 1
        if token.isalpha() or token[1:] in _LETTERS:
            return self._known(token)
        name = token[1:]
        if name in _ACCENTS or name in _FONTS:
            self._commands.add(name)
            argument = self._argument(place)
            if name in _CAPITALS and not (argument.isalpha() and argument.isupper()):
                raise self._error(f"{token} has capital letters only", place, place + len(token),
                                  rf"{token}{{E}}, or another font")
            return f"{token}{{{argument}}}"
        if name == _TEXT:
            return f"{token}{{{self._words(place)}}}"
        if token == "{":
            return self._unwrapped(place)
        self._refuse_token(token, place)
        raise self._error("a notation begins with a letter", place, place + len(token), _HINT)

    def _unwrapped(self, opening: int) -> str:
        """A letter in braces that do nothing."""
        if self._peek() == "}":
            return self._missing(opening)
        letter, below, above = self._one() if self._peek() else ("", "", "")
        if not self._peek():
            raise self._open(opening)
        if self._peek() != "}" or below or above:
            raise self._error("braces around more than a letter stand behind _, ^ or a command", opening, opening + 1,
                              "leave them out")
        self._place += 1
        return letter

    def _argument(self, before: int) -> str:
        """One sign, or what braces hold."""
        token = self._peek()
        if not token:
            raise self._error("something is missing behind this", before, before + 1, "write it in braces")
        if token == "}":
            return self._missing(before)
        if token != "{":
            return self._sign() or self._letter()
        opening = self._tokens[self._place][1]
        self._place += 1
        pieces: list[str] = []
        while (token := self._peek()) != "}":
            if not token:
                raise self._open(opening)
            pieces.append(self._inside())
        self._place += 1
        return _joined(pieces) if pieces else self._missing(opening)

    def _missing(self, place: int) -> str:
        raise self._error("there is nothing here", place, place + 1, "write a letter, or leave the braces out")

    def _inside(self) -> str:
        """One item inside braces: a letter with scripts, a digit, or a sign."""
        return self._sign() or with_scripts(*self._one())

    def _sign(self) -> str:
        """A digit or a sign, if the next token is one."""
        token, place = self._tokens[self._place]
        if token in {"_", "^", "'"}:
            raise self._error("there is no letter before this", place, place + 1, _HINT)
        name = token[1:]
        if not (token.isdigit() or token in set("+-*/=,.()|!<>[];:") or name in _SIGNS or (name and name in _SPACES)):
            return ""
        self._place += 1
        return self._known(token)

    def _words(self, place: int) -> str:
        """The argument of a text command: words, and nothing that does anything."""
        begin = place + len(rf"\{_TEXT}")
        match = re.compile(r"\s*\{([^{}]*)\}").match(self._whole, begin)
        if match is None or not _TEXT_WORDS.fullmatch(match[1]):
            raise self._error(r"\text takes letters, digits and blanks in braces", place, begin, r"\text{out}")
        while self._place < len(self._tokens) and self._tokens[self._place][1] < match.end():
            self._place += 1
        return match[1]

    def _known(self, token: str) -> str:
        self._commands.add(token[1:])
        return token

    def _peek(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _refuse_token(self, token: str, place: int) -> None:
        """Say what is wrong with a token that has no place in any notation."""
        name = token[1:]
        if token.startswith("\\") and not (name in _SIGNS or name in _SPACES):
            close = did_you_mean(name, READ, _MISSPELLED) if name.isalpha() else None
            raise self._error(f"the command `{token}` may not stand in a notation", place, place + len(token),
                              rf"did you mean `\{close}`?" if close else "only commands that print a letter, an "
                              "accent or a font are read; docs/notation.md lists them")
        if token in "%#$&~`\"@?":
            raise self._strange(token, place)

    def _strange(self, char: str, place: int) -> OptionError:
        shown = f"`{char}`" if char.isprintable() else f"U+{ord(char):04X}"
        hint = r"Greek letters are written out: \sigma" if char.isalpha() else _HINT
        return self._error(f"the character {shown} may not stand in a notation", place, place + 1, hint)

    def _open(self, place: int) -> OptionError:
        return self._error("this brace is not closed", place, place + 1, "close it with `}`")

    def _error(self, message: str, start: int, end: int, hint: str | None = None) -> OptionError:
        span = self._span
        if span.text == self._whole:  # not so for a text in quotes, which may hold escapes
            span = Span(span.source, span.start + start, span.start + end)
        return OptionError(message, span, hint)


def _joined(pieces: list[str]) -> str:
    """Pieces side by side; a command needs a blank before a letter."""
    text = ""
    for piece in pieces:
        text += " " if piece[0].isalpha() and re.search(r"\\[A-Za-z]+$", text) else ""
        text += piece
    return text
