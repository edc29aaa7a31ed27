"""From parsed formulas to exact expressions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from freeblock.errors import (
    ArgumentError,
    DomainError,
    FreeblockError,
    LanguageError,
    LimitError,
    UnknownNameError,
)
from freeblock.formula.expression import Expression, function, number, symbol
from freeblock.formula.powers import power
from freeblock.language.formulas import names_in, to_expression, to_relation
from freeblock.language.nodes import Relation
from freeblock.language.parser import parse_formula
from freeblock.source import Source

pytestmark = pytest.mark.usefixtures("no_hang")

SCOPE = {"half": number(Fraction(1, 2)), "slope": symbol("slope"), "zero": number(0)}


def value(text: str, *, free: bool = False) -> Expression:
    node = parse_formula(Source("formula", text))
    assert not isinstance(node, Relation)
    return to_expression(node, SCOPE, free=free)


@pytest.mark.parametrize(("text", "expected"), [
    ("0.1", number(Fraction(1, 10))), ("1/2 - half", number(0)), ("-(1 - 3)*2", number(4)), ("2^10", number(1024)),
    ("4^half", number(2)), ("1/slope/slope", power(symbol("slope"), -2)), ("sqrt(slope^2)", symbol("slope")),
    ("pi*e/pi", symbol("e")), ("exp(1)", symbol("e")), ("max(1, 2, 3)", number(3)), ("zero^2", number(0)),
    ("floor(7/2) + ceiling(7/2)", number(7)), ("(slope)", symbol("slope")), ("2^(-1)", number(Fraction(1, 2))),
    ("tanh(slope)", function("tanh", [symbol("slope")])),
])
def test_value(text, expected):
    assert value(text) == expected


def test_unknown_name_is_a_symbol_only_where_it_may_be():
    assert value("tau*2", free=True) == symbol("tau") * number(2)
    with pytest.raises(UnknownNameError) as caught:
        value("tau*2")
    assert (caught.value.span.column, caught.value.hint) == (1, None)


@pytest.mark.parametrize(("text", "kind", "marked", "message"), [
    ("1 + slpe", UnknownNameError, "slpe", "nothing is called `slpe` here"),
    ("1 + sqrt", UnknownNameError, "sqrt", "`sqrt` is a function"),
    ("1 + sqr(2)", UnknownNameError, "sqr", "there is no function `sqr`"),
    ("1 + slope(2)", UnknownNameError, "slope", "there is no function `slope`"),
    ("sqrt(1, 2)", ArgumentError, "sqrt(1, 2)", "`sqrt` takes 1 argument, not 2"),
    ("max(1)", ArgumentError, "max(1)", "`max` takes 2 to 8 arguments, not 1"),
    ("sqrt(x=2)", ArgumentError, "x=2", "an argument of the function `sqrt` has no keyword"),
    ("2/(half - 1/2)", DomainError, "/(half - 1/2)", "division by zero"),
    ("3*(2 - zero^(-1))", DomainError, "zero^(-1)", "division by zero"),
    ("1 + log(zero)", DomainError, "log(zero)", "the logarithm of a number that is not positive"),
    ("1 + (half - 1)^half", DomainError, "(half - 1)^half", "a negative number to a fractional or symbolic power"),
    ("1 + 9^(9^(9^9))", LimitError, "(9^(9^9))", "an exponent is at least 10^300"),
    ("9^(9^(9^(9^9)))", LimitError, "(9^(9^9))", "an exponent is at least 10^300"),
    ("2^(10^300)", LimitError, "(10^300)", "an exponent is at least 10^300"),
    ("2^(pi*9^(9^9))", LimitError, "(pi*9^(9^9))", "an exponent is at least 10^300"),
    ("exp(9^(9^9))", LimitError, "exp(9^(9^9))", "an exponent is at least 10^300"),
    ("1 + (slope >> slope)", LanguageError, "(slope >> slope)", "a block stands where a formula is expected"),
    ("slope | 1", LanguageError, "slope | 1", "a block stands where a formula is expected"),
    ("2*stack[l=1..3](l)", LanguageError, "stack[l=1..3](l)", "a block stands where a formula is expected"),
])
def test_mistake(text, kind, marked, message):
    with pytest.raises(FreeblockError) as caught:
        value(text)
    assert type(caught.value) is kind
    assert (caught.value.span.text, caught.value.message) == (marked, message)


def test_hint_names_what_is_known():
    with pytest.raises(UnknownNameError) as caught:
        value("slop")
    assert caught.value.hint == "did you mean `slope`?"


def test_large_powers_stay_powers():
    assert value("9^(9^9)") == power(number(9), 9**9)
    assert value("(1 + slope)^(10^12)") == power(number(1) + symbol("slope"), 10**12)


def test_constant_exponents_and_symbolic_ones():
    assert value("2^pi/2^pi") == number(1)
    assert value("slope^(2*L)", free=True) == power(symbol("slope"), symbol("L") * number(2))


def test_long_denominators_are_refused():
    text = "+".join(f"1/{number * 2 + 10**20 + 1}" for number in range(3_000))
    with pytest.raises(LimitError):
        value(text)


@pytest.mark.parametrize("text", [
    "(" * 1_900 + "1" + " + slope)" * 1_900, "-(" * 1_900 + "1" + ")" * 1_900, "2^(" * 1_000 + "0" + ")" * 1_000,
    "tanh(" * 1_900 + "slope" + ")" * 1_900, "(1 + 1/" * 1_900 + "slope" + ")" * 1_900, "slope*" * 100_000 + "2",
])
def test_depth_and_length(text):
    try:
        value(text)
    except LimitError as error:
        assert error.span is not None


def test_relation_is_read_pair_by_pair():
    relation = parse_formula(Source("relation", "0 < half <= slope"))
    assert isinstance(relation, Relation)
    assert to_relation(relation, SCOPE, free=False) == [
        (number(0), "<", SCOPE["half"]), (SCOPE["half"], "<=", SCOPE["slope"])
    ]


def test_names_in_a_formula_stand_in_order():
    node = parse_formula(Source("formula", "a + b*sqrt(c, d)^e/(a - f)"))
    assert [name.name for name in names_in(node)] == ["a", "b", "c", "d", "e", "a", "f"]
