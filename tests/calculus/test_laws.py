"""The algebra that derived laws obey, exactly: identities between different ways to write one network."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from derivations import FREE, derived
from hypothesis import given, settings
from hypothesis import strategies as st
from series_by_hand import moments_of_cumulants, moments_of_s, rectangular_cumulants, s_transform, stretched

from freeblock.formula.evaluation import evaluate

ORDER = 4
WIDTH = 60


def law(text, order=ORDER, side="out", width=WIDTH):
    """φ_1 … φ_K as exact numbers, whatever is proved (freeness is taken for granted)."""
    derivation = derived(f"input {width}\n{text}", order, FREE, side)
    return [derivation.law.moment(k).number() for k in range(1, order + 1)]


VARIANCE = st.sampled_from(["1", "2", "1/2", "3/7"])
WEIGHT = st.one_of(
    VARIANCE.map(lambda value: f"dense({{out}}, var={value}/fan_in)"),
    st.sampled_from(["orthogonal({out}, gain=1)", "orthogonal({out}, gain=2/3)"]),
)
UNIT_WISE = st.sampled_from(["relu", "leaky_relu(slope=1/3)", "dropout(keep=2/3)", "bn(std=3)", "id"])


@st.composite
def block(draw, out=WIDTH):
    """A chain that begins and ends with a weight, to the given width."""
    middle = draw(st.sampled_from([20, 30, 60, 90]))
    first = draw(WEIGHT).format(out=middle)
    last = draw(WEIGHT).format(out=out)
    return f"({first} >> {draw(UNIT_WISE)} >> {last})"


MANY = settings(max_examples=15, deadline=None, derandomize=True)


@MANY
@given(block(40), block(75), block(30))
def test_serial_is_associative_and_id_is_neutral(a, b, c):
    together = law(f"{a} >> {b} >> {c}")
    assert law(f"({a} >> {b}) >> {c}") == law(f"{a} >> ({b} >> {c})") == together
    assert law(f"id >> {a} >> id >> {b} >> (id >> {c} >> id)^1 >> id") == together


@MANY
@given(block(45), block(45), block(45))
def test_sums_and_stacks_are_associative_and_commutative(a, b, c):
    for sign in ("+", "|"):
        together = law(f"{a} {sign} {b} {sign} {c}")
        assert law(f"({a} {sign} {b}) {sign} {c}") == law(f"{a} {sign} ({b} {sign} {c})") == together
        assert law(f"{c} {sign} {a} {sign} {b}") == law(f"{b} {sign} {a} {sign} {c}") == together


@MANY
@given(block(), st.integers(1, 6))
def test_copies_are_powers(a, count):
    written = law(" >> ".join([a] * count))
    assert law(f"{a}^{count}") == written
    symbolic = derived(f"input {WIDTH}\n{a}^L", ORDER)
    assert symbolic.proved == ORDER
    for k in range(1, ORDER + 1):
        assert evaluate(symbolic.moment(k), {"L": count}).to_float() == pytest.approx(float(written[k - 1]), rel=1e-12)
    skip = f"(id + 1/2 * {a})"
    assert law(f"{skip}^{count}") == law(" >> ".join([skip] * count))


@MANY
@given(block(80), st.sampled_from(["2", "1/3", "(-3/2)"]))
def test_scales(a, factor):
    square = Fraction(factor.strip("()")) ** 2
    assert law(f"{factor} * {a}") == [square**k * moment for k, moment in enumerate(law(a), 1)]
    assert law(f"{factor} * ({factor} * {a})") == [square ** (2 * k) * moment for k, moment in enumerate(law(a), 1)]
    assert law(f"(({factor}) * id) >> {a}") == law(f"{factor} * {a}") == law(f"{a} >> ({factor} * id)")


@MANY
@given(block(45), block(80))
def test_the_theorems_against_series_by_hand(a, b):
    one, other = law(a), law(b, width=45)
    ratio = Fraction(80, 45)  # output of the chain over output of the first block
    by_hand = moments_of_s([sum(x * y for x, y in zip(first, reversed(second), strict=True))
                            for first, second in _heads(stretched(s_transform(one), ratio), s_transform(other))])
    assert law(f"{a} >> {b}") == by_hand
    second = law(b.replace("80", "45"))
    added = [x + y for x, y in zip(rectangular_cumulants(one, Fraction(45, 60)),
                                   rectangular_cumulants(second, Fraction(45, 60)), strict=True)]
    assert law(f"{a} + {b.replace('80', '45')}") == moments_of_cumulants(added, Fraction(45, 60))
    wide = law(b)
    inputs = [x + y for x, y in zip(rectangular_cumulants([Fraction(45, 60) * m for m in one], 0),
                                    rectangular_cumulants([Fraction(80, 60) * m for m in wide], 0), strict=True)]
    assert law(f"{a} | {b}") == [Fraction(60, 125) * m for m in moments_of_cumulants(inputs, 0)]


def _heads(first, second):
    return [(first[: k + 1], second[: k + 1]) for k in range(len(first))]


@MANY
@given(block(45), block(45))
def test_the_two_sides_differ_by_the_shape(a, b):
    for text, rows in ((a, 45), (f"{a} + {b}", 45), (f"{a} | {b}", 90), (f"id | {a}", 105), (f"{a} >> relu", 45)):
        out, inside = law(text), law(text, side="in")
        assert inside == [Fraction(rows, WIDTH) * moment for moment in out]
        phi, variance, ratio = out[0], out[1] - out[0] ** 2, Fraction(rows, WIDTH)
        assert inside[1] - inside[0] ** 2 == ratio * variance + ratio * (1 - ratio) * phi**2


@MANY
@given(block(), block())
def test_lower_orders_do_not_depend_on_the_order_asked_for(a, b):
    for text in (f"{a} >> relu >> {b}", f"{a} + {b}", f"{a} | {b} | id", f"id + 1/2 * {a}", f"(id | {a}) >> dense(10, var=1)"):
        six = law(text, 6)
        assert law(text, 2) == six[:2]
        assert law(text, 1) == six[:1]
        assert law(text, 4) == six[:4]


@MANY
@given(block())
def test_the_zero_block(a):
    zero = "dense(var=0)"
    assert law(f"{zero} >> {a}") == law(f"{a} >> {zero}") == law(f"0 * {a}") == [0] * ORDER
    assert law(f"{a} + {zero}") == law(f"{zero} + {a} + 0 * id") == law(a)
    assert law(f"{a} | {zero}") == [moment / 2 for moment in law(a)]
    assert law(f"(id + {zero})^5") == law(f"serial[l=1..5](id + {zero})") == [1] * ORDER
    assert derived(f"(id + {zero})^L").proved == ORDER


INDEXED = [  # body, widths that it keeps
    "id + l^(-1/2) * {a}", "id + (1/l) * {a}", "(2/l) * {a}", "{a} >> dropout(keep=1/(1 + l))", "dense(var=l/fan_in)",
    "id + dense(var=tau/l/fan_in)", "id + dense(var=tau/fan_in)", "(l/(l + 1)) * orthogonal", "2^l * {a}",
    "leaky_relu(slope=1/l) >> {a}", "orthogonal(30, gain=l) >> dense(60, var=1/fan_in)",
    "serial[j=1..l](dense(var=1/j/fan_in))", "sum[j=1..l](dense(var=1/(1 + j)/fan_in))",
]


@pytest.mark.parametrize("kind", ["serial", "sum", "stack"])
@pytest.mark.parametrize("body", INDEXED)
def test_indexed_forms_are_what_they_abbreviate(body, kind):
    body = body.format(a="(dense(45, var=2/fan_in) >> relu >> orthogonal(60))")
    if kind != "serial" and body.startswith("id"):
        body = body.removeprefix("id + ")  # two identities are not free
    if kind != "serial" and body.startswith("leaky"):
        body = f"orthogonal >> {body}"  # patterns of one vector are not independent
    order = 3
    symbolic = derived(f"input {WIDTH}\n{kind}[l=1..L]({body})", order)
    unrolled = derived(f"input {WIDTH}\n{kind}[l=1..5]({body})", order)
    written = {"serial": " >> ", "sum": " + ", "stack": " | "}[kind].join(
        f"({_with_index(body, step)})" for step in range(1, 6))
    by_hand = derived(f"input {WIDTH}\n{written}", order)
    assert symbolic.proved == unrolled.proved == by_hand.proved == order
    numbers = {"L": 5, "tau": .7}
    for k in range(1, order + 1):
        expected = evaluate(by_hand.moment(k), numbers).to_float()
        assert evaluate(unrolled.moment(k), numbers).to_float() == pytest.approx(expected, rel=1e-11)
        assert evaluate(symbolic.moment(k), numbers).to_float() == pytest.approx(expected, rel=1e-9)


def _with_index(body, step):
    import re

    return re.sub(r"\bl\b", str(step), body)


CLOSED = [  # φ of serial[l=1..L](…), as a function of L
    ("id + l^(-1/2) * dense(var=1/fan_in)", lambda depth: depth + 1),
    ("id + dense(var=1/2/fan_in)", lambda depth: 1.5**depth),
    ("(l^(1/2)) * orthogonal", lambda depth: np.prod(np.arange(1.0, depth + 1))),
    ("id + l^(-1/2) * dense(var=1/2/fan_in)", lambda depth: np.prod(1 + .5 / np.arange(1.0, depth + 1))),
]


@pytest.mark.parametrize(("body", "product"), CLOSED)
@pytest.mark.parametrize("depth", [1, 2, 5, 40])
def test_closed_products(body, product, depth):
    phi = derived(f"serial[l=1..L]({body})", 2).phi
    assert evaluate(phi, {"L": depth, "n": 1}).to_float() == pytest.approx(product(depth), rel=1e-11)


@pytest.mark.parametrize(
    "text",
    [
        "dense(a*n, var=s/fan_in) >> relu >> dense(b*n, var=t/fan_in)", "(id + c * (dense(var=s/fan_in) >> relu >> dense))^L",
        "dense(a*n, var=s/fan_in) + orthogonal(a*n, gain=t)", "id | (relu >> dense(a*n, var=s/fan_in)) | orthogonal(b*n)",
        "(dense(var=s/fan_in) >> leaky_relu(slope=t) >> dropout(keep=p))^L >> dense(a*n)", "c * (id + (-t) * relu)",
        "(dense(a*n, var=s) | dense(b*n, var=t)) >> relu >> dense", "serial[l=1..L](id + (c/l) * orthogonal(gain=t))",
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_symbolic_results_at_numbers_are_numeric_derivations(text, seed):
    import re

    random = np.random.default_rng(seed)
    names = ("a", "b", "c", "s", "t", "p", "sigma_w")
    values = {name: Fraction(int(random.integers(1, 9)), 10) for name in names} | {"L": 4, "n": 60}
    values |= {"a": random.choice([2, 3]).item(), "b": Fraction(1, 2)}
    symbolic = derived(text, 3)
    shown = re.sub(r"\b(\w+)\b(?![(\[=])", lambda match: f"({values[match[1]]})" if match[1] in values else match[1], text)
    shown = shown.replace("dense)", "dense(var=(sigma_w)^2/fan_in))")
    for name, value in values.items():
        shown = shown.replace(f"({name})", f"({value})")
    numeric = derived(f"input 60\n{shown}", 3)
    assert numeric.proved == symbolic.proved
    for k in range(1, numeric.given + 1):
        expected = evaluate(numeric.moment(k), values).to_float()
        assert evaluate(symbolic.moment(k), values).to_float() == pytest.approx(expected, rel=1e-9)
