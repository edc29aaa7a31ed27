"""What is printed is what is meant: read again, in another process, and by sympy."""

from __future__ import annotations

import random
import subprocess
import sys

import mpmath
import pytest
import sympy

from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE
from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.products import product
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source

A, B, L = symbol("a"), symbol("sigma_w"), symbol("L")
LAMBDA = symbol("lambda")  # a keyword of Python


def random_formula(rng: random.Random, depth: int) -> Expression:
    """Positive formulas with symbolic exponents, roots and functions."""
    if depth == 0:
        return rng.choice([A, B, LAMBDA, symbol("pi"), number(rng.randint(2, 30)), number(rng.randint(1, 9)) / number(7)])
    first, second = random_formula(rng, depth - 1), random_formula(rng, depth - 1)
    choice = rng.randrange(10)
    if choice < 3:
        return first + second
    if choice < 5:
        return first * second
    if choice == 5:
        return first / (second + ONE)
    if choice == 6:
        return power(first, rng.choice([L, number(2) * L, L - ONE, -L, L / number(2)]))
    if choice == 7:
        return power(first, rng.choice([number(1) / number(2), number(-3) / number(2), number(3)]))
    if choice == 8:
        return product(((first, -2),))
    return apply(rng.choice(["exp", "log", "Phi", "erf", "tanh", "gamma", "harmonic"]), [first + ONE])


POINT = {"a": .75, "sigma_w": 1.25, "lambda": .5, "L": 3}
LOCALS = {"a": sympy.Symbol("a"), "sigma_w": sympy.Symbol("sigma_w"), "lambda_": sympy.Symbol("lambda_"),
          "L": sympy.Symbol("L")}
AT = {LOCALS["a"]: sympy.Rational(3, 4), LOCALS["sigma_w"]: sympy.Rational(5, 4), LOCALS["lambda_"]: sympy.Rational(1, 2),
      LOCALS["L"]: 3}


@pytest.mark.parametrize("seed", range(150))
def test_a_printed_formula_has_the_value_of_the_formula(seed: int) -> None:
    rng = random.Random(seed)
    formula = random_formula(rng, rng.choice([2, 3]))
    try:
        expected = evaluate(formula, POINT)
    except (ValueError, ZeroDivisionError):
        return
    if not expected.mantissa or abs(expected.exponent) > 900:
        return
    plain = to_expression(parse_formula(Source("plain", print_expression(formula, PLAIN))), {}, free=True)
    assert evaluate(plain, POINT).to_float() == pytest.approx(expected.to_float(), rel=1e-10)
    read = sympy.sympify(print_expression(formula, PYTHON), locals=LOCALS)
    assert not read.free_symbols - set(LOCALS.values())
    assert float(read.subs(AT).evalf(30)) == pytest.approx(expected.to_float(), rel=1e-9)
    for notation in (UNICODE, LATEX):
        assert print_expression(formula, notation)


@pytest.mark.parametrize("body", [ONE + A / symbol("l") ** 2, A + power(symbol("l"), number(1) / number(2)),
                                  apply("log", [symbol("l") + ONE])])
@pytest.mark.parametrize("form", [product_over, sum_over])
def test_bound_forms_are_read_by_sympy(body: Expression, form: object) -> None:
    value = form("l", body, ONE, L)  # type: ignore[operator]
    read = sympy.sympify(print_expression(value * B, PYTHON), locals={**LOCALS, "l": sympy.Symbol("l")})
    assert float(read.subs(AT).doit().evalf(20)) == pytest.approx(evaluate(value * B, POINT).to_float(), rel=1e-10)


@pytest.mark.parametrize(("base", "exponent"), [("9/8", 10**6), ("1/3", 10**6), ("1000001/1000000", 10**9), ("7", 10**5)])
def test_powers_beyond_all_floats(base: str, exponent: int) -> None:
    formula = power(to_expression(parse_formula(Source("base", base)), {}, free=True), L)
    value = evaluate(formula * A, {"L": exponent, "a": 2})
    with mpmath.workdps(40):
        expected = (mpmath.mpf(2) * mpmath.mpf(sympy.Rational(base).p) ** exponent
                    / mpmath.mpf(sympy.Rational(base).q) ** exponent)
        assert value.log10() == pytest.approx(float(mpmath.log10(expected)), rel=1e-12, abs=1e-6)


@pytest.mark.parametrize(("name", "arguments", "expected"), [
    ("Phi", (-40,), lambda: mpmath.ncdf(-40)), ("Phi", (-2,), lambda: mpmath.ncdf(-2)), ("Phi", (3,), lambda: mpmath.ncdf(3)),
    ("gamma", (7.3,), lambda: mpmath.gamma(7.3)), ("gamma", (300,), lambda: mpmath.gamma(300)),
    ("harmonic", (2.5,), lambda: mpmath.harmonic(2.5)), ("harmonic", (10**6,), lambda: mpmath.harmonic(10**6)),
    ("sech_moment", (4, 1), lambda: _sech(4, 1)), ("sech_moment", (8, .25), lambda: _sech(8, .25)),
    ("sech_moment", (4, 900), lambda: _sech(4, 900)), ("erf", (.3,), lambda: mpmath.erf(.3)),
])
def test_functions_against_mpmath(name: str, arguments: tuple[float, ...], expected: object) -> None:
    symbols = [symbol(f"x{place}") for place in range(len(arguments))]
    value = evaluate(apply(name, symbols), {f"x{place}": given for place, given in enumerate(arguments)})
    with mpmath.workdps(30):
        wanted = expected()  # type: ignore[operator]
        assert value.log10() == pytest.approx(float(mpmath.log10(wanted)), abs=1e-9)


def _sech(power_of: int, mean_square: float) -> mpmath.mpf:
    def integrand(z: mpmath.mpf) -> mpmath.mpf:
        return mpmath.sech(mpmath.sqrt(mean_square) * z) ** power_of * mpmath.npdf(z)

    return 2 * mpmath.quad(integrand, [0, .02, .05, .1, .3, 1, 3, 8])


SCRIPT = """
from freeblock.formula.expression import number, symbol; from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.notations import *; from freeblock.formula.functions import apply
a, b, c, L = map(symbol, ("sigma_w", "tau", "n", "L"))
f = power(a + b / c, L) * (a - b) / (c + number(2)) + apply("min", [a, b]) * power(number(6), L) / (b * b + c) - c / a
f = f * (b + c) ** 3 / (a + c) + power(a * b, L) * power(c, -L)
for notation in (PLAIN, PYTHON, UNICODE, LATEX): print(print_expression(f, notation))
"""


def test_the_order_of_terms_does_not_depend_on_hashes() -> None:
    texts = {
        subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": ":".join(sys.path)}).stdout
        for seed in ("0", "1", "17", "4242")
    }
    assert len(texts) == 1 and next(iter(texts)).count("\n") == 4
