"""Each request gets the formula it asks for; what is expected is worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import mpmath
import pytest
from papers import formula, formulas, woven

PLAIN = r"\freeblock{plain = (dense >> relu)^L}"
RESIDUAL = r"\freeblock{res = (id + (dense >> relu >> dense))^L}"
POWER = mpmath.mpf(4) ** 10 ** 6
# φ of an identity plus a free branch adds, of L free copies multiplies: (1 + 1/2)⁸ at σ_w = 1.
MEAN_OF_EIGHT = 1.5 ** 8

REQUESTS = [
    (PLAIN, r"\fbphi{plain}", r"\left(\frac{\sigma_{w}^{2}}{2}\right)^{L}"),
    (PLAIN, r"\fbkappa{plain}", "2 L"),
    (PLAIN, r"\fbcondition{plain}{sigma_w}", r"\sigma_{w} = \sqrt{2}"),
    (PLAIN, r"\fbcondition{plain}{σ_w}", r"\sigma_{w} = \sqrt{2}"),
    (PLAIN, r"\fbcondition[kappa = 6]{plain}{L}", "L = 3"),
    (PLAIN, r"\fbvalue{plain}{sigma_w=sqrt(2), L=1000}", "1"),
    (PLAIN, r"\fbvalue{plain}{sigma_w=2, L=20}", str(2 ** 20)),
    (PLAIN, r"\fbvalue[kappa]{plain}{L=7, sigma_w=3}", "14"),
    (RESIDUAL, r"\fbvalue{res}{sigma_w=1,L=8}", f"{MEAN_OF_EIGHT:.2f}"),
    (RESIDUAL, r"\fbvalue[phi, digits=2]{res}{sigma_w=1,L=8}", f"{MEAN_OF_EIGHT:.0f}"),
    (RESIDUAL, r"\fbvalue[digits=7]{res}{sigma_w=1,L=8}", f"{MEAN_OF_EIGHT:.5f}"),
    (r"\freeblock{a = id}", r"\fbvariance{a}", "0"),
    (r"\freeblock[set=sigma_w=3]{a = dense}", r"\fbphi{a}", "9"),
    (r"\freeblock[side=in]{a = dense(2*n)}", r"\fbphi{a}", r"2 \sigma_{w}^{2}"),
    (r"\freeblock{a = id | id}", r"\fbphi{a}", "1"),
    (r"\freeblock{σ_net = dense}", r"\fbphi{σ_net}", r"\sigma_{w}^{2}"),
    (r"\freeblock{σ_net = dense}", r"\fbphi{ sigma_net }", r"\sigma_{w}^{2}"),
    (r"\freeblock{a = (2*id)^(10^6)}", r"\fbvalue{a}{}", 
     rf"{mpmath.nstr(POWER / mpmath.mpf(10) ** 602059, 4)} \times 10^{{602059}}"),
]


@pytest.mark.parametrize(("definition", "request_", "latex"), REQUESTS)
def test_formula(definition: str, request_: str, latex: str, tmp_path: Path) -> None:
    assert formula(tmp_path, definition, request_) == latex


def test_several_solutions_are_told(tmp_path: Path) -> None:
    # The mean of c·id is c²; (c − 2)² is 1 at c = 1 and c = 3.
    latex = formula(tmp_path, r"\freeblock{a = (c - 2) * id}", r"\fbcondition{a}{c}")
    assert set(latex.split(r" \text{ or } ")) == {"c = 1", "c = 3"}


def test_a_condition_without_a_closed_form_is_said_to_be_a_number(tmp_path: Path) -> None:
    # φ = s² + s⁶ = 1 at the real root of x + x³ = 1, x = s²: 0.682328, s = 0.826031.
    latex = formula(tmp_path, r"\freeblock{a = dense(var=s^2/fan_in) + (s^3 * orthogonal)}", r"\fbcondition{a}{s}")
    assert latex == r"s \approx 0.826031"


def test_a_derivation_has_statement_result_steps_and_keys_of_its_own(tmp_path: Path) -> None:
    latex = formula(tmp_path, PLAIN, r"\fbderivation{plain}")
    for part in ("Statement.", "Result.", "Steps.", "Hypotheses.", r"\textbf{Serial theorem}"):
        assert part in latex
    assert "verbatim" not in latex
    cited = {key for keys in re.findall(r"\\cite\{(.*?)\}", latex) for key in keys.split(",")}
    assert cited and all(key.startswith("fb:") for key in cited)
    assert "Steps." not in formula(tmp_path, PLAIN, r"\fbderivation[none]{plain}")


def test_a_table_asks_for_its_columns(tmp_path: Path) -> None:
    text = PLAIN + RESIDUAL + r"\fbtable[phi, kappa]{plain, res={Residual, with a comma}}"
    assert {label[:2] for label in formulas(woven(tmp_path, text))} == {
        (kind, name) for kind in ("phi", "kappa") for name in ("plain", "res")}


def test_symbols_print_alike_all_over_a_paper(tmp_path: Path) -> None:
    """a1 and a_1 would both print as a with an index 1, though no network has both."""
    found = formulas(woven(tmp_path, r"""
        \freeblock{first = dense(var=a1/fan_in)} \fbphi{first}
        \freeblock{second = dense(var=a_1/fan_in)} \fbphi{second} \fbvalue{second}{a_1=2}"""))
    assert found["phi", "first", ""] != found["phi", "second", ""]
    assert found["phi", "second", ""] == "a_{1}"


def test_letters_of_a_derivation_are_taken_in_the_whole_paper(tmp_path: Path) -> None:
    found = formulas(woven(tmp_path, r"""
        \freeblock{first = dense(var=W/fan_in)  # W is the letter of the weights
        second = dense >> relu} \fbphi{first} \fbderivation{second}"""))
    assert found["phi", "first", ""] == r"\mathrm{W}"


def test_definitions_are_one_program(tmp_path: Path) -> None:
    """Weights drawn once are the same in all their uses: A + A is 2A, whose mean is four times that of A."""
    found = formulas(woven(tmp_path, r"""\fbphi{both}
        \begin{freeblock}
          input m   # comments, % and $ and & and _ among them
          assume a > 0
        \end{freeblock}
        \freeblock{let A = dense(var=a/fan_in)} between
        \freeblock{both = A
                          + A}"""))
    assert found["phi", "both", ""] == "4 a"


def test_a_long_number_is_remarked(tmp_path: Path) -> None:
    result = woven(tmp_path, r"\freeblock{a = ((123457/1000003)*id)^5} \fbphi{a}")
    assert ["rounded" in notice.message for notice in result.notices] == [True]
    assert not result.failed
