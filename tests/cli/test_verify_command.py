"""`freeblock verify`: true claims are equal, false ones are different at a point that sympy confirms."""

from __future__ import annotations

import pytest
import sympy
from command_line import run
from sympy_reader import at

EQUAL = [
    ("(dense >> relu)^L", "phi = (sigma_w^2/2)^L"), ("(dense >> relu)^L", "kappa = 2*L"),
    ("(dense >> relu)^L", "variance = 2*L*phi^2"), ("(dense >> relu)^L", "phi_2 = variance + phi^2"),
    ("(dense >> relu)^L", "phi_3 = phi^3*(1 + 4*L + 6*L^2)"),  # U_3 with λ_1 = 2L, λ_2 = 0
    ("(dense >> relu)^L", "phi = exp(L*log(sigma_w^2/2))"), ("(dense >> relu)^L", "1 = phi*(2/sigma_w^2)^L"),
    ("id + c*dense", "variance = (1 + c^2*sigma_w^2)^2 - 1"), ("id + c*dense", "kappa = 1 - 1/phi^2"),
    ("(id + (dense >> relu >> dense))^L", "kappa = L*(1 - (1 + sigma_w^4/2)^(-2) + sigma_w^8/2/(1 + sigma_w^4/2)^2)"),
    ("serial[l=1..L](id + l^(-1/2)*(dense >> relu))", "phi = product[l=1..L](1 + sigma_w^2/(2*l))"),
    ("serial[l=1..L](id + l^(-1/2)*(dense >> relu))", "phi = gamma(L + 1 + sigma_w^2/2)/(gamma(1 + sigma_w^2/2)*gamma(L + 1))"),
    ("serial[l=1..L](id + (1/l)*(dense(var=1/fan_in) >> tanh))", "phi = product[k=1..L](1 + sech_moment(4, 1)/k^2)"),
    ("dense >> leaky_relu(slope=s)", "kappa = 1 + ((1 - s^2)/(1 + s^2))^2"),
    ("dense(m)", "phi_in = m*sigma_w^2/n"), ("dense(m)", "phi_out = phi"), ("dense >> tanh", "phi = sigma_w^2*sech_moment(4, 1)"),
    ("(dense >> relu)^3 >> dense(m)", "kappa = 3*2*m/n + 1*m/n"),
]


@pytest.mark.parametrize(("text", "claim"), EQUAL)
def test_true_claims(text, claim):
    outcome = run("verify", text, "--claim", claim, "--format", "json")
    assert outcome.status == 0, outcome.out
    (entry,) = outcome.data["claims"]
    assert outcome.data["equal"] is True and entry["verdict"] == "equal" and not entry["points"]
    assert entry["proved"] is ("log" not in claim and "[k=" not in claim)
    # The two printed sides agree where sympy evaluates them.
    point = {"sigma_w": 1.3, "L": 6, "c": 0.4, "s": 0.7, "m": 12, "n": 34}
    if "Integral" not in entry["left"] + entry["right"]:
        assert abs(at(entry["left"], point, 20).doit() / at(entry["right"], point, 20).doit() - 1) < 1e-12


DIFFERENT = [
    ("(dense >> relu)^L", "phi = (sigma_w^2)^L"), ("(dense >> relu)^L", "kappa = 2*L + 1"),
    ("(id + (dense >> relu >> dense))^L", "phi = (1 + sigma_w^2/2)^L"), ("id + c*dense", "kappa = 1"),
    ("dense >> relu", "phi = 0.5000000001*sigma_w^2"), ("dense(m)", "variance = sigma_w^4"),
    ("(dense >> relu)^L", "kappa = min(2*L, 40)"),  # only deep networks tell them apart
    ("(dense >> relu)^L", "phi = max((sigma_w^2/2)^L, 1/1000)"), ("dense >> relu", "phi = 0"),
    ("(dense >> relu)^L", "kappa = 2*L + floor(sigma_w/20)"), ("dense >> relu", "phi = phi + 10^(-30)"),
    ("(dense >> relu)^L", "kappa = 2*L + 10^(-300)"),
]


@pytest.mark.parametrize(("text", "claim"), DIFFERENT)
def test_false_claims(text, claim):
    outcome = run("verify", text, "--claim", claim, "--format", "json")
    assert outcome.status == 1 and outcome.err == f"error: `{claim}`: different\n"
    (entry,) = outcome.data["claims"]
    assert outcome.data["equal"] is False and entry["verdict"] == "different"
    for point in entry["points"]:
        left, right = (at(entry[side], point["values"], 320) for side in ("left", "right"))
        assert abs(left - right) > 1e-310 * abs(left)
        for side, value in (("left", left), ("right", right)):
            assert abs(value - sympy.Rational(point[side])) <= 1e-30 * abs(value)


def test_the_factor_is_given():
    (entry,) = run("verify", "(dense >> relu)^L", "--claim", "kappa = 6*L", "--format", "json").data["claims"]
    assert entry["factor"] == "3"
    shown = run("verify", "dense >> tanh", "--claim", "phi = 0.4644029*sigma_w^2").out
    assert "DIFFERENT: the first 8 digits agree" in shown


def test_what_cannot_be_evaluated_is_not_called_equal():
    for claim in ("phi = (sigma_w^2/2)^L*(log(-L) - log(-L - 1))",
                  "phi = gamma(-sigma_w)", "kappa = 2*L + sqrt(-1 - L)"):
        outcome = run("verify", "(dense >> relu)^L", "--claim", claim)
        assert outcome.status in (1, 2) and "EQUAL" not in outcome.out.replace("UNEQUAL", "")


def test_bounds_are_kept_to():
    """Equal only where m ≤ n, which is what is assumed."""
    claim = "phi = sigma_w^2*min(1, n/m)"
    assert run("verify", "assume m <= n\ndense(m)", "--claim", claim).status == 0
    assert run("verify", "dense(m)", "--claim", claim).status == 1


@pytest.mark.parametrize(("claim", "status", "message", "hint"), [
    ("phi = sigma_v^2", 2, "the network has no symbol `sigma_v`", "did you mean `sigma_w`?"),
    ("phii = sigma_w^2", 2, "the network has no symbol `phii`", "did you mean `phi`?"),
    ("phi", 2, "the claim compares two formulas", "write `phi = (sigma_w^2/2)^L`"),
    ("phi <= 1", 2, "a claim is an equation", "write `phi = (sigma_w^2/2)^L`"),
    ("phi = Gamma(2)", 2, "there is no function `Gamma`", "did you mean `gamma`?"),
    ("phi = product[e=1..3](e)", 2, "`e` means something else here and is no index", "choose another name"),
    ("phi = product[sigma_w=1..3](phi)", 2, "the index `sigma_w` is a symbol of `phi` too", "choose another name for the index"),
    ("phi = sum[l=1..5/2](l)", 2, "the bounds of an index are whole numbers", None),
    ("phi = stack[l=1..3](l)", 2, "a block stands where a formula is expected", None),
    ("phi_0 = 1", 2, "the network has no symbol `phi_0`", None),
])
def test_mistakes(claim, status, message, hint):
    outcome = run("verify", "dense >> relu >> dense(m)", "--claim", claim)
    assert outcome.status == status and outcome.mistake.message == message
    assert hint is None or outcome.mistake.hint == hint


def test_a_missing_claim_and_a_refused_result():
    assert run("verify", "dense").mistake.message == "a claim is missing"
    outcome = run("verify", "(id + (relu >> dense))^2", "--claim", "kappa = 4/3")
    assert outcome.status == 1 and outcome.mistake.message.startswith("the variance is refused")
    assert run("verify", "(id + (relu >> dense(var=1/fan_in)))^2", "--claim", "kappa = 4/3", "--assume",
               "independent-patterns").status == 0


@pytest.mark.parametrize("form", ["text", "unicode", "markdown", "latex"])
def test_formats(form):
    outcome = run("verify", "(dense >> relu)^L", "--claim", "kappa = 2*L", "--claim", "kappa = 3*L", "--format", form)
    assert outcome.status == 1 and "2" in outcome.out and "ifferent" in outcome.out.lower()


def test_a_product_of_blocks_is_refused():
    assert run("derive", "product[l=1..3](dense)").mistake.message == "`product` multiplies numbers, not blocks"
    assert run("derive", "dense(var=product[l=1..3](l))", "--format", "json").data["phi"] == "6*n"
