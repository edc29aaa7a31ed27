"""Texts made to blow up: each is answered, or refused with a limit, in good time. The guard is in `run`."""

import pytest
from command_line import derive, run

TOO_MANY = "the expression expands to more than 20000 components"


def doubling(first, following, last, count=40):
    """Definitions each of which uses the one before it twice."""
    lines = [f"a0{first}"] + [f"a{place + 1}{following.format(f'a{place}')}" for place in range(count)]
    return "\n".join([*lines, last.format(f"a{count}")])


TOO_LARGE = {
    "definitions in series": doubling(" = dense >> relu", " = {0} >> {0}", "{}"),
    "definitions in sums": doubling(" = dense", " = {0} + {0}", "{}"),
    "definitions in stacks": doubling(" = dense", " = {0} | {0}", "{}"),
    "recipes of recipes": doubling("(x) = x >> x", "(x) = {0}({0}(x))", "{}(dense)"),
    "recipes of blocks": doubling("(x) = x >> x", "(x) = {0}(x=x + x)", "{}(dense)"),
    "indices in indices": "sum[l=1..1000](sum[j=1..1000](dense))",
    "series in series": "serial[l=1..200](serial[j=1..200](dense(var=l*j)))",
    "bounds that are names": "f(a) = serial[l=1..a](serial[j=1..a](relu))\nf(500)",
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE)
def test_expressions_that_expand_too_far(text):
    outcome = run("derive", text)
    assert outcome.status == 2
    assert outcome.mistake.message == TOO_MANY
    assert outcome.mistake.hint == "write equal blocks as a repeat: block^L"


ANSWERED = {
    "a long chain": ("serial[l=1..10^9](dense)", "sigma_w**2000000000"),
    "a repeated block": ("dense^(10^12)", "sigma_w**2000000000000"),
    "a wide sum": ("sum[l=1..10^6](dense)", "1000000*sigma_w**2"),
    "a tall stack": ("stack[l=1..10^6](dense)", "sigma_w**2"),
    "a large width": ("dense(10^300)", "sigma_w**2"),
    "a wide stack": ("dense(10^40) | dense(10^39)", "sigma_w**2"),
    "no copies of much": (doubling(" = dense", " = {0} >> {0}", "({})^0"), "1"),
    "nothing in series": ("serial[l=1..0](dense)", "1"),
    "parentheses": ("(" * 1000 + "id" + ")" * 1000, "1"),
    "nested powers": ("(" * 200 + "id" + "^2)" * 200, "1"),
    "nested sums": ("(id + " * 100 + "(-1) * id" + ")" * 100, "9801"),
    "nested stacks": ("(id | " * 300 + "id" + ")" * 300, "1"),
    "nested chains": ("(relu(1) >> " * 900 + "id" + ")" * 900, "1"),
}


@pytest.mark.parametrize(("text", "phi"), ANSWERED.values(), ids=ANSWERED)
def test_large_expressions_that_are_answered(text, phi):
    outcome = derive(text)
    assert outcome.status == 0
    assert outcome.data["phi"] == phi


FORMULAS = {
    "power of a sum": "(a + b)^(10^9)",
    "sum of powers": "(a + b + c + d + f)^100",
    "power of two": "2^(10^9)",
    "large gamma": "gamma(10^9)",
    "large exponential": "exp(10^9)",
    "exponentials": "exp(" * 400 + "a" + ")" * 400,
    "towers of a symbol": "(a^" * 400 + "2" + ")" * 400,
    "roots": "sqrt(" * 900 + "a" + ")" * 900,
    "roots of sums": "sqrt(1 + " * 300 + "a" + ")" * 300,
    "digits": "0." + "9" * 39 + " * 1e308 * " + "9" * 40,
    "products of digits": "*".join(["9" * 40] * 1000),
    "sums of fractions": "+".join(f"1/{place}" for place in range(1, 3000)),
    "towers of two": "(2^" * 400 + "2" + ")" * 400,
    "towers of exponentials": "exp(" * 9 + "1" + ")" * 9,
    "huge powers": "(1 + 1e-308)^(10^299)",
    "small powers": "1e-308^(10^200)",
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
@pytest.mark.parametrize("text", ["dense(var={})", "dense(out={})", "dense^({})", "({}) * dense", "serial[l=1..{}](dense)"])
def test_large_formulas(formula, text):
    outcome = run("derive", text.format(formula), "--format", "text")
    assert outcome.status in (0, 1, 2)
    assert (outcome.status == 0) == bool(outcome.out)
    assert len(outcome.err) < 4000


@pytest.mark.parametrize(("first", "following"), [
    ("(x) = dense(var=x + x)", "(x) = {0}(x*x + x)"),
    ("(x) = dense(var=x)", "(x) = {0}(x^x)"),
    ("(x) = dense(var=x)", "(x) = {0}(exp(x) + x)"),
    ("(x) = dense(x)", "(x) = {0}(x + x)"),
])
@pytest.mark.parametrize("form", ["json", "text"])
def test_arguments_that_double(first, following, form):
    """What is handed on is worked out once, and long parts of formulas are printed once."""
    outcome = run("derive", doubling(first, following, "{}(y)", 25), "--format", form)
    assert outcome.status in (0, 2)
    assert len(outcome.out) < 5_000_000


HIGH_ORDERS = [
    "(id + (dense >> relu >> dense))^L",
    "dense(a) >> relu(p) >> dense(b) >> relu(q) >> dense(c, var=v) >> relu(r)",
    "opaque(F, left, right) + opaque(G, left, right)",
    "dense(a) | dense(b)",
]


@pytest.mark.parametrize("text", HIGH_ORDERS)
def test_high_orders_with_many_symbols(text):
    outcome = derive(text, "--order", "8", "--assume-free")
    assert outcome.status == 0
    assert len(outcome.data["moments"]) == 8 and all(outcome.data["moments"])
    assert len(outcome.out) < 5_000_000


def test_an_opaque_block_has_symbols_to_order_8():
    mistake = derive("opaque(F)", "--order", "9").mistake
    assert mistake.message == "an opaque block has symbols up to order 8"
    assert mistake.marked == "opaque(F)"


def test_many_arguments_and_parameters():
    names = ", ".join(f"a{place}" for place in range(20_000))
    outcome = run("derive", f"f({names}) = id\nf({names})")
    assert outcome.status == 0
    assert run("derive", f"f({names}) = id\nf(1, {names})").mistake.message == "`f` takes 20000 arguments"
