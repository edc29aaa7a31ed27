"""What to say where the grammar allows no next token."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from freeblock.errors import FreeblockError, LanguageError
from freeblock.language.scanner import Tokens
from freeblock.language.scene import CLOSING, PARTNER, Scene
from freeblock.language.table import END

_INDEXED = ("SERIAL", "SUM", "STACK", "PRODUCT")
_STATEMENT = ("INPUT", "ASSUME", "LET")
_OPERAND = ("NAME", "NUMBER", "LPAR", *_INDEXED)
_SIGNS = ("INTO", "PLUS", "MINUS", "BESIDE", "TIMES", "DIVIDE", "CARET")
_COMPARISONS = ("LESS", "LESSEQUAL", "MORE", "MOREEQUAL", "EQUAL")
_TWO_SIGNS = {
    "**": "a power is written with `^`",
    "->": "blocks in series are written `a >> b`",
    "=>": "blocks in series are written `a >> b`, and at least is `>=`",
    "|>": "blocks in series are written `a >> b`",
    ">>>": "blocks in series are written `a >> b`",
    "==": "write a single `=`",
    "=<": "write `<=`",
    "||": "outputs are stacked with a single `|`",
    "//": "write a single `/`",
    "<<": "data flows left to right: turn the chain round and write `>>`",
    "<-": "a definition is written `name = block`",
    "++": "write a single `+`",
}
_HUMAN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "NEWLINE": "the end of the line",
    END: "the end of the text",
}


def complain(tokens: Tokens, place: int, expected: set[str]) -> FreeblockError:
    """The error for a token that the grammar does not allow, given the terminals it does allow."""
    scene = Scene(tokens, place, expected)
    for check in _CHECKS:
        error = check(scene)
        if error is not None:
            return error
    wanted = list(_wanted(scene))
    hint = f"expected {' or '.join(wanted)}" if 0 < len(wanted) <= 4 else None
    if scene.at_end():
        return scene.error_here("the statement is not complete", hint)
    return scene.error(f"unexpected `{scene.text()}`", hint)


def _wanted(scene: Scene) -> Iterator[str]:
    """The allowed terminals in the order of their names, as a reader knows them."""
    signs = {terminal: sign for sign, terminal in scene.tokens.table.literals.items()}
    for terminal in sorted(scene.expected):
        yield _HUMAN.get(terminal) or f"`{signs[terminal]}`"


def _nothing(scene: Scene) -> LanguageError | None:
    if scene.place == 0 and scene.here == END:
        return scene.error("empty expression", "write a block such as `dense >> relu`, or a formula")
    return None


def _two_signs(scene: Scene) -> LanguageError | None:
    """Signs of other languages that the scanner cut in two; either half may be the one that does not fit."""
    tokens = scene.tokens
    for first in (scene.place - 1, scene.place):
        if first < 0 or first + 1 >= len(tokens.kinds) or tokens.ends[first] != tokens.starts[first + 1]:
            continue
        span = tokens.span(first, first + 1)
        hint = _TWO_SIGNS.get(span.text)
        if hint:
            return LanguageError(f"`{span.text}` is no operator here", span, hint)
    return None


def _unclosed(scene: Scene) -> LanguageError | None:
    """An open bracket that nothing closes outranks what goes wrong inside it."""
    if not scene.open:
        return None
    depth = 1
    for place in range(scene.place, len(scene.tokens.kinds)):
        kind = scene.tokens.kind(place)
        depth += (kind in CLOSING) - (kind in PARTNER)
        if depth == 0:
            return None
    opening = scene.tokens.kind(scene.open[-1])
    sign = scene.tokens.text(scene.open[-1])
    return LanguageError(
        f"unclosed `{sign}`", scene.tokens.span(scene.open[-1]), f"a `{CLOSING[opening]}` is missing"
    )


def _closing(scene: Scene) -> LanguageError | None:
    if scene.here not in PARTNER:
        return None
    if not scene.open:
        return scene.error(f"unexpected `{scene.text()}`", "no bracket is open here")
    opening = scene.open[-1]
    if scene.tokens.kind(opening) != PARTNER[scene.here]:
        line, column = scene.tokens.span(opening).line, scene.tokens.span(opening).column
        return scene.error(
            f"`{scene.text()}` does not close `{scene.tokens.text(opening)}`",
            f"the `{scene.tokens.text(opening)}` is at line {line}, column {column}",
        )
    if scene.before == "LPAR":
        return scene.error("empty expression", "write a block or a formula in the parentheses", back=1)
    return None


def _reserved(scene: Scene) -> LanguageError | None:
    """Words that cannot be names, where one is used as a name."""
    if scene.before == "LET" and scene.here in (*_STATEMENT, *_INDEXED):
        return scene.error(f"`{scene.text()}` is reserved and cannot be defined", "choose another name")
    if scene.before in ("INPUT", "ASSUME") and scene.here == "EQUAL":
        return scene.error(
            f"`{scene.text(1)}` is reserved and cannot be defined", "choose another name", back=1, through=1
        )
    if scene.here in _STATEMENT:
        word = scene.text()
        hint = "begin a new line, or choose another name"
        return scene.error(f"`{word}` is reserved: it begins a statement", hint)
    return None


def _let(scene: Scene) -> LanguageError | None:
    if scene.before == "LET":
        return scene.error_here("a name is expected after `let`", "write `let W = dense`")
    if scene.earlier == "LET" and scene.before == "NAME":
        if scene.here == "LPAR":
            return scene.error("`let` takes no parameters", f"write `let {scene.text(1)} = …`")
        name = scene.text(1)
        return scene.error_here(f"expected `=` after `let {name}`", f"write `let {name} = …`")
    return None


def _indexed(scene: Scene) -> LanguageError | None:
    """The parts of `serial[l=1..L](block)`, each missed in its own place."""
    if scene.before in _INDEXED:
        word = scene.text(1)
        return scene.error(
            f"`{word}` is reserved for the form `{word}[l=1..L](block)`", None, back=1, through=1
        )
    form = "the form is `serial[l=1..L](block)`"
    if scene.before == "LBRACKET" and scene.earlier in _INDEXED:
        return scene.error_here("an index is expected after `[`", form)
    if scene.before == "NAME" and scene.earlier == "LBRACKET":
        return scene.error_here(f"expected `=` after the index `{scene.text(1)}`", form)
    if "RANGE" in scene.expected and scene.here in ("RBRACKET", "COMMA"):
        return scene.error_here("expected `..` and the last value of the index", form)
    if scene.before == "RBRACKET":
        return scene.error_here("the body of an indexed form stands in parentheses", form)
    if scene.here == "LBRACKET":
        return scene.error("`[` comes only after serial, sum, stack or product", form)
    if scene.here == "RANGE":
        return scene.error("`..` stands only between the bounds of an index", form)
    return None


def _exponent(scene: Scene) -> LanguageError | None:
    if scene.before == "CARET" and scene.here == "MINUS":
        return scene.error("a negative exponent needs parentheses", "write `x^(-2)`")
    if scene.before == "CARET" and scene.here in _INDEXED:
        hint = "an exponent is a number, a name, or in parentheses"
        return scene.error("this exponent needs parentheses", hint)
    if scene.here == "LPAR" and scene.before == "NAME" and scene.earlier == "CARET":
        name = scene.text(1)
        return scene.error(
            "a call as an exponent needs parentheses", f"write `^({name}(…))`", back=1, through=1
        )
    if scene.here == "CARET" and not scene.wants_operand():
        base, exponent, last = (scene.word(back) for back in (3, 1, -1))
        return scene.error(
            "a power of a power needs parentheses",
            f"write `{base}^({exponent}^{last})` or `({base}^{exponent})^{last}`",
        )
    return None


def _missing_operand(scene: Scene) -> LanguageError | None:
    if not scene.wants_operand():
        return None
    what = {"INPUT": "a width", "ASSUME": "a formula"}.get(scene.statement_word(), "a block or a formula")
    if scene.before in (END, "NEWLINE"):
        return scene.error(f"{what} is missing before `{scene.text()}`")
    if scene.here == "MINUS":
        return scene.error("a minus sign here needs parentheses", f"write `{scene.text(1)} (-…)`")
    if scene.here == "COMMA" or (scene.before == "COMMA" and scene.here == "RPAR"):
        if scene.here == "COMMA":
            return scene.error("an argument is missing before `,`")
        return scene.error("an argument is missing after `,`", back=1, through=1)
    hint = None
    if scene.here == "NEWLINE":
        hint = "a statement goes on in the next line only at `>>`, `+` or `|`, or inside brackets"
    return scene.error_here(f"expected {what} after `{scene.text(1)}`", hint)


def _missing_operator(scene: Scene) -> LanguageError | None:
    if scene.here not in _OPERAND or scene.wants_operand():
        return None
    left, right = scene.text(1), scene.text()
    if scene.before == "NUMBER":
        hint = f"write `*` to multiply: `{left}*{right}`"
    elif scene.here == "NAME" and scene.before == "NAME":
        hint = f"write `>>` between blocks, `{left} >> {right}`, and `*` between factors"
    else:
        hint = "write `>>` between blocks, `*` between factors"
    return scene.error(f"missing operator between `{left}` and `{right}`", hint)


def _comparison(scene: Scene) -> LanguageError | None:
    if scene.here not in _COMPARISONS or scene.wants_operand():
        return None
    sign = scene.text()
    if scene.here == "EQUAL":
        if scene.open:
            hint = "the keyword before `=` is a single name, once in each argument"
            return scene.error("unexpected `=`", hint)
        once = None if scene.statement_word() == "INPUT" else "a statement has one `=`"
        return scene.error("unexpected `=`", once)
    if scene.open:
        return scene.error(f"`{sign}` cannot stand inside brackets", "a comparison is `assume sigma_w > 0`")
    series = "blocks in series are written `a >> b`" if scene.here == "MORE" else None
    return scene.error(f"`{sign}` compares, and stands only after `assume`", series)


def _assumption(scene: Scene) -> LanguageError | None:
    if scene.at_end() and scene.statement_word() == "ASSUME" and not scene.wants_operand():
        return scene.error("`assume` needs a comparison", "write `assume sigma_w > 0`", back=1, through=1)
    return None


def _comma(scene: Scene) -> LanguageError | None:
    if scene.here != "COMMA":
        return None
    return scene.error("unexpected `,`", "commas separate the arguments of a call")


_CHECKS: tuple[Callable[[Scene], LanguageError | None], ...] = (
    _nothing,
    _two_signs,
    _unclosed,
    _closing,
    _reserved,
    _let,
    _indexed,
    _exponent,
    _missing_operand,
    _missing_operator,
    _comparison,
    _assumption,
    _comma,
)
