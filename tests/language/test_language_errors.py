"""What a reader is told where the text does not follow the grammar, with the caret's line and column."""

import pytest

from freeblock.errors import ArgumentError, FreeblockError, LanguageError, LimitError
from freeblock.language.parser import parse_formula, parse_program
from freeblock.source import Source


def error_of(text):
    with pytest.raises(FreeblockError) as caught:
        parse_program(Source("net.fb", text))
    return caught.value


# text, line, column and width of the caret, the message, a part of the hint
TRANSCRIPTS = [
    # operators
    ("id + bn >> relu", 1, 9, 2, "`+` and `>>` have one level: parentheses must say which comes first", "`(id + bn) >> relu` or `id + (bn >> relu)`"),
    ("x = a >> b >> c | d\nx", 1, 17, 1, "`>>` and `|` have one level: parentheses must say which comes first", "`(b >> c) | d` or `b >> (c | d)`"),
    ("id - (a\n  >> b) >> c", 2, 9, 2, "`-` and `>>` have one level: parentheses must say which comes first", "`(id - (a >> b)) >> c` or `id - ((a >> b) >> c)`"),
    ("a >>", 1, 3, 2, "expected a block or a formula after `>>`", None),
    ("a >> >> b", 1, 6, 2, "expected a block or a formula after `>>`", None),
    (">> a", 1, 1, 2, "a block or a formula is missing before `>>`", None),
    ("a *\nb", 1, 3, 1, "expected a block or a formula after `*`", "goes on in the next line only at `>>`, `+` or `|`"),
    ("x = \nb", 1, 3, 1, "expected a block or a formula after `=`", "inside brackets"),
    ("a * -b", 1, 5, 1, "a minus sign here needs parentheses", "`* (-…)`"),
    ("- - a", 1, 3, 1, "a minus sign here needs parentheses", "`- (-…)`"),
    ("id dense", 1, 4, 5, "missing operator between `id` and `dense`", "`id >> dense`"),
    ("2 n", 1, 3, 1, "missing operator between `2` and `n`", "`2*n`"),
    ("(a)(b)", 1, 4, 1, "missing operator between `)` and `(`", "`>>` between blocks"),
    ("a\nx = relu bn", 2, 10, 2, "missing operator between `relu` and `bn`", "`relu >> bn`"),
    # exponents
    ("9^9^9^9", 1, 4, 1, "a power of a power needs parentheses", "`9^(9^9)` or `(9^9)^9`"),
    ("(a)^b^(c)", 1, 6, 1, "a power of a power needs parentheses", "`…^(b^…)` or `(…^b)^…`"),
    ("x^-2", 1, 3, 1, "a negative exponent needs parentheses", "`x^(-2)`"),
    ("x^f(2)", 1, 3, 1, "a call as an exponent needs parentheses", "`^(f(…))`"),
    ("x^sum[i=1..2](i)", 1, 3, 3, "this exponent needs parentheses", "a number, a name, or in parentheses"),
    ("x^", 1, 2, 1, "expected a block or a formula after `^`", None),
    # brackets
    ("a >> (b >> c\nd = e", 1, 6, 1, "unclosed `(`", "a `)` is missing"),
    ("f(a, g(b)", 1, 2, 1, "unclosed `(`", "a `)` is missing"),
    ("serial[l=1..L(a)", 1, 7, 1, "unclosed `[`", "a `]` is missing"),
    ("a >> b)", 1, 7, 1, "unexpected `)`", "no bracket is open here"),
    ("(a >> b]", 1, 8, 1, "`]` does not close `(`", "line 1, column 1"),
    ("a >> ()", 1, 6, 2, "empty expression", "in the parentheses"),
    # arguments
    ("f(a,)", 1, 4, 1, "an argument is missing after `,`", None),
    ("f(, a)", 1, 3, 1, "an argument is missing before `,`", None),
    ("f(a=)", 1, 5, 1, "expected a block or a formula after `=`", None),
    ("f(2=a)", 1, 4, 1, "unexpected `=`", "single name"),
    ("f(a=b=c)", 1, 6, 1, "unexpected `=`", "once in each argument"),
    ("a, b", 1, 2, 1, "unexpected `,`", "separate the arguments of a call"),
    # statements
    ("let = dense", 1, 5, 1, "a name is expected after `let`", "`let W = dense`"),
    ("a\nlet", 2, 1, 3, "a name is expected after `let`", "`let W = dense`"),
    ("let W", 1, 5, 1, "expected `=` after `let W`", "`let W = …`"),
    ("let W(a) = dense", 1, 6, 1, "`let` takes no parameters", "`let W = …`"),
    ("let sum = dense", 1, 5, 3, "`sum` is reserved and cannot be defined", "another name"),
    ("input = 3", 1, 1, 5, "`input` is reserved and cannot be defined", "another name"),
    ("input", 1, 1, 5, "expected a width after `input`", None),
    ("input (3, 4) + 2", 1, 14, 1, "unexpected `+`", "expected the end of the text or the end of the line"),
    ("input (3, h=4)", 1, 11, 3, "a size of the input has no keyword", None),
    ("x = assume", 1, 5, 6, "`assume` is reserved: it begins a statement", "another name"),
    ("assume σ_w", 1, 8, 3, "`assume` needs a comparison", "`assume sigma_w > 0`"),
    ("assume σ_w >", 1, 12, 1, "expected a formula after `>`", None),
    ("assume (x > 0)", 1, 11, 1, "`>` cannot stand inside brackets", "`assume sigma_w > 0`"),
    ("a > b", 1, 3, 1, "`>` compares, and stands only after `assume`", "`a >> b`"),
    ("a = b = c", 1, 7, 1, "unexpected `=`", "one `=`"),
    ("a + b = c", 1, 1, 5, "only a name, or a name with parameters, can be defined", "`name = block`"),
    ("(a) = c", 1, 1, 3, "only a name, or a name with parameters, can be defined", "`name = block`"),
    ("f() = c", 1, 1, 3, "the parentheses hold no parameter", "`f = …`"),
    ("f(a=2) = c", 1, 3, 3, "a parameter is a single name", "`f(a, b) = …`"),
    ("f(a, b^2) = c", 1, 6, 3, "a parameter is a single name", "no defaults"),
    # indexed forms
    ("sum(a, b)", 1, 1, 3, "`sum` is reserved for the form `sum[l=1..L](block)`", None),
    ("serial[](a)", 1, 8, 1, "an index is expected after `[`", "`serial[l=1..L](block)`"),
    ("serial[l](a)", 1, 9, 1, "expected `=` after the index `l`", "`serial[l=1..L](block)`"),
    ("serial[l=1](a)", 1, 11, 1, "expected `..` and the last value of the index", "`serial[l=1..L](block)`"),
    ("serial[l=1..L]", 1, 14, 1, "the body of an indexed form stands in parentheses", "`serial[l=1..L](block)`"),
    ("a[2]", 1, 2, 1, "`[` comes only after serial, sum, stack or product", "`serial[l=1..L](block)`"),
    ("1..2", 1, 2, 2, "`..` stands only between the bounds of an index", "`serial[l=1..L](block)`"),
    # signs of other languages
    ("a ** b", 1, 3, 2, "`**` is no operator here", "`^`"),
    ("a -> b", 1, 3, 2, "`->` is no operator here", "`a >> b`"),
    ("a || b", 1, 3, 2, "`||` is no operator here", "single `|`"),
    ("a << b", 1, 3, 2, "`<<` is no operator here", "left to right"),
    ("a == b", 1, 3, 2, "`==` is no operator here", "single `=`"),
    ("x = σ_w\ny = σ_w @ W", 2, 9, 1, "unexpected `@`", "`g >> f`"),
    ("f ∘ g", 1, 3, 1, "unexpected `∘` (ring operator, U+2218)", "`g >> f`"),
    ("a → b", 1, 3, 1, "unexpected `→` (rightwards arrow, U+2192)", "`a >> b`"),
    ("a.b", 1, 2, 1, "unexpected `.`", "`*`"),
    ("a; b", 1, 2, 1, "unexpected `;`", "end with the line"),
    ("x²", 1, 2, 1, "unexpected `²` (superscript two, U+00B2)", "`x^n`"),
    ("wₙ", 1, 2, 1, "unexpected `ₙ` (latin subscript small letter n, U+2099)", "`x_n`"),
    ("_x", 1, 1, 1, "unexpected `_`", "begins with a letter"),
    ("\\sigma", 1, 1, 1, "unexpected `\\`", "without a backslash"),
    # characters
    ("a\nb\0c", 2, 2, 1, "control character U+0000", "plain text"),
    ("a # \x1b[31m", 1, 5, 1, "control character U+001B", "plain text"),
    ("a\u00a0+ b", 1, 2, 1, "no-break space U+00A0", "ordinary space"),
    ("a\u202eb", 1, 2, 1, "right-to-left override U+202E", "ordinary space"),
    ("e\u0301", 1, 2, 1, "combining acute accent U+0301 stands apart from its letter", "write names without it"),
    ("a \ud800", 1, 3, 1, "unexpected character U+D800", None),
    ("ｌｅｔ", 1, 1, 3, "`ｌｅｔ` is another way to write `let`, which is reserved", None),
]


@pytest.mark.parametrize(("text", "line", "column", "width", "message", "hint"), TRANSCRIPTS, ids=[row[0][:30].encode("unicode_escape").decode() for row in TRANSCRIPTS])
def test_transcripts(text, line, column, width, message, hint):
    error = error_of(text)
    assert error.message == message
    assert (error.span.line, error.span.column, len(error.span.text)) == (line, column, width)
    assert type(error) is LanguageError
    assert (error.hint is None) if hint is None else (hint in error.hint)
    assert error.exit_status == 2


def test_a_parameter_named_twice():
    error = error_of("x = id\nf(σ, b, sigma) = b")
    assert type(error) is ArgumentError
    assert error.message == "the parameter `sigma` is named twice"
    assert (error.span.line, error.span.column) == (2, 9)


def test_the_whole_text_of_an_error():
    assert str(error_of("# preact\nbranch = bn >> relu + dense\n")) == (
        "error: `>>` and `+` have one level: parentheses must say which comes first\n"
        "  --> net.fb:2:21\n"
        "   |\n"
        " 2 | branch = bn >> relu + dense\n"
        "   |                     ^\n"
        "hint: write `(bn >> relu) + dense` or `bn >> (relu + dense)`"
    )


def test_the_caret_stands_under_the_mistake_after_wide_and_combined_characters():
    picture = str(error_of("层 >> x\u0304 @"))
    assert "combining macron U+0304" in picture
    picture = str(error_of("层 >> 层 @")).splitlines()
    assert picture[3] == " 1 | 层 >> 层 @"
    assert picture[4] == "   |          ^"


def test_a_comment_is_not_quoted_in_a_reading():
    error = error_of("id + ( # the skip\n bn) >> relu")
    assert error.hint == "write `(id + ( bn)) >> relu` or `id + (( bn) >> relu)`"


def test_long_operands_are_cut_in_a_reading():
    error = error_of(f"{'a' * 50} + b >> c")
    assert error.hint == f"write `({'a' * 29}… + b) >> c` or `{'a' * 29}… + (b >> c)`"


def test_an_empty_formula():
    with pytest.raises(LanguageError) as caught:
        parse_formula(Source("--set", "  "))
    assert caught.value.message == "empty expression"
    assert caught.value.span.column == 3


def test_a_formula_is_no_statement():
    with pytest.raises(LanguageError) as caught:
        parse_formula(Source("--set", "let W = 2"))
    assert caught.value.message == "`let` is reserved: it begins a statement"


@pytest.mark.parametrize("text", ["1" * 41, "0." + "0" * 40, "1e309", "1e-309", "12e308", "0.1e-308", "1e99999999999999999999", "1e" + "9" * 100_000])
def test_numbers_beyond_the_limits(text):
    error = error_of(f"x = id\ndense({text})")
    assert type(error) is LimitError
    assert (error.span.line, error.span.column) == (2, 7)
    assert error.message == "a number has at most 40 digits and a power of ten within 308"
