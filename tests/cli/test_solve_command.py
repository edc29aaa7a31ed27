"""`freeblock solve`: published gains, put back into an independent evaluation, and mistakes in conditions."""

from __future__ import annotations

import itertools
import json
import math
import subprocess

import pytest
import sympy
from command_line import run
from sympy_reader import at, published, read


def solve(text, *options, status=0):
    outcome = run("solve", text, "--format", "json", *options)
    assert outcome.status == status, outcome.err
    return outcome.data


def values(text, unknown, *options):
    data = solve(text, "--for", unknown, *options)
    return [solution[unknown] for solution in data["solutions"]]


# φ_D = E f'², so that σ_w² = 1/φ_D (fan-in) and σ_w² = n/(m φ_D) (fan-out, `--side in`): theory 1 §4.1.
ACTIVATIONS = [
    ("relu", 1 / 2), ("leaky_relu", (1 + 0.01**2) / 2), ("leaky_relu(slope=3/10)", (1 + 0.3**2) / 2),
    ("prelu", (1 + 0.25**2) / 2), ("tanh", 0.46440290244826824), ("selu", 1.071575), ("dropout(keep=4/5)", 5 / 4),
    ("relu(p=1/3)", 1 / 3),
]


@pytest.mark.parametrize("side", ["out", "in"])
@pytest.mark.parametrize(("activation", "mean_square"), ACTIVATIONS)
def test_kaiming(activation, mean_square, side):
    data = solve(f"dense(m) >> {activation}", "--for", "sigma_w", "--side", side)
    (solution,) = data["solutions"]
    assert data["exact"] and data["complete"] and not data["inadmissible"]
    point = {"m": 300, "n": 700, **published(data)}
    ratio = 1 if side == "out" else 700 / 300
    assert float(at(solution["sigma_w"], point)) == pytest.approx((ratio / mean_square) ** 0.5, rel=2e-6)
    # The printed φ, read by sympy, is 1 there.
    point["sigma_w"] = at(solution["sigma_w"], point)
    assert abs(at(data["phi"], point) - 1) < 1e-12


@pytest.mark.parametrize(("text", "unknown", "options", "expected"), [
    ("dense >> relu", "sigma_w", [], "sqrt(2)"),  # He et al. 2015
    ("dense(m, var=v) >> relu", "v", [], "2/n"), ("dense(m, var=v) >> relu", "v", ["--side", "in"], "2/m"),
    # Glorot and Bengio 2010: the mean of fan-in and fan-out.
    ("dense(m, var=v)", "v", ["--side", "average"], "2/(m + n)"),
    ("dense(m, var=v)", "v", ["--where", "(phi_out + phi_in)/2 = 1"], "2/(m + n)"),
    ("orthogonal(gain=g) >> relu", "g", [], "sqrt(2)"),
    ("orthogonal(gain=g) >> leaky_relu(slope=s)", "g", [], "sqrt(2/(1 + s**2))"),
    # A tall orthogonal matrix has φ(JJᵀ) = g²n/m, φ(JᵀJ) = g².
    ("assume m >= n\northogonal(m, gain=g)", "g", [], "sqrt(m/n)"),
    ("assume m >= n\northogonal(m, gain=g)", "g", ["--side", "in"], "1"),
    ("sws(gain=c) >> relu", "c", [], "2"),  # c = 2 in √(c/n)(w − w̄)/std
    ("bn >> relu >> dense", "sigma_w", [], "sqrt(2)*sigma_B"), ("smn >> relu >> dense", "sigma_w", [], "sqrt(2)*rho_S"),
    # R_BN = E f'²/Var f: with σ_B² = σ_w²(1 − 1/π)/2 the block has φ = π/(π − 1), so that no σ_w changes it.
    ("bn(std=sqrt(v*(1 - 1/pi)/2)) >> relu >> dense(var=u/fan_in)", "u", [], "v*(1 - 1/pi)"),
    # The branch scale of (1 + τ)^L ≤ e; Fixup generalised: m layers of gain g make τ = g^(2m).
    ("(id + t*(dense(var=1/fan_in) >> relu >> dense(var=2/fan_in)))^L", "t", ["--where", "phi = e"], "sqrt(exp(1/L) - 1)"),
    ("(id + (orthogonal(gain=g) >> orthogonal)^m)^L", "g", ["--where", "phi = e"], "(exp(1/L) - 1)**(1/(2*m))"),
    ("assume p > 0\nassume L >= 1\n(orthogonal(gain=g) >> orthogonal)^m", "g", ["--where", "phi = L^(-p)"], "L**(-p/(2*m))"),
    ("(dense >> relu)^L", "L", ["--where", "kappa = 10"], "5"),
    ("(id + (bn >> relu >> dense))^L", "sigma_B", ["--where", "phi = pi"], "sigma_w/sqrt(2*(pi**(1/L) - 1))"),
    ("(id + c*dense)^L", "c", ["--where", "kappa = 1/2"], "sqrt(sqrt(2*L/(2*L - 1)) - 1)/sigma_w"),
    ("dense >> relu", "sigma_w", ["--where", "variance = 8"], "2"),
    ("dense >> relu", "sigma_w", ["--where", "phi_3 = 22"], "2**(1/2)*2**(1/6)"),  # φ_3 = 11 φ³
    ("(dense >> relu)^5", "sigma_w", ["--where", "1 = phi"], "sqrt(2)"),
    ("dense >> relu >> dense(var=c^3/fan_in)", "c", ["--set", "sigma_w=4"], "1/2"),
])
def test_published_values(text, unknown, options, expected):
    (found,) = values(text, unknown, *options)
    point = {"m": 640, "n": 210, "s": 0.3, "L": 9, "sigma_B": 1.7, "rho_S": 0.6, "p": 1.4, "v": 2.2, "sigma_w": 1.3}
    assert set(map(str, read(found, point).free_symbols)) == set(map(str, read(expected, point).free_symbols))
    assert abs(at(found, point) / at(expected, point) - 1) < 1e-20


def test_the_contract_of_the_json():
    data = solve("dense >> relu", "--for", "sigma_w")
    assert data["unknown"] == ["sigma_w"] and data["condition"] == "phi = 1"
    assert data["solutions"] == [{"sigma_w": "sqrt(2)"}] and data["exact"] is True


def test_only_zero_is_not_admissible():
    data = solve("id + c*dense", "--for", "c", status=1)
    assert data["solutions"] == [] and data["inadmissible"] == [{"c": "0", "reason": "symbols stand for positive numbers"}]
    outcome = run("solve", "id + c*dense", "--for", "c")
    assert outcome.status == 1
    assert outcome.mistake.message == "no admissible solution of `phi = 1` for `c`\n  c = 0: symbols stand for positive numbers"


@pytest.mark.parametrize(("text", "unknown", "options", "value", "reason"), [
    ("dense >> dropout(keep=k)", "k", ["--set", "sigma_w=2"], "4", "`k <= 1` does not hold"),
    ("(dense >> relu)^L", "L", ["--where", "kappa = 9"], "9/2", "`L` is a whole number"),
    ("assume sigma_w < 1\ndense >> relu", "sigma_w", [], "sqrt(2)", "`1 - sigma_w > 0` does not hold"),
    ("dense >> relu", "sigma_w", ["--where", "phi = 1", "--where", "variance < 1"], "sqrt(2)", "`variance < 1` does not hold"),
    ("dense >> relu(p=p)", "p", ["--where", "phi = sigma_w^2*3"], "3", "`p <= 1` does not hold"),
])
def test_reasons(text, unknown, options, value, reason):
    data = solve(text, "--for", unknown, *options, status=1)
    assert data["inadmissible"] == [{unknown: value, "reason": reason}]


@pytest.mark.parametrize(("text", "condition", "at_values"), [
    # (1 + σ⁴/2)^L = 2 at L = log 2/log(1 + σ⁴/2), and 2L = 10^400: both positive, and no digits tell whether whole.
    ("(id + (dense >> relu >> dense))^L", "phi = 2", {"sigma_w": 1}), ("(dense >> relu)^L", "kappa = 10^400", {}),
])
def test_a_count_is_required_to_be_whole(text, condition, at_values):
    data = solve(text, "--for", "L", "--where", condition)
    assert data["requires"] == [["L is a whole number"]]
    expected = sympy.Integer(10)**400/2 if not at_values else sympy.log(2)/sympy.log(sympy.Rational(3, 2))
    assert abs(at(data["solutions"][0]["L"], at_values) / expected - 1) < 1e-12


def test_several_solutions_are_all_given():
    data = solve("dense >> leaky_relu(slope=s)", "--for", "s", "--where", "kappa = 3/2")
    assert [float(at(one["s"], {})) for one in data["solutions"]] == pytest.approx([2**0.5 - 1, 2**0.5 + 1])


def test_two_unknowns():
    data = solve("orthogonal(gain=g) >> leaky_relu(slope=s)", "--for", "g", "--for", "s", "--where", "phi = 1",
                 "--where", "kappa = 9/25")
    found = [{name: float(at(value, {})) for name, value in one.items()} for one in data["solutions"]]
    assert [one["s"] for one in found] == pytest.approx([2.0, 0.5])  # by g; κ = ((1 − s²)/(1 + s²))² = .36 at s = 1/2 and 2
    for one in found:
        assert one["g"] ** 2 * (1 + one["s"] ** 2) / 2 == pytest.approx(1)


# Ranges: their ends, and a point inside and outside put into φ, which sympy evaluates.

@pytest.mark.parametrize(("text", "unknown", "options", "low", "high"), [
    ("dense >> relu", "sigma_w", ["--where", "phi <= 1"], "0", "sqrt(2)"),
    ("dense >> relu", "sigma_w", ["--where", "1/2 <= phi <= 2"], "1", "2"),
    ("dense >> relu", "sigma_w", ["--tolerance", "1/10"], "sqrt(2*9/10)", "sqrt(2*11/10)"),
    ("dense >> relu", "sigma_w", ["--depth", "L", "--tolerance", "1/10"], "sqrt(2)*(9/10)**(1/(2*L))", "sqrt(2)*(11/10)**(1/(2*L))"),
    ("dense >> relu", "sigma_w", ["--depth", "100", "--tolerance", "1/10"], "sqrt(2)*(9/10)**(1/200)", "sqrt(2)*(11/10)**(1/200)"),
    ("id + t*(dense(var=1/fan_in) >> relu >> dense(var=2/fan_in))", "t", ["--depth", "50", "--tolerance", "1/2"], "0", "sqrt((3/2)**(1/50) - 1)"),
    ("dense >> dropout(keep=k)", "k", ["--where", "phi <= sigma_w^2*2"], "1/2", "1"),
    ("orthogonal >> leaky_relu(slope=s)", "s", ["--where", "kappa <= 9/25"], "1/2", "2"),
    ("(dense >> relu)^L", "L", ["--where", "kappa <= 9"], "1", "4"),
    ("(dense >> relu)^L", "L", ["--where", "phi < 1024", "--set", "sigma_w=2"], "1", "9"),
])
def test_ranges(text, unknown, options, low, high):
    (found,) = values(text, unknown, *options)
    point = {"L": 12}
    assert abs(at(found["from"], point) - at(low, point)) < 1e-20
    assert abs(at(found["to"], point) - at(high, point)) < 1e-20


def test_a_range_without_an_end():
    (found,) = values("dense >> relu", "sigma_w", "--where", "phi > 1")
    assert found == {"from": "sqrt(2)", "from_included": False, "to": None, "to_included": False}


@pytest.mark.parametrize("where", ["phi <= 3", "phi < 3", "phi >= 3", "kappa <= 1", "kappa > 1/2", "phi + kappa <= 4"])
def test_ranges_by_sampling(where):
    """The condition holds at a point exactly where a range says so."""
    text = "(id + t*(dense(var=1/fan_in) >> relu >> dense(var=2/fan_in)))^2 >> leaky_relu(slope=t, p=1/2)"
    outcome = run("solve", text, "--for", "t", "--where", where, "--format", "json", "--assume-free")
    ranges = [one["t"] for one in outcome.data["solutions"]]
    ends = [(float(sympy.sympify(one["from"])), math.inf if one["to"] is None else float(sympy.sympify(one["to"]))) for one in ranges]
    for step in range(1, 80):
        t = step * 0.037
        phi = (1 + t * t) ** 2 * (1 + t * t) / 2
        kappa = 2 * t * t * (2 + 3 * t * t) / (1 + t * t) ** 2 + ((1 - t * t) / (1 + t * t)) ** 2
        holds = eval(where, {"phi": phi, "kappa": kappa})
        assert holds == any(low <= t <= high for low, high in ends), (t, phi, kappa)


@pytest.mark.parametrize(("text", "unknown", "options"), [
    ("dense >> tanh(q=q)", "q", ["--where", "phi = 1/2", "--set", "sigma_w=1"]),
    ("serial[l=1..6](id + (t/l)*(dense(var=1/fan_in) >> relu >> dense))", "t", ["--where", "phi = 6", "--set", "sigma_w=1"]),
    ("dense(var=(s^2 + s^4 + s^7)/fan_in)", "s", []),
    ("dense >> relu", "sigma_w", ["--where", "phi = gamma(sigma_w)"]),
])
def test_numbers_meet_their_condition(text, unknown, options):
    data = solve(text, "--for", unknown, *options)
    assert data["exact"] is False and data["digits"] == 15
    where = data["condition"].replace("phi", f"({data['phi']})", 1).replace("^", "**").split("=")
    for solution in data["solutions"]:
        left, right = (sympy.sympify(side).subs(sympy.Symbol(unknown), sympy.Rational(solution[unknown])).evalf(25) for side in where)
        assert abs(left / right - 1) < 1e-13


def test_the_latex_compiles(tmp_path):
    fragments = [run("solve", text, *options, "--format", "latex").out for text, *options in (
        ("(dense >> relu)^L", "--for", "sigma_w", "--tolerance", "eps"), ("dense >> tanh", "--for", "sigma_w", "--side", "in"),
        ("orthogonal(gain=g) >> leaky_relu(slope=s)", "--for", "g", "--for", "s", "--where", "phi = 1", "--where", "kappa = 9/25"),
        ("(id + tau*(dense >> relu >> dense))^L", "--for", "tau", "--where", "1 < phi <= 1 + 1/L"),
        ("dense >> relu", "--for", "sigma_w", "--where", "phi >= 0"))]
    assert all(fragments) and r"\left| \phi(JJ^{\top}) - 1 \right| \le \mathrm{eps}" in fragments[0]
    page = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n" + "\n".join(fragments) + "\\end{document}\n"
    (tmp_path / "t.tex").write_text(page, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=tmp_path, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_search_by_numbers_says_so():
    shown = run("solve", "dense >> relu", "--for", "sigma_w", "--where", "phi = gamma(sigma_w)").out
    assert "15 significant digits" in shown and "without a change of sign would be missed" in shown
    assert solve("dense >> relu", "--for", "sigma_w")["complete"] is True


def test_what_is_required_is_said():
    data = solve("dense >> relu", "--for", "sigma_w", "--tolerance", "eps")
    assert data["requires"] == [["1 - eps > 0"]]


@pytest.mark.parametrize(("text", "words", "formula"), [
    ("(id + L^(-1/2)*(dense >> relu >> dense))^L", "bounded, it tends to a constant", "exp(sigma_w**4/2)"),
    ("serial[l=1..L](id + l^(-1/2)*(dense >> relu))", "polynomial growth", "L**(sigma_w**2/2)/gamma(1 + sigma_w**2/2)"),
    ("(id + (dense >> relu >> dense))^L", "exponential growth", "(1 + sigma_w**4/2)**L"),
    ("((1/2)*(dense(var=1/fan_in) >> relu))^L >> dense", "exponential decay", "sigma_w**2/8**L"),
])
def test_growth_is_named(text, words, formula):
    data = solve(text, "--for", "sigma_w", "--where", "sigma_w = 1")
    (phi,) = [item for item in data["growth"] if item["of"] == "phi"]
    point = {"sigma_w": sympy.Rational(6, 5), "L": 40}
    assert phi["words"] == words and abs(at(phi["formula"], point) / at(formula, point) - 1) < 1e-12


def test_the_branch_scale_falls_like_the_root_of_the_depth():
    data = solve("(id + tau*(dense >> relu >> dense))^L", "--for", "tau", "--where", "phi <= exp(1)")
    (tau,) = [item for item in data["growth"] if item["of"] == "largest tau"]
    assert tau["words"] == "polynomial decay"
    end = data["solutions"][0]["tau"]["to"]
    for depth in (10**4, 10**6):
        point = {"L": depth, "sigma_w": 1.2}
        assert abs(at(end, point) / at(tau["formula"], point) - 1) < 1 / depth


def test_depth_repeats_the_chosen_block():
    program = "branch = dense >> relu >> dense\nblock = id + c*branch\n"
    (found,) = values(program, "c", "--depth", "8", "--where", "phi = 2")
    assert abs(at(found, {"sigma_w": 2}) - (2 * (2 ** sympy.Rational(1, 8) - 1)).evalf(30) ** 0.5 / 4) < 1e-15
    outcome = run("solve", "((id + (dense >> relu >> dense)) >> relu)", "--for", "sigma_w", "--depth", "3")
    assert outcome.status == 1 and "the first moment is refused" in outcome.err


@pytest.mark.parametrize("form", ["text", "unicode", "markdown", "latex", "json"])
def test_every_format_is_printed_or_written(form, tmp_path):
    shown = run("solve", "(dense >> relu)^L", "--for", "sigma_w", "--format", form)
    assert shown.status == 0 and not shown.err and "2" in shown.out
    target = tmp_path / "out"
    assert run("solve", "(dense >> relu)^L", "--for", "sigma_w", "--format", form, "-o", str(target)).out == ""
    assert target.read_text(encoding="utf-8") == shown.out


@pytest.mark.parametrize(("options", "status", "message", "hint"), [
    ([], 2, "an unknown is missing", "name it with --for, for example --for sigma_w"),
    (["--for", "sigma_v"], 2, "`sigma_v` does not occur in the result", "did you mean `sigma_w`?"),
    (["--for", "sigma_w", "--for", "sigma_w"], 2, "`sigma_w` is asked for twice", "keep one of the two"),
    (["--for", "sigma_w", "--for", "n"], 2, "2 unknowns need 2 equations, not 0", 'state them with --where, for example --where "phi = 1"'),
    (["--for", "sigma_w", "--depth", "0"], 2, "--depth is at least 1, not 0", "for example --depth 100"),
    (["--for", "sigma_w", "--tolerance", "-1"], 2, "--tolerance is at least 0, not -1", "for example --tolerance 1/10"),
    (["--for", "sigma_w", "--side", "average", "--where", "kappa = 1"], 2, "the average of both sides is taken of phi alone", "choose --side out or --side in"),
    (["--for", "sigma_w", "--where", "phi = -1"], 1, "no admissible solution of `phi = -1` for `sigma_w`", None),
    (["--for", "sigma_w", "--where", "phi_99 = 1"], 2, "the moments are those of order 1 to 12", "write `phi_12`"),
    (["--for", "sigma_w", "--where", "phi = sigma_v"], 2, "the network has no symbol `sigma_v`", "did you mean `sigma_w`?"),
    (["--for", "sigma_w", "--where", "phi = serial[l=1..2](l)"], 2, "a block stands where a formula is expected", None),
    (["--for", "sigma_w", "--where", "phi = relu"], 2, "the network has no symbol `relu`", None),
])
def test_mistakes(options, status, message, hint):
    outcome = run("solve", "dense >> relu", *options)
    assert outcome.status == status
    assert outcome.mistake.message == message
    assert hint is None or outcome.mistake.hint == hint


def test_a_mistake_in_a_condition_has_a_caret():
    mistake = run("solve", "dense >> relu", "--for", "sigma_w", "--where", "phi = 1 + sqt(2)").mistake
    assert (mistake.source, mistake.column, mistake.marked, mistake.hint) == ("the condition", 11, "sqt", "did you mean `sqrt`?")


HOSTILE = ["phi = 9^(9^9)", "phi = sigma_w^100000", "phi^1000 = 2", "phi = 10^300*sigma_w", "phi = gamma(sigma_w)^50",
           "(phi + kappa)^60 = (variance + sigma_w)^59", "phi = exp(exp(exp(sigma_w)))", "phi = sigma_w^sigma_w",
           "phi = log(sigma_w)", "phi = min(sigma_w, variance, 1/sigma_w)", "phi = floor(sigma_w)", "phi = abs(sigma_w - 1)",
           "phi_12 = 1", "phi = product[l=1..1000](sigma_w + l)", "kappa = sum[l=1..10^6](l^sigma_w)", "phi = tanh(phi)",
           "phi = " + "(" * 300 + "1" + ")" * 300, "phi = " + "+".join(["sigma_w"] * 3000), "1/phi = 1/(phi - 1)"]


@pytest.mark.parametrize("where", HOSTILE, ids=[text[:30] for text in HOSTILE])
@pytest.mark.parametrize("text", ["dense >> relu", "(id + (dense >> tanh(q=sigma_w) >> dense))^30"])
def test_hostile_conditions_end(where, text):
    """An answer or an honest refusal in good time (`run` has the limit); what is answered is true."""
    outcome = run("solve", text, "--for", "sigma_w", "--where", where, "--format", "json")
    assert outcome.status in (0, 1, 2)
    assert outcome.status != 0 or json.loads(outcome.out)


def test_relations_between_results_need_no_network_symbol():
    """φ_2 = ϕ + φ² whatever σ_w is."""
    data = solve("dense >> relu", "--for", "sigma_w", "--where", "phi_2 = variance + phi^2")
    assert data["every_value"] is True


def test_all_pairs_of_networks_and_conditions_verify():
    """Every closed form that is printed meets its condition at a point, whatever the pair."""
    networks = ["dense >> relu", "id + c*dense", "(orthogonal(gain=c) >> leaky_relu(slope=1/3))^4", "c*dense | id"]
    for text, where in itertools.product(networks, ["phi = 2", "kappa = 1/3", "variance = 5", "phi*kappa = 1"]):
        unknown = "c" if "c" in text.replace("leaky", "") else "sigma_w"
        data = run("solve", text, "--for", unknown, "--where", where, "--format", "json")
        if data.status != 0:
            continue
        derived = run("derive", text, "--format", "json").data
        for solution, required in zip(data.data["solutions"], data.data["requires"], strict=True):
            point = {"sigma_w": sympy.Rational(13, 10), "n": 64}
            if required:
                continue
            point[unknown] = at(solution[unknown], point)
            side = where.split(" = ")
            results = {name: at(derived[name], point) for name in ("phi", "kappa", "variance")}
            left = sympy.sympify(side[0], locals=results)
            assert abs(left - sympy.Rational(side[1])) < 1e-12


def test_a_mean_square_that_rests_on_one_deviation_of_all_units():
    # Behind the second relu units have deviations of their own, and E s²/(s² + ε) is not E s²/(E s² + ε).
    text = "dense(var=1/fan_in) >> relu >> dense(var=1/fan_in) >> relu >> bn(epsilon=1/2) >> dense"
    asked = ["--for", "sigma_w", "--where", "mean_square = 1", "--q", "1"]
    refused = run("solve", text, *asked)
    assert refused.status == 1 and "the mean square behind `bn(epsilon=1/2)` is not known" in refused.err
    assumed = run("solve", text, *asked, "--assume", "equal-deviations")
    assert assumed.status == 0 and "[equal-deviations]" in assumed.out
    # Without ε every unit is divided by its own.
    assert "sigma_w = 1\n" in run("solve", text.replace("(epsilon=1/2)", ""), *asked).out
