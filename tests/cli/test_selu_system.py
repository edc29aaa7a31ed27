"""The depth-aware SeLU and other systems of conditions, against theory 1 §4.7 and equations evaluated by mpmath."""

from __future__ import annotations

import itertools

import mpmath
import pytest
import sympy
from command_line import run
from sympy_reader import at

TEXT = "assume epsilon > 0\ndense(var=gamma_0/fan_in) >> selu(scale=lambda, alpha=alpha, q=gamma_0*q)"
ELU = "assume epsilon > 0\ndense(var=gamma_0/fan_in) >> selu(scale=1, alpha=alpha, q=gamma_0*q)"
WANTED = ["--where", "phi = 1 + epsilon", "--where", "mean_square = q", "--q", "q"]

# γ0, q, ε, λ, α, κ_D, mean of the output: the authors' released code, theory 1 §4.7.
TABLE = [
    ("1", "1", "0.0716", 1.05055, 1.67379, .3164, 0), ("1", "1", "0.07", 1.06004, 1.64017, .3050, .008),
    ("1", "1", "0.065", 1.08917, 1.53824, .2762, .035), ("1", "1", "0.06", 1.11753, 1.44039, .2582, .062),
    ("1", "1", "0.05", 1.17220, 1.25356, .2555, .117), ("1", "1", "1/32", 1.26838, .91588, .3785, .229),
    ("1", "1", "0.03", 1.27453, .89304, .3930, .237), ("1", "1", "1/56", 1.33284, .65886, .5772, .322),
    ("1", "1", "0.01", 1.36924, .47994, .7401, .390), ("2", "1", "0.03", .94414, .78025, .5740, .322),
    ("2", "1", "0.0716", .86071, 1.32225, .3561, .160),
]


def solve(text, *options, status=0):
    outcome = run("solve", text, "--format", "json", *options)
    assert outcome.status == status, outcome.err
    return outcome.data


def numbers(gamma, q, epsilon=None):
    values = {"gamma_0": gamma, "q": q, "epsilon": epsilon}
    return [part for name, value in values.items() if value for part in ("--set", f"{name}={value}")]


@pytest.mark.parametrize(("gamma", "q", "epsilon", "scale", "alpha", "kappa", "mean"), TABLE)
def test_the_table(gamma, q, epsilon, scale, alpha, kappa, mean):
    data = solve(TEXT, "--for", "lambda", "--for", "alpha", *WANTED, *numbers(gamma, q, epsilon), "--show", "kappa - 1", "--show", "mean")
    (solution,) = data["solutions"]
    assert data["exact"] and data["complete"] and data["requires"] == [[]]
    assert float(at(solution["lambda"], {})) == pytest.approx(scale, abs=6e-6)
    assert float(at(solution["alpha"], {})) == pytest.approx(alpha, abs=6e-6)
    (shown,) = data["shown"]
    assert float(shown["kappa - 1"]) == pytest.approx(kappa, abs=6e-5)  # κ of the dense layer is 1
    assert float(shown["mean"]) == pytest.approx(mean, abs=6e-4)


def equations(gamma, q, scale, alpha):
    """φ and the mean square by quadrature of f'² and f², with no closed form."""
    v = mpmath.mpf(gamma) * q

    def mean(function):
        return mpmath.quad(lambda z: function(mpmath.sqrt(v) * z) * mpmath.npdf(z), [-20, -4, 0, 4, 20])

    phi = gamma * mean(lambda x: scale**2 if x > 0 else (scale * alpha * mpmath.exp(x)) ** 2)
    return phi, mean(lambda x: (scale * x if x > 0 else scale * alpha * (mpmath.exp(x) - 1)) ** 2)


@pytest.mark.parametrize(("gamma", "q", "epsilon"), [(1.7, 0.6, 0.02), (0.4, 2.5, 0.1), (3.0, 1.5, 0.05)])
def test_the_closed_form_meets_both_equations(gamma, q, epsilon):
    data = solve(TEXT, "--for", "lambda", "--for", "alpha", *WANTED)
    (solution,) = data["solutions"]
    assert data["exact"] and not data["inadmissible"] and data["q"] == "q"
    point = {"gamma_0": gamma, "q": q, "epsilon": epsilon}
    found = equations(gamma, q, *(mpmath.mpf(float(at(solution[name], point))) for name in ("lambda", "alpha")))
    assert float(found[0]) == pytest.approx(1 + epsilon, rel=1e-9) and float(found[1]) == pytest.approx(q, rel=1e-9)


def largest(v):
    """ε_max of theory 1 §4.7."""
    a1 = mpmath.exp(2 * v) * mpmath.ncdf(-2 * mpmath.sqrt(v))
    b1 = mpmath.exp(v / 2) * mpmath.ncdf(-mpmath.sqrt(v))
    a2 = a1 - 2 * b1 + mpmath.mpf(1) / 2
    return (v * a1 - a2) / a2


def number(text, **values):
    """A requirement's side, in the notation of the language."""
    names = {"Phi": lambda x: (1 + sympy.erf(x / sympy.sqrt(2))) / 2, **{name: sympy.Symbol(name) for name in values}}
    return float(sympy.sympify(text.replace("^", "**"), locals=names).subs(values).evalf())


def test_the_largest_epsilon_is_a_requirement():
    for options, point in ([], {"gamma_0": 1.3, "q": 0.8}), (numbers("1", "1"), {}):
        (requires,) = solve(TEXT, "--for", "lambda", "--for", "alpha", *WANTED, *options)["requires"]
        (bound,) = [text.removeprefix("epsilon < ") for text in requires if text.startswith("epsilon < ")]
        v = mpmath.mpf(point.get("gamma_0", 1)) * point.get("q", 1)
        assert number(bound, **point) == pytest.approx(float(largest(v)), rel=1e-10)
        # The other one holds for every v: v E f'² > E f² where f is 0 on one side (docs/paper).
        assert len(requires) == (2 if point else 1)
        for text in requires:
            if text.endswith(" > 0"):
                for gamma, q in itertools.product((0.01, 0.3, 1, 4), (0.1, 1, 5)):
                    assert number(text.removesuffix(" > 0"), gamma_0=gamma, q=q) > 0
    assert float(largest(1)) == pytest.approx(0.1598, abs=5e-5)


@pytest.mark.parametrize(("epsilon", "status"), [("0.1597", 0), ("0.1599", 1), ("3", 1)])
def test_there_is_no_solution_beyond_it(epsilon, status):
    assert 0.1597 < float(largest(1)) < 0.1599
    outcome = run("solve", TEXT, "--for", "lambda", "--for", "alpha", *WANTED, *numbers("1", "1", epsilon))
    assert outcome.status == status
    if status:
        assert "no admissible solution" in outcome.mistake.message and "`lambda^2` would be -" in outcome.mistake.message


def test_epsilon_zero_is_relu():
    # ε → 0 gives λ = √2 and α = 0, which is no positive number.
    outcome = run("solve", TEXT, "--for", "lambda", "--for", "alpha", "--where", "phi = 1", *WANTED[2:])
    assert outcome.status == 1 and "would be 0" in outcome.mistake.message


def test_elu_has_its_weights_as_the_other_unknown():
    # For a given v = γ0 q the system is linear in 1/γ0 and α².
    data = solve("assume epsilon > 0\ndense(var=gamma_0/fan_in) >> selu(scale=1, alpha=alpha, q=v)", "--for", "gamma_0", "--for", "alpha",
                 "--where", "phi = 1 + epsilon", "--where", "mean_square = v/gamma_0", "--q", "v/gamma_0")
    (solution,) = data["solutions"]
    assert data["exact"]
    point = {"v": 1.2, "epsilon": 0.04}
    gamma, alpha = (mpmath.mpf(float(at(solution[name], point))) for name in ("gamma_0", "alpha"))
    found = equations(gamma, 1.2 / gamma, mpmath.mpf(1), alpha)
    assert float(found[0]) == pytest.approx(1.04, rel=1e-9) and float(found[1]) == pytest.approx(float(1.2 / gamma), rel=1e-9)


def test_elu_at_a_given_mean_square_by_numbers():
    data = solve(ELU, "--for", "gamma_0", "--for", "alpha", *WANTED, "--set", "q=1", "--set", "epsilon=0.03")
    assert len(data["solutions"]) == 2 and not data["exact"] and not data["complete"]
    for solution in data["solutions"]:
        found = equations(mpmath.mpf(solution["gamma_0"]), 1, mpmath.mpf(1), mpmath.mpf(solution["alpha"]))
        assert float(found[0]) == pytest.approx(1.03, rel=1e-9) and float(found[1]) == pytest.approx(1, rel=1e-9)


LEAKY = "assume epsilon > 0\ndense(var=g/fan_in) >> leaky_relu(slope=s)"


def test_a_homogeneous_activation_allows_no_epsilon():
    outcome = run("solve", LEAKY, "--for", "g", "--for", "s", *WANTED)
    assert outcome.status == 1 and "contradict one another" in outcome.mistake.message
    assert "`epsilon*q/2 = 0`" in outcome.mistake.message


def test_a_homogeneous_activation_has_a_family_without_it():
    data = solve(LEAKY, "--for", "g", "--for", "s", "--where", "phi = 1", *WANTED[2:])
    assert data["solutions"] == [{"g": "2/(1 + s**2)"}] and data["requires"] == [["s is any number"]] and not data["every_value"]


@pytest.mark.parametrize(("text", "options", "message"), [
    ("dense >> relu", [], "the mean square of the output rests on that of the input"),
    ("dense >> relu(p=1/3)", ["--q", "1"], "`relu(p=1/3)` states `p`, so its input is not N(0, q)"),
    ("dense >> relu >> leaky_relu", ["--q", "1"], "what `leaky_relu` is applied to is not known to be Gaussian"),
    ("id + dense", ["--q", "1"], "the mean square behind branches is not derived: `id + dense`"),
    ("dense(bias=1) >> dense", ["--q", "1"], "`bias` of `dense(bias=1)` changes the mean square, and no rule says how"),
    ("let W = dense\nW >> relu", ["--q", "1"], "`dense` is one random object that may have met the signal before"),
    ("opaque(F) >> dense", ["--q", "1"], "no rule says what `opaque(F)` does to the mean square of a signal"),
    ("dense >> tanh(q=2)", ["--q", "1"], "`tanh(q=2)` takes 2 for the variance of its input, which is sigma_w^2"),
    ("(dense >> tanh(q=sigma_w^2))^L", ["--q", "1"],
     "`tanh(q=sigma_w^2)` takes sigma_w^2 for the variance of its input, which is sigma_w^2 - sigma_w^2*sech_moment(2, sigma_w^2)"),
])
def test_mean_squares_that_are_not_given(text, options, message):
    for form in "text", "json":
        assert run("solve", text, "--for", "sigma_w", "--where", "mean_square = 1", *options, "--format", form).mistake.message == message


@pytest.mark.parametrize(("text", "options", "expected"), [
    ("(dense >> relu)^L", ["--q", "q"], ["sqrt(2)*(1/q)**(1/(2*L))", "sqrt(2)/q**(1/(2*L))"]),
    ("(dense >> relu)^1000000", ["--q", "1"], ["sqrt(2)"]),
    ("(dense >> relu)^3 >> dropout(keep=1/2)", ["--q", "1/2"], ["sqrt(2)"]),
    ("dense >> bn >> relu >> dense", [], ["sqrt(2)"]),
    ("2*(dense >> relu)", ["--q", "1"], ["1/sqrt(2)", "sqrt(2)/2"]),
    # theory 1 §4.4: centred weights behind relu keep the variance of the signal alone, c (1 − 1/π)/2.
    ("dense >> relu >> sws(gain=1)", ["--q", "1"], ["sqrt(2)*sqrt(1/(1 - 1/pi))"]),
])
def test_mean_squares_along_chains(text, options, expected):
    data = solve(text, "--for", "sigma_w", "--where", "mean_square = 1", *options)
    (solution,) = data["solutions"]
    point = {"q": 0.37, "L": 5}
    wanted = sympy.sympify(expected[0], locals={name: sympy.Symbol(name) for name in point}).subs(point)
    assert float(at(solution["sigma_w"], {name: value for name, value in point.items() if name in solution["sigma_w"]})) == pytest.approx(float(wanted), rel=1e-12)


def test_other_systems_linear_in_monomials():
    # x²y = 6 and x²y + 3 x = 12: x = 2, y = 3/2; and one in three unknowns.
    for text, unknowns, conditions, expected in [
        ("assume x > 0\nassume y > 0\ndense(var=x/fan_in)", ["x", "y"], ["phi*x*y = 6", "x^2*y + 3*x = 12"], {"x": 2, "y": 1.5}),
        ("assume y > 0\nassume z > 0\ndense(var=x/fan_in)", ["x", "y", "z"], ["phi*y = 6", "phi*z + y*x = 14", "y*x + 2*x*z + 3*x = 28"],
         {"x": 2, "y": 3, "z": 4}),
    ]:
        data = solve(text, *(part for name in unknowns for part in ("--for", name)), *(part for one in conditions for part in ("--where", one)))
        (solution,) = data["solutions"]
        assert {name: float(at(solution[name], {})) for name in unknowns} == pytest.approx(expected)


def test_signs_that_cannot_be_met():
    # a x + b y = 1 and c x + d y = −r with positive letters: no positive x and y, whatever the sign of ad − bc.
    text = "\n".join(f"assume {name} > 0" for name in "abcdry") + "\ndense(var=x/fan_in)"
    outcome = run("solve", text, "--for", "x", "--for", "y", "--where", "a*phi + b*y = 1", "--where", "c*phi + d*y = -r")
    assert outcome.status == 1 and "`x` and `y` would have different signs" in outcome.mistake.message
    # With r on the other side of 0 it depends: x = (d − b r)/(ad − bc), y = (a r − c)/(ad − bc).
    data = solve(text, "--for", "x", "--for", "y", "--where", "a*phi + b*y = 1", "--where", "c*phi + d*y = r")
    (solution,), (requires,) = data["solutions"], data["requires"]
    point = {"a": 3, "b": 1, "c": 1, "d": 2, "r": 1.5}
    assert float(at(solution["x"], point)) == pytest.approx(0.5 / 5) and float(at(solution["y"], point)) == pytest.approx(3.5 / 5)
    assert len(requires) == 2
    for values, holds in ((point, True), ({**point, "r": 5}, False), ({**point, "c": 9}, False), ({**point, "b": 9, "c": 9, "r": 1}, True)):
        sides = [sympy.sympify(one.removesuffix(" > 0"), locals={name: sympy.Symbol(name) for name in values}).subs(values) for one in requires]
        determinant = values["a"] * values["d"] - values["b"] * values["c"]
        positive = (values["d"] - values["b"] * values["r"]) / determinant > 0 and (values["a"] * values["r"] - values["c"]) / determinant > 0
        assert positive is holds and all(side > 0 for side in sides) is holds


def test_a_value_that_was_set_may_stand_in_a_condition():
    data = solve("assume c > 0\n(dense >> relu)^c", "--for", "sigma_w", "--where", "phi = 3^c", "--set", "c=2")
    assert [float(at(one["sigma_w"], {})) for one in data["solutions"]] == [pytest.approx(6**0.5)]


def test_latex_and_markdown_say_what_they_are_about():
    options = ["--for", "lambda", "--for", "alpha", *WANTED, *numbers("1", "1", "0.0544"), "--show", "kappa - 1"]
    latex = run("solve", TEXT, *options, "--format", "latex").out
    assert r"\overline{y^{2}} = q" in latex and r"mean square $1$" in latex and r"$\kappa - 1 = 0.2510" in latex
    bounded = ["--for", "lambda", "--for", "alpha", *WANTED, *numbers("1", "1")]
    for form, sign in (("text", "~"), ("unicode", "≈"), ("latex", r"\approx"), ("markdown", r"\approx")):
        assert f"{sign} {float(largest(1)):.10g}" in run("solve", TEXT, *bounded, "--format", form).out
    markdown = run("solve", TEXT, *options, "--format", "markdown").out
    assert "  - kappa - 1 = $0.2510" in markdown


@pytest.mark.parametrize(("show", "message"), [
    ("kapa", "the network has no symbol `kapa`"), ("kappa = 1", "--show is a formula, not a comparison"), ("kappa +", None)])
def test_mistakes_in_what_is_shown(show, message):
    outcome = run("solve", "dense", "--for", "sigma_w", "--show", show)
    assert outcome.status == 2 and (message is None or outcome.mistake.message == message)
