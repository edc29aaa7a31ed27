"""Functions written where the block stands, variants, and what is said of mistakes in them."""

from __future__ import annotations

import math

import pytest

import freeblock
from freeblock.errors import FreeblockError
from freeblock.language.parser import parse_program
from freeblock.language.printer import print_node
from freeblock.source import Source

TEXT = "dense >> activation(max(x, 0)^2 - a*tanh(x)/2, q=1/4) >> tanh(variant=paper)"


def test_what_is_printed_can_be_typed_again():
    (statement,) = parse_program(Source("test", TEXT)).statements
    printed = print_node(statement.body)
    (again,) = parse_program(Source("test", printed)).statements
    assert again.body == statement.body


def test_names_are_symbols_or_parameters():
    by_symbol = freeblock.derive("dense >> activation(max(x, a*x))")
    by_parameter = freeblock.derive("leaky(s) = activation(max(x, s*x))\ndense >> leaky(1/4)")
    values = {"sigma_w": 1.3, "a": 0.25}
    assert by_symbol.evaluate(values).moments == pytest.approx(by_parameter.evaluate({"sigma_w": 1.3}).moments)
    assert by_symbol.evaluate(values).phi == pytest.approx(freeblock.derive("dense >> leaky_relu(1/4)").evaluate(values).phi)


def test_x_is_the_variable_inside_and_a_name_like_any_other_outside():
    result = freeblock.derive("x = dense(var=1/fan_in)\nx >> activation(x^3)").evaluate({})
    assert result.phi == pytest.approx(27)  # E 9x⁴
    assert freeblock.derive("dense(var=x/fan_in) >> activation(x^2)").evaluate({"x": 3}).phi == pytest.approx(12)


def test_means_make_way_for_symbols_of_the_text():
    result = freeblock.derive("dense(var=E2_gelu/fan_in) >> gelu").evaluate({"E2_gelu": 2})
    assert result.phi == pytest.approx(2 * 0.4558508656492871)


def test_different_functions_have_means_of_their_own():
    result = freeblock.derive("serial[l=1..2](dense(var=1/fan_in) >> gelu(q=l)) >> dense(var=1/fan_in) >> silu").evaluate({})
    assert result.phi == pytest.approx(0.4558508656492871 * 0.48951193779169566 * 0.379482351632829309)


def test_a_constant_is_the_zero_block():
    result = freeblock.derive("dense >> activation(3) >> dense")
    assert result.phi == 0


def test_sums_of_a_unit_and_the_identity_know_the_odd_moments():
    # E (1 + f')² = 1 + 2 E f' + E f'²; for tanh E f' = E sech² and for GELU E f' = 1/2.
    assert freeblock.derive("id + gelu").evaluate({}).phi == pytest.approx(1 + 1 + 0.4558508656492871)
    assert freeblock.derive("id + sin(1)").evaluate({}).phi == pytest.approx(1 + 2 * 0.6065306597126334 + 0.5676676416183064)


def test_two_functions_of_one_vector_are_not_one():
    refused = freeblock.derive("dense >> (activation(x*tanh(x)) + activation(max(x, 0)^2))")
    assert refused.derivation.given == 0 and "look at the same vector" in refused.derivation.refusals()[0].because
    # f + f = 2f, wherever f is written.
    twice = freeblock.derive("dense(var=1/fan_in) >> (activation(x^3) + activation(x^3))").evaluate({})
    assert twice.phi == pytest.approx(4 * 27)


@pytest.mark.parametrize("kind", ["sum", "stack"])
def test_a_function_of_the_index_stays_behind_it(kind):
    """E f′² of the branch l is l²: together 1 + 4 + 9, of a stack a third of it."""
    for lines in ("", "f(s) = activation(s*x)\n"):
        leaf = "f(l)" if lines else "activation(l*x)"
        found = freeblock.derive(f"{lines}{kind}[l=1..L]({leaf} >> dense(var=1/fan_in))").evaluate({"L": 3})
        assert found.phi == pytest.approx(14 if kind == "sum" else 14 / 3)


def test_the_variant_is_printed_as_assumed():
    result = freeblock.derive("dense >> sigmoid(variant=paper)")
    (entry,) = [one for one in result.hypotheses if one.name == "small-signal"]
    assert entry.status == "assumed" and result.evaluate({"sigma_w": 4}).phi == pytest.approx(1)


def test_a_stack_of_both_parts_needs_symmetry_to_be_alike():
    assert freeblock.derive("dense(bias=1) >> crelu >> batch_norm >> dense").phi is None
    assert freeblock.derive("dense >> crelu >> batch_norm(1) >> dense").phi is not None


MISTAKES = [
    # text; message, the marked text
    ("activation(relu(x))", "there is no function `relu` of x", "relu"),
    ("activation(sign(x))", "`sign` jumps, so that its derivative is no function", "sign(x)"),
    ("activation(2*floor(x))", "`floor` jumps, so that its derivative is no function", "floor"),
    ("activation(x >> x)", "a function of x is expected here", "x >> x"),
    ("activation(x*dense)", "`dense` is a block, and a number is expected here", "dense"),
    ("activation(x^x)", "a function of x is raised to numbers only", "x"),
    ("activation(x^51)", "an exponent in a function of x is at most 50", "51"),
    ("activation(tanh(x, 2))", "`tanh` takes 1 argument, not 2", "tanh(x, 2)"),
    ("activation(max(x))", "`max` takes 2 to 8 arguments, not 1", "max(x)"),
    ("activation(tanh(y=x))", "an argument of the function `tanh` has no keyword", "y=x"),
    ("activation(x/0)", "division by zero", "0"),
    ("f(g) = activation(g)\nf(x^2)", "`x` is the variable of the function here, and a symbol in what stands for `g`", "g"),
    ("activation(" + "tanh(" * 60 + "x" + ")" * 60 + ")", "a function of x is nested at most 40 deep", None),
    ("activation(" + "+".join(["x^2"] * 300) + ")", "a function of x has at most 200 parts", None),
    ("activation(" + "(" * 900 + "x" + ")" * 900 + " + max(x, 0) >> 1)", None, None),
    ("activation", "`activation` needs `function`: the function, a formula in x: x*tanh(x), max(x, 0)^2", "activation"),
    ("tanh(variant=papr)", "`tanh` has no such variant", "papr"),
    ("tanh(variant=paper, variant=paper)", "`variant` is given twice", "variant=paper"),
    ("gelu(q=0)", "`q` of `gelu` is outside its domain: it must satisfy q > 0", "0"),
    ("activation(exp(x^2))", "E f'(x)^2 is infinite for x ~ N(0, 1): the function grows too fast", "activation(exp(x^2))"),
    ("gelu(s)", "E f'(x)^2 has no closed form here for x ~ N(0, s)", "gelu(s)"),
]


@pytest.mark.parametrize(("text", "message", "marked"), MISTAKES)
def test_mistakes_are_told_at_their_place(text, message, marked):
    with pytest.raises(FreeblockError) as caught:
        freeblock.derive(text)
    assert message is None or caught.value.message == message
    assert marked is None or caught.value.span.text == marked


@pytest.mark.parametrize("name", ["gelu", "relu", "id + tanh", "activation(x*exp(-x^2))"])
def test_a_chain_at_depth_is_the_power_of_one_layer(name):
    one = freeblock.derive(f"dense(var=2/fan_in) >> ({name}) >> dense(var=1/fan_in)").evaluate({})
    deep = freeblock.derive(f"(dense(var=2/fan_in) >> ({name}) >> dense(var=1/fan_in))^L").evaluate({"L": 5})
    assert deep.phi == pytest.approx(one.phi**5) and deep.kappa == pytest.approx(5 * one.kappa)


SHIFTED = """\
shifted:
  title: Ramps whose parameter has either sign
  kind: activation
  parameters:
    c: {default: 1, meaning: where it bends}
  jacobian:
    function: max(x, 0)*abs(c) + c*max(x - c, 0)
  source: a test
"""


@pytest.mark.parametrize("values", [(2,), (-2,), (2, -2, 2), (-2, 2, 0.5, -2), (0.5, -1, 0.5)])
def test_a_form_for_positive_parameters_is_not_used_for_others(values, tmp_path):
    """Leaves that differ in their arguments alone share what they can, and no more."""
    library = tmp_path / "mine.yaml"
    library.write_text(SHIFTED)
    text = " >> ".join(f"dense(var=1/fan_in) >> shifted({value})" for value in values)

    def second_moment(c: float) -> float:
        # f' is |c| where x > 0, and c more where x > c.
        both = 0.5 * math.erfc(max(c, 0) / math.sqrt(2))
        first, last = 0.5 - both, 0.5 * math.erfc(c / math.sqrt(2)) - both
        return first * abs(c) ** 2 + last * c**2 + both * (abs(c) + c) ** 2

    result = freeblock.derive(text, library=str(library)).evaluate({})
    assert result.phi == pytest.approx(math.prod(map(second_moment, values)))
