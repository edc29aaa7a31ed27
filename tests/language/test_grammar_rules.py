"""What a text means: precedence, names, numbers, lines and places."""

from fractions import Fraction

import pytest
from language_trees import (
    alone,
    assume,
    beside,
    call,
    define,
    indexed,
    input_,
    let,
    minus,
    n,
    over,
    plus,
    power,
    program,
    relation,
    serial,
    times,
    v,
)

from freeblock.language.parser import parse_formula, parse_program
from freeblock.source import Source

A, B, C = v("a"), v("b"), v("c")


def formula(text):
    return parse_formula(Source("test", text))


def parsed(text):
    return parse_program(Source("test", text))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a >> b >> c", serial(A, B, C)),
        ("a | b", beside(A, B)),
        ("a - b + c", plus(A, minus(B), C)),
        ("a + -b", plus(A, minus(B))),
        ("a - -b", plus(A, minus(minus(B)))),
        ("-a*b", minus(times(A, B))),
        ("-a^b", minus(power(A, B))),
        ("-a >> b", serial(minus(A), B)),
        ("a*b >> c", serial(times(A, B), C)),
        ("2*a^b", times(n(2), power(A, B))),
        ("a/b/c", times(A, over(B), over(C))),
        ("a/b*c", times(A, over(B), C)),
        ("a/(b*c)", times(A, over(times(B, C)))),
        ("x^1/2", times(power(v("x"), n(1)), over(n(2)))),
        ("a^(b^c)", power(A, power(B, C))),
        ("(a^b)^c", power(power(A, B), C)),
        ("(a >> b) >> c", serial(serial(A, B), C)),
        ("((a))", A),
        ("(id + a)^L", power(plus(v("id"), A), v("L"))),
        ("a + (b >> c)", plus(A, serial(B, C))),
        ("f()", call("f")),
        ("f(a, b=c >> a)", call("f", A, b=serial(C, A))),
        ("f(a)^2 * b", times(power(call("f", A), n(2)), B)),
        ("serial[l=1..L](a >> b)^2", power(indexed("serial", "l", n(1), v("L"), serial(A, B)), n(2))),
        ("sum [ l = 1. .. L - 1 ] ( a )", indexed("sum", "l", n(1), plus(v("L"), minus(n(1))), A)),
        ("stack[i=0.5...5](a)", indexed("stack", "i", n(Fraction(1, 2)), n(Fraction(1, 2)), A)),
        ("0 <= p <= 1", relation(n(0), "<=", v("p"), "<=", n(1))),
        ("a + b = c", relation(plus(A, B), "=", C)),
        ("a +\n b\n\n * c # note", plus(A, times(B, C))),
    ],
)
def test_expressions(text, tree):
    assert formula(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.", 3),
        (".5", Fraction(1, 2)),
        ("0.10", Fraction(1, 10)),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("25e-1", Fraction(5, 2)),
        ("2.50e1", 25),
        ("0.000", 0),
        ("0e308", 0),
        ("1e308", 10**308),
        ("1e-0000308", Fraction(1, 10**308)),
        ("1234567890123456789012345678901234567890", 1234567890123456789012345678901234567890),
    ],
)
def test_numbers_are_exact(text, value):
    number = formula(text)
    assert number == n(value)
    assert type(number.value) is type(value)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("σ_w", "sigma_w"),
        ("𝜎_w", "sigma_w"),
        ("ς", "sigma"),
        ("Σ2", "Sigma2"),
        ("Φ", "Phi"),
        ("ϕ", "phi"),
        ("φ", "phi"),
        ("µ", "mu"),
        ("λ", "lambda"),
        ("été", "été"),
        ("é", "é"),
        ("ширина", "ширина"),
        ("层", "层"),
        ("ｗ", "w"),
        ("inputs", "inputs"),
        ("let_", "let_"),
        ("e", "e"),
    ],
)
def test_names(written, name):
    assert formula(written) == v(name)


def test_greek_letters_name_the_same_everywhere():
    text = "let Ω = dense(σ=β)\nf(α) = α >> Ω\nserial[λ=1..L](f(λ))"
    spelled = "let Omega = dense(sigma=beta)\nf(alpha) = alpha >> Omega\nserial[lambda=1..L](f(lambda))"
    assert parsed(text) == parsed(spelled)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", program()),
        ("\n\n# nothing\n", program()),
        ("a", program(alone(A))),
        ("input m", program(input_(v("m")))),
        ("input (m)", program(input_(v("m")))),
        ("input (m + 1)*2", program(input_(times(plus(v("m"), n(1)), n(2))))),
        ("input (3, 32, 32)", program(input_(n(3), n(32), n(32)))),
        ("assume sigma_w > 0", program(assume(relation(v("sigma_w"), ">", n(0))))),
        ("assume a = b", program(assume(relation(A, "=", B)))),
        ("a = b", program(define("a", B))),
        ("f(a, b) = a >> b", program(define("f", serial(A, B), "a", "b"))),
        ("let W = dense(4)", program(let("W", call("dense", n(4))))),
    ],
)
def test_statements(text, tree):
    assert parsed(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "x = a >> b\nx",
        "x = a >>\nb\nx",
        "x = a\n>> b\nx",
        "x = a\n  # between\n\n  >> b\n\n\nx\n\n",
        "x = a >> # at the end\n# and below\nb # last\nx",
        "\n\nx = a >>\r\n\r\nb\r\nx\r\n",
        "x = a\r>> b\rx",
        "x =\ta  >>b   \nx   ",
    ],
)
def test_a_chain_goes_on_over_line_breaks(text):
    assert parsed(text) == program(define("x", serial(A, B)), alone(v("x")))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a\nb", program(alone(A), alone(B))),
        ("a\n-b", program(alone(A), alone(minus(B)))),
        ("a +\nb\n+ c", program(alone(plus(A, B, C)))),
        ("a\n| b", program(alone(beside(A, B)))),
        ("x = f(\n  a,\n\n  b = (\n c\n)\n)\nx", program(define("x", call("f", A, b=C)), alone(v("x")))),
        ("serial[\nl\n=\n1\n..\n2\n](\na\n)", program(alone(indexed("serial", "l", n(1), n(2), A)))),
    ],
)
def test_a_newline_ends_a_statement(text, tree):
    assert parsed(text) == tree


def test_every_node_knows_its_place():
    source = Source("test", "x = id\nf(σ) = (a + b)*c^2 - g(k=3)")
    _, definition = parse_program(source).statements
    assert definition.span.text == "f(σ) = (a + b)*c^2 - g(k=3)"
    assert definition.name_span.text == "f"
    first, second = definition.body.parts
    assert definition.body.span.text == "(a + b)*c^2 - g(k=3)"
    assert [part.span.text for part in first.parts] == ["(a + b)", "c^2"]
    assert second.span.text == "- g(k=3)"
    assert second.operand.name_span.text == "g"
    assert second.operand.arguments[0].span.text == "k=3"
    assert (definition.span.line, definition.span.column) == (2, 1)
    assert (second.span.line, second.span.column) == (2, 20)


def test_a_stretch_of_a_text_is_parsed_where_it_stands():
    source = Source("rules.yaml", "relu:\n  moments: p^k # half\n")
    tree = parse_formula(source, 17, 20)
    assert tree == power(v("p"), v("k"))
    assert (tree.span.line, tree.span.column) == (2, 12)


def test_nodes_are_hashable_and_show_themselves():
    node = formula("f(a)")
    assert {node: 1}[formula(" f( a )")] == 1
    assert node != formula("f(b)") and node != "f(a)"
    assert repr(node) == "Call(name='f', arguments=(Argument(keyword=None, value=Name(name='a')),))"
