"""Each request gets the formula it asks for; what is expected is worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import mpmath
import pytest
from papers import formula, formulas, woven

from freeblock.errors import FreeblockError

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


def test_a_solution_says_what_it_requires(tmp_path: Path) -> None:
    # (a − b)² is 1 at a = b + 1, and at a = b − 1 where that is positive.
    latex = formula(tmp_path, r"\freeblock{x = (a - b) * id}", r"\fbcondition{x}{a}")
    assert latex == r"a = b - 1 \ (\text{where } b - 1 > 0) \text{ or } a = 1 + b"


def test_a_depth_is_a_whole_number(tmp_path: Path) -> None:
    # (1 + σ⁴/2)^L = 2 at L = log 2/log(1 + σ⁴/2), which is positive, but seldom whole.
    latex = formula(tmp_path, RESIDUAL, r"\fbcondition[phi = 2]{res}{L}")
    assert latex.endswith(r", \text{ where } L\text{ is a whole number}") and latex.count("where") == 1


def test_ranges_and_roots(tmp_path: Path) -> None:
    # 1/2 ≤ s²(1 + a²) ≤ 1.
    block = r"\freeblock{x = dense(var=s^2*(1+a^2)/fan_in)}"
    assert formula(tmp_path, block, r"\fbcondition[phi <= 1]{x}{s}") == r"0 < s \le \frac{1}{\sqrt{1 + a^{2}}}"
    assert formula(tmp_path, block, r"\fbcondition[phi > 1/2]{x}{s}") == r"s > \frac{1}{\sqrt{2 (1 + a^{2})}}"
    # 2(2^(1/L) − 1) under one root, as in print.
    latex = formula(tmp_path, RESIDUAL, r"\fbcondition[phi = 2]{res}{sigma_w}")
    assert latex == r"\sigma_{w} = \left(2 \left(2^{\frac{1}{L}} - 1\right)\right)^{\frac{1}{4}}"


def test_an_inequality_with_the_first_digits_of_a_number_is_true(tmp_path: Path) -> None:
    # s² + s⁶ ≤ 1 up to 0.8260313576…
    block = r"\freeblock{x = dense(var=s^2/fan_in) + (s^3 * orthogonal)}"
    assert formula(tmp_path, block, r"\fbcondition[phi <= 1]{x}{s}") == r"0 < s \le 0.826031\ldots"


def test_a_condition_that_always_holds_or_never_is_not_a_formula(tmp_path: Path) -> None:
    for text, condition, words in ((r"\freeblock{x = dense}", "kappa = 1", "does not occur"),
                                   (RESIDUAL.replace("res", "x"), "phi = 1", "no positive"),
                                   (r"\freeblock{x = (id + (dense >> relu >> dense))^L}", "phi > 1/2", "holds whatever")):
        try:
            (notice,) = woven(tmp_path, text + rf"\fbcondition[{condition}]{{x}}{{sigma_w}}").notices
        except FreeblockError as error:
            assert words in str(error)
        else:
            assert notice.fatal and words in notice.message


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
