"""`freeblock shallow`: sums over few branches, against elementary symmetric polynomials by brute force."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import pytest
import sympy
from command_line import run
from sympy_reader import at, read


def shallow(text, *options, status=0):
    outcome = run("shallow", text, "--format", "json", *options)
    assert outcome.status == status, outcome.err
    return outcome.data


def by_hand(blocks, prefactor=Fraction(1)):
    """The terms with 0, 1, … branches of Π(ω + x): every set of branches one by one."""
    terms = []
    for count in range(len(blocks) + 1):
        terms.append(prefactor * sum(
            (math.prod((x if place in chosen else omega for place, (omega, x) in enumerate(blocks)), start=Fraction(1))
             for chosen in combinations(range(len(blocks)), count)), start=Fraction(0)))
    return terms


F = Fraction
NETWORKS = [
    # theory 1 §2.4: ω = 1, τ = 1/16, φ̃ = 3/2.
    ("(id + (1/4)*dense(var=3/2/fan_in))^16", [(F(1), F(3, 32))] * 16, F(1)),
    ("(sqrt(1/2)*id + sqrt(1/2)*(dense(var=2/fan_in) >> relu >> dense(var=3/fan_in)))^5", [(F(1, 2), F(3, 2))] * 5, F(1)),
    # DenseNet: ω = c_(l−1)/c_l, τ = k/c_l, theory 1 §4.9.
    ("input 24\n(id | dense(12, var=2/fan_in))^6", [(F(24 + 12 * l, 36 + 12 * l), F(24, 36 + 12 * l)) for l in range(6)], F(1)),
    ("input 10\n(id | 2*(dense(var=1/fan_in) >> relu >> dense(5, var=6/fan_in)))^4", [(F(10 + 5 * l, 15 + 5 * l), F(60, 15 + 5 * l)) for l in range(4)], F(1)),
    ("dense(var=5/fan_in) >> (id + dense(var=1/2/fan_in))^3 >> 2*(id + dense(var=1/3/fan_in)) >> relu",
     [(F(1), F(1, 2))] * 3 + [(F(4), F(4, 3))], F(5, 2)),
    ("serial[l=1..7](id + l^(-1/2)*dense(var=1/fan_in))", [(F(1), F(1, l)) for l in range(1, 8)], F(1)),
    ("((id + dense(var=1/fan_in)) >> (id + 1/2*dense(var=1/fan_in)) >> dense(var=3/fan_in))^3", [(F(1), F(1)), (F(1), F(1, 4))] * 3, F(27)),
    ("(id + dense(var=1/fan_in) + 2*dense(var=1/7/fan_in))^4", [(F(1), F(1) + F(4, 7))] * 4, F(1)),
]


@pytest.mark.parametrize("branches", [0, 1, 3, 50])
@pytest.mark.parametrize(("text", "blocks", "prefactor"), NETWORKS)
def test_terms_sum_and_bound(text, blocks, prefactor, branches):
    data = shallow(text, "--branches", str(branches))
    terms = by_hand(blocks, prefactor)
    whole = prefactor * math.prod((omega + x for omega, x in blocks), start=F(1))
    most = min(branches, len(blocks))
    assert data["branches"] == most and data["depth"] == str(len(blocks))
    kept = sum(terms[:most + 1])
    values = data["values"]
    assert [float(term) for term in values["terms"]] == pytest.approx([float(term) for term in terms[:most + 1]], rel=1e-12)
    assert float(values["phi"]) == pytest.approx(float(whole), rel=1e-12) == pytest.approx(float(at(data["phi"], {})), rel=1e-12)
    assert float(values["kept"]) == pytest.approx(float(kept), rel=1e-12)
    assert float(values["share"]) == pytest.approx(float(kept / whole), rel=1e-12)
    assert float(values["left_out"]) == pytest.approx(float(whole - kept), rel=1e-9, abs=1e-20)
    assert float(values["bound"]) >= float(whole - kept) * (1 - 1e-12)
    if data["kept"] is not None:
        assert F(str(sympy.nsimplify(read(data["kept"])))) == kept
        assert read(data["bound"]) >= sympy.Rational(whole.numerator, whole.denominator) - sympy.Rational(kept.numerator, kept.denominator)
    if most == len(blocks):
        assert values["share"] == "1" and values["left_out"] == "0"


def test_the_example_of_the_theory():
    # φ = (1 + 3/32)^16 = 4.19, of which at most three branches make 95.7 % (95.8 in theory 1 §2.4).
    values = shallow("(id + (1/4)*dense(var=3/2/fan_in))^16", "--branches", "3")["values"]
    exact = sum(math.comb(16, k) * (3 / 32) ** k for k in range(4)) / (1 + 3 / 32) ** 16
    assert float(values["phi"]) == pytest.approx(4.19, abs=0.005) and float(values["share"]) == pytest.approx(exact, rel=1e-12)
    assert exact == pytest.approx(0.958, abs=1e-3)


@pytest.mark.parametrize("cover", ["0.5", "19/20", "0.999", "999999/1000000"])
@pytest.mark.parametrize(("text", "blocks", "prefactor"), NETWORKS)
def test_the_fewest_branches_that_cover(text, blocks, prefactor, cover):
    terms = by_hand(blocks, prefactor)
    wanted = F(cover) * sum(terms)
    least = next(k for k in range(len(terms)) if sum(terms[:k + 1]) >= wanted)
    assert shallow(text, "--cover", cover)["branches"] == least


@pytest.mark.parametrize("branches", range(5))
def test_a_symbolic_depth(branches):
    data = shallow("2*dense >> (c*id + tau*(dense >> relu >> dense))^L", "--branches", str(branches))
    assert data["values"] is None
    assert data["blocks"] == [{"omega": "c**2", "tau": "tau**2", "branch": "sigma_w**4/2", "count": "L"}]
    for depth in (1, 2, 7, 30):
        point = {"c": 0.9, "tau": 0.6, "sigma_w": 1.1, "L": depth}
        omega, x, prefactor = 0.81, 0.36 * 1.1**4 / 2, 4 * 1.1**2
        terms = [prefactor * math.comb(depth, k) * omega ** (depth - k) * x**k for k in range(depth + 1)]
        assert float(at(data["kept"], point)) == pytest.approx(sum(terms[:branches + 1]), rel=1e-9)
        assert float(at(data["bound"], point)) >= sum(terms[branches + 1:]) * (1 - 1e-9)


def test_the_bound_is_of_the_order_of_the_first_term_left_out():
    data = shallow("(id + tau*(dense(var=1/fan_in)))^L", "--branches", "2")
    for depth, tau in ((10, 0.01), (1000, 0.001)):
        left = (1 + tau**2) ** depth - sum(math.comb(depth, k) * tau ** (2 * k) for k in range(3))
        first = math.comb(depth, 3) * tau**6
        assert first <= float(at(data["bound"], {"L": depth, "tau": tau})) < 1.01 * first
        assert left < 1.01 * first or depth == 10


def test_deep_networks():
    values = shallow("(id + dense)^1000000", "--set", "sigma_w=1/1000")["values"]
    assert float(values["phi"]) == pytest.approx(math.e, rel=1e-6)
    assert float(values["share"]) == pytest.approx((1 + 1 + 1 / 2 + 1 / 6) / math.e, rel=1e-5)
    data = shallow("input 24\n(id | dense(12, var=2/fan_in))^900", "--cover", "0.9")
    assert float(data["values"]["phi"]) == pytest.approx(301)  # (c_0 + 2·900·12)/... telescopes: Π (c + 24)/(c + 12)
    assert data["kept"] is None


@pytest.mark.parametrize(("text", "options", "status", "message"), [
    ("dense >> relu", [], 1, "no block of this network is a skip beside a branch"),
    ("id", [], 1, "no block of this network is a skip beside a branch"),
    ("(dense + dense)^3", [], 1, "`dense + dense` is no skip beside a branch: no identity"),
    ("(dense | dense)", [], 1, "`dense | dense` is no skip beside a branch: no identity"),
    ("grow = id | dense(k)\nnet = grow^L", [], 1, "the blocks of `grow^L` differ from index to index"),
    ("(id + (dense >> relu))^3 >> relu", [], 1, None),  # φ itself is refused
    ("let W = dense\n(id + W)^3", [], 1, None),
    ("(id + dense)^L", ["--cover", "0.9"], 2, "what a number of branches covers depends on the values of symbols"),
    ("(id + dense)^L", ["--branches", "13"], 2, "a sum with symbols is written out to 12 branches at most"),
    ("(id + dense)^2", ["--cover", "1"], 2, "--cover is a part of φ between 0 and 1"),
    ("(id + dense)^2", ["--cover", "x"], 2, "--cover is a part of φ between 0 and 1"),
    ("(id + dense)^2", ["--cover", "phi > 1"], 2, "--cover is a part of φ between 0 and 1"),
    ("(id + dense)^2", ["--cover", "0.9", "--branches", "1"], 2, "--branches and --cover each say where to stop"),
    ("(id + dense)^9999", ["--set", "sigma_w=9", "--cover", "0.9"], 2, "that part of φ takes more than 2000 branches"),
    ("(id + dense)^(10^40)", ["--set", "sigma_w=1"], 2, "φ of this network is too large or too small to be evaluated"),
    ("(id + dense)^9999", ["--set", "sigma_w=1", "--branches", "2001"], 2, "at most 2000 branches are counted"),
    ("(0*id + dense)^3", [], 1, "the skip of `0*id + dense` is 0"), ("0*(id + dense)^3", [], 1, "φ of this network is 0"),
    ("(id + dense(var=1/fan_in))^L >> (id + dense)^M", [], 2, "different blocks, each in a number that is a symbol, are not summed"),
    ("serial[l=1..20](id + a^l*dense)", [], 2, "the sum over more than 12 different blocks is worked out for numbers only"),
])
def test_refusals(text, options, status, message):
    for form in "text", "json":
        outcome = run("shallow", text, *options, "--format", form)
        assert outcome.status == status, outcome.out
        assert message is None or outcome.mistake.message == message


def test_what_people_read():
    text = "(id + (1/4)*dense(var=3/2/fan_in))^16"
    shown = run("shallow", text).out
    assert "16 of skip 1, scale 1/16, branch 3/2" in shown and "95.7 % of φ" in shown
    assert "| 3 | 0.461426 | 95.7 % |" in run("shallow", text, "--format", "markdown").out
    latex = run("shallow", text, "--format", "latex").out
    assert r"16 & 1 & \frac{1}{16} & \frac{3}{2}" in latex and r"\frac{8225}{2048} \approx 4.01611" in latex
    assert "≈" in run("shallow", text, "--format", "unicode").out


def test_all_branches_leave_nothing_out():
    for form in "text", "latex":
        shown = run("shallow", "(id + c*dense)^2", "--branches", "2", "--format", form).out
        assert ("left out: nothing" if form == "text" else "which is all of it") in shown


def test_a_symbol_may_have_any_name():
    for form in "text", "latex", "unicode", "markdown":
        assert run("shallow", "(id + omega*(tau*dense))^L", "--format", form).status == 0
