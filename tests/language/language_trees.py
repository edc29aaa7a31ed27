"""Trees for the tests: short builders without places, and strategies for everything the parser can produce."""

from fractions import Fraction

from hypothesis import strategies as st

from freeblock.language.nodes import (
    Argument,
    Assume,
    Call,
    Chain,
    Definition,
    ExpressionStatement,
    Indexed,
    Input,
    Let,
    Name,
    Negate,
    Number,
    Power,
    Product,
    Program,
    Reciprocal,
    Relation,
)
from freeblock.source import Source, Span

NOWHERE = Span(Source("", ""), 0, 0)


def n(value):
    return Number(value, NOWHERE)


def v(name):
    return Name(name, NOWHERE)


def call(name, *arguments, **keywords):
    given = [Argument(None, value, NOWHERE) for value in arguments]
    given += [Argument(keyword, value, NOWHERE) for keyword, value in keywords.items()]
    return Call(name, tuple(given), NOWHERE, NOWHERE)


def serial(*parts):
    return Chain(">>", parts, NOWHERE)


def plus(*parts):
    return Chain("+", parts, NOWHERE)


def beside(*parts):
    return Chain("|", parts, NOWHERE)


def times(*parts):
    return Product(parts, NOWHERE)


def minus(operand):
    return Negate(operand, NOWHERE)


def over(operand):
    return Reciprocal(operand, NOWHERE)


def power(base, exponent):
    return Power(base, exponent, NOWHERE)


def indexed(kind, index, lower, upper, body):
    return Indexed(kind, index, lower, upper, body, NOWHERE, NOWHERE)


def relation(first, *rest):
    return Relation((first, *rest[1::2]), rest[0::2], NOWHERE)


def program(*statements):
    return Program(statements, NOWHERE.source)


def define(name, body, *parameters):
    return Definition(name, parameters, body, NOWHERE, NOWHERE)


def let(name, body):
    return Let(name, body, NOWHERE, NOWHERE)


def assume(relation):
    return Assume(relation, NOWHERE)


def input_(*shape):
    return Input(shape, NOWHERE)


def alone(body):
    return ExpressionStatement(body, NOWHERE)


NAMES = st.sampled_from(["id", "dense", "relu", "sigma_w", "L", "n", "x1", "Phi", "é", "inputs", "lets", "e", "e1"])


@st.composite
def numbers(draw):
    """Values a decimal text within the limits can have."""
    digits = draw(st.integers(0, 10 ** draw(st.integers(1, 40)) - 1))
    places = draw(st.integers(-308, 308))
    if digits and abs(len(str(digits)) - 1 - places) > 308:
        places = 0
    value = Fraction(digits) / Fraction(10) ** places
    return n(value.numerator if value.denominator == 1 else value)


def _grow(children):
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    factor = st.one_of(children, children.map(over))
    given = st.tuples(st.none() | NAMES, children).map(lambda pair: Argument(*pair, NOWHERE))
    return st.one_of(
        st.tuples(st.sampled_from([">>", "|", "+"]), several).map(lambda pair: Chain(*pair, NOWHERE)),
        st.tuples(children, st.lists(factor, min_size=1, max_size=3)).map(lambda pair: times(pair[0], *pair[1])),
        children.map(minus),
        st.builds(power, children, children),
        st.tuples(NAMES, st.lists(given, max_size=3)).map(lambda pair: Call(pair[0], tuple(pair[1]), NOWHERE, NOWHERE)),
        st.builds(indexed, st.sampled_from(["serial", "sum", "stack"]), NAMES, children, children, children),
    )


EXPRESSIONS = st.recursive(st.one_of(numbers(), NAMES.map(v)), _grow, max_leaves=25)


@st.composite
def relations(draw):
    parts = draw(st.lists(EXPRESSIONS, min_size=2, max_size=4))
    operators = draw(st.lists(st.sampled_from(["<", "<=", ">", ">=", "="]), min_size=len(parts) - 1, max_size=len(parts) - 1))
    return Relation(tuple(parts), tuple(operators), NOWHERE)


STATEMENTS = st.one_of(
    st.lists(EXPRESSIONS, min_size=1, max_size=3).map(lambda shape: input_(*shape)),
    relations().map(assume),
    st.builds(let, NAMES, EXPRESSIONS),
    st.tuples(NAMES, EXPRESSIONS, st.lists(NAMES, max_size=3, unique=True)).map(lambda parts: define(parts[0], parts[1], *parts[2])),
    EXPRESSIONS.map(alone),
)
PROGRAMS = st.lists(STATEMENTS, max_size=5).map(lambda statements: program(*statements))
