"""The law of the language: what the printer prints parses to the same tree."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from language_trees import (
    EXPRESSIONS,
    PROGRAMS,
    alone,
    beside,
    call,
    define,
    indexed,
    minus,
    n,
    numbers,
    over,
    plus,
    power,
    program,
    relation,
    relations,
    serial,
    times,
    v,
)

from freeblock.language.parser import parse_formula, parse_program
from freeblock.language.printer import print_node, print_program
from freeblock.source import Source


def formula(text):
    return parse_formula(Source("test", text))


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_an_expression_survives_print_and_parse(tree):
    assert formula(print_node(tree)) == tree


@given(relations())
@settings(max_examples=100, deadline=None)
def test_a_relation_survives_print_and_parse(tree):
    assert formula(print_node(tree)) == tree


@given(PROGRAMS)
@settings(max_examples=200, deadline=None)
def test_a_program_survives_print_and_parse(tree):
    assert parse_program(Source("test", print_program(tree))) == tree


@given(numbers())
@settings(max_examples=500, deadline=None)
def test_a_number_survives_print_and_parse(number):
    assert formula(print_node(number)) == number


@given(EXPRESSIONS)
@settings(max_examples=100, deadline=None)
def test_printing_again_changes_nothing(tree):
    text = print_node(tree)
    assert print_node(formula(text)) == text


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (n(3), "3"),
        (n(0), "0"),
        (n(Fraction(1, 2)), "0.5"),
        (n(Fraction(1, 1000)), "0.001"),
        (n(10**39), "1" + "0" * 39),
        (n(10**40), "1e40"),
        (n(Fraction(15, 10**61)), "1.5e-60"),
        (n(Fraction(1, 3)), "1/3"),
        (power(n(Fraction(1, 3)), v("k")), "(1/3)^k"),
        (minus(times(v("a"), v("b"))), "-a*b"),
        (times(minus(v("a")), v("b")), "(-a)*b"),
        (times(n(1), over(times(v("a"), v("b")))), "1/(a*b)"),
        (times(v("a"), over(v("b")), v("c")), "a/b*c"),
        (times(times(v("a"), v("b")), v("c")), "(a*b)*c"),
        (over(v("a")), "1/a"),
        (plus(v("a"), minus(v("b")), n(1)), "a - b + 1"),
        (plus(v("a"), minus(plus(v("b"), v("c")))), "a - (b + c)"),
        (plus(minus(v("a")), minus(minus(v("b")))), "-a - (-b)"),
        (serial(v("a"), minus(v("b"))), "a >> -b"),
        (serial(serial(v("a"), v("b")), v("c")), "(a >> b) >> c"),
        (beside(v("id"), serial(v("bn"), v("relu"))), "id | (bn >> relu)"),
        (power(power(v("a"), v("b")), v("c")), "(a^b)^c"),
        (power(v("a"), power(v("b"), v("c"))), "a^(b^c)"),
        (power(v("a"), minus(n(2))), "a^(-2)"),
        (power(v("a"), call("f", n(2))), "a^(f(2))"),
        (power(call("dense", n(4)), v("L")), "dense(4)^L"),
        (call("dense"), "dense()"),
        (call("dense", times(n(4), v("n")), var=n(1)), "dense(4*n, var=1)"),
        (indexed("sum", "l", n(Fraction(1, 2)), v("L"), serial(v("a"), v("b"))), "sum[l=0.5..L](a >> b)"),
        (power(indexed("serial", "l", n(1), n(3), v("a")), n(2)), "serial[l=1..3](a)^2"),
        (relation(n(0), "<=", v("p"), "<", n(1)), "0 <= p < 1"),
    ],
)
def test_trees_print_as_people_write_them(tree, text):
    assert print_node(tree) == text


def test_a_program_prints_a_statement_a_line():
    tree = program(define("f", plus(v("id"), v("g")), "g", "h"), define("b", v("relu")), alone(call("f", v("b"), n(1))))
    assert print_program(tree) == "f(g, h) = id + g\nb = relu\nf(b, 1)\n"
    assert print_program(program()) == ""


def test_a_large_tree_prints_without_recursion():
    text = "(" * 1000 + "a" + " + 1)" * 1000
    tree = formula(text)
    assert print_node(tree) == text[1:-1]
