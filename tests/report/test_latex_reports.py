"""What the report says: results, steps with their values, refusals in words, sources."""

from __future__ import annotations

import re

import pytest
from latex_derivations import FREE, PATTERNS, derived

from freeblock import __version__
from freeblock.report.data import derivation_data
from freeblock.report.latex import inline_results, latex_report, latex_step, latex_steps

FLAGSHIP = "(id + (bn >> relu >> dense(var=sigma_w^2/fan_in)))^L"


def report(text: str, order: int = 2, **options: object) -> str:
    return latex_report(derived(text, order, **options), expression=text)  # type: ignore[arg-type]


def flat(text: str) -> str:
    """Without line ends and blanks, to look formulas up."""
    return re.sub(r"\s+", "", text)


RESULTS = [
    # (expression, order, a formula of the report), each worked out by hand.
    ("(dense >> relu)^L", 2, r"\phi(JJ^{\top}) &= \left(\frac{\sigma_{w}^{2}}{2}\right)^{L}"),
    ("(dense >> relu)^L", 2, r"\kappa &= 2 L"),
    ("dense(k)", 2, r"\kappa = \frac{k}{n}"),
    ("(orthogonal >> relu)^4", 2, r"\kappa = 4"),
    ("id + (dense >> relu >> dense)", 2, r"\phi(JJ^{\top}) &= 1 + \frac{\sigma_{w}^{4}}{2}"),
    ("dense | dense", 2, r"\phi(JJ^{\top}) = \sigma_{w}^{2}"),
    ("(dense(var=2/fan_in) >> relu)^4", 4, r"\phi_{3}(JJ^{\top}) = 113"),
    ("(dense(var=2/fan_in) >> relu)^4", 4, r"\phi_{4}(JJ^{\top}) = 1649"),
    ("let A = dense\nA + A", 2, r"\varphi(JJ^{\top}) = 16 \sigma_{w}^{4}"),
    ("serial[l=1..L](id + (1/sqrt(l))*(dense(var=1/fan_in)>>orthogonal))", 2, r"\phi(JJ^{\top}) &= 1 + L"),
    ("(2*dense(var=3/(7*fan_in)))^12345678", 2, r"\approx 7.70718 \times 10^{2889915}"),
    ("(id+(1/sqrt(L))*(dense>>relu>>dense))^L", 2, r"\lim_{L \to \infty} \phi(JJ^{\top}) = e^{\frac{\sigma_{w}^{4}}{2}}"),
]


@pytest.mark.parametrize(("text", "order", "formula"), RESULTS)
def test_result_is_printed(text: str, order: int, formula: str) -> None:
    shown = flat(report(text, order)).replace("&", "")
    assert flat(formula).replace("&", "") in shown


def test_serial_step_puts_the_values_of_the_premises_in() -> None:
    text = flat(report("dense(k) >> relu >> dense(n)"))
    assert flat(r"\phi(J) = \sigma_{w}^{2} \cdot \frac{1}{2} \cdot \sigma_{w}^{2} = \frac{\sigma_{w}^{4}}{2}") in text.replace("&", "")
    assert flat(r"\kappa(J) = \frac{n}{k} \cdot \frac{k}{n} + \frac{n}{k} \cdot 1 + \frac{n}{k}") in text.replace("&", "")


def test_sum_step_writes_the_cross_term() -> None:
    text = flat(report("id + (dense(var=a/fan_in) >> orthogonal)")).replace("&", "")
    assert flat(r"\varphi(J) = 0 + a^{2} + 2 \cdot 1 \cdot a") in text


def test_equal_premises_are_counted_not_repeated() -> None:
    text = report("dense >> orthogonal >> " + " >> ".join(["dense"] * 30))
    assert r"\;(31 \times)" in text
    assert len(text) < 12_000


def test_step_stands_alone_and_all_steps_are_the_same() -> None:
    derivation = derived("(id + (dense >> relu))^4", 4)
    every = latex_steps(derivation)
    assert [latex_step(step, derivation) for step in derivation.steps] == every
    assert r"\textbf{Sum theorem}" in every[4]


def test_order_four_sum_prints_cumulants() -> None:
    text = flat(report("id + (dense(var=2/fan_in) >> relu)", 3))
    # c_2 = phi_2 - 2 phi^2 at ratio 1: of the identity -1, of the branch (phi 1, phi_2 3) 1.
    assert flat("c_{2}(I) = -1") in text.replace("&", "")
    assert flat("c_{2}(J_{4}) = 1") in text.replace("&", "")


def test_refused_variance_is_said_in_words() -> None:
    text = report(FLAGSHIP)
    assert r"$\varphi(JJ^{\top})$ is not given: " in text
    assert r"\texttt{independent-\allowbreak{}patterns}" in text
    assert r"\varphi(JJ^{\top}) &=" not in text and r"\varphi(JJ^{\top}) =" not in text


def test_assumed_variance_is_given_and_the_assumption_printed() -> None:
    text = report(FLAGSHIP, premises=PATTERNS)
    assert r"\varphi(JJ^{\top}) &=" in text
    assert r"\emph{assumed}" in text and "The result rests on this assumption." in text


def test_refused_mean_is_said_in_words() -> None:
    text = report("((id + (dense >> relu >> dense)) >> relu)^2")
    assert r"$\phi(JJ^{\top})$ and $\varphi(JJ^{\top})$ are not given: " in text


def test_input_side_is_named() -> None:
    text = report("dense(k)", side="in")
    assert r"\phi(J^{\top}J)" in text and r"\phi(JJ^{\top}) =" not in text


@pytest.mark.parametrize(("text", "matrix"), [
    (FLAGSHIP, r"\bigl(I + W  D  N\bigr)_{L}  \cdots  \bigl(I + W  D  N\bigr)_{1}"),
    ("dense >> relu >> dense", "W_{2} D W_{1}"),
    ("let W = dense\nW >> relu >> W", "W D W"),
    ("opaque(F, left, right) >> relu", "D F"),
    ("id | dense(k)", r"\begin{pmatrix} I \\ W \end{pmatrix}"),
    ("serial[l=1..L](dense(var=1/l))", r"\prod_{l = 1}^{L} W^{(l)}"),
])
def test_jacobian_as_matrix_product(text: str, matrix: str) -> None:
    assert "J=" + flat(matrix) in flat(report(text)).replace("&", "")


def test_matrices_and_symbols_never_share_a_name() -> None:
    text = report("opaque(W,left,right)>>dense>>opaque(W_1,left,right)")
    matrix = re.search(r"\nJ &?= (.*)\.", text)
    assert matrix is not None
    names = matrix[1].split()
    assert len(names) == len(set(names)) == 3


def test_fragment_has_header_and_the_entries_it_cites() -> None:
    text = report("(dense >> relu)^L")
    assert text.startswith(f"% freeblock {__version__}\n% (dense >> relu)^L\n")
    assert r"\usepackage" not in text and r"\mathbb" not in text
    cited = {key for keys in re.findall(r"\\cite\{([^}]*)\}", text) for key in keys.split(",")}
    assert cited == set(re.findall(r"^% @\w+\{(\w+),", text, re.MULTILINE))
    assert {"marchenko1967", "nair2010", "chen2020", "voiculescu1987"} <= cited


def test_document_lists_what_it_cites() -> None:
    expression = "(dense | dense(k)) >> dense(n)"
    text = latex_report(derived(expression), expression=expression, document=True)
    cited = {key for keys in re.findall(r"\\cite\{([^}]*)\}", text) for key in keys.split(",")}
    assert cited == set(re.findall(r"\\bibitem\{(\w+)\}", text))
    assert "nica_speicher2006" in cited


def test_summary_has_one_line_for_each_composite_step() -> None:
    text = latex_report(derived("(dense >> relu)^L"), expression="x", steps="summary")
    assert text.count(r"\item[") == 2 and r"\textbf" not in text
    assert r"\paragraph{Steps.}" not in latex_report(derived("dense"), expression="x", steps="none")


def test_inline_result_is_one_display() -> None:
    for text, options in [(FLAGSHIP, {}), ("(dense >> relu)^L", {}), ("(id + (relu >> dense))^4", {"premises": FREE})]:
        shown = inline_results(derived(text, **options))  # type: ignore[arg-type]
        assert shown.startswith("$$") and shown.endswith("$$")
        assert shown.count("$") == 4 and "\n\n" not in shown


def test_words_beside_one_another_are_kept_apart_in_alike_steps() -> None:
    """Upright letters side by side read as one word: `ab cd` is no symbol `abcd`."""
    weights = ["a*b", "c*d", "ab*cd", "a*tau", "x*rate"]
    blocks = " >> ".join(f"dense(var={weight}/fan_in)" for weight in weights)
    steps = derivation_data(derived(blocks), blocks)["steps"]
    assert [step["latex"] for step in steps[:len(weights)]] == [
        r"\phi = a b", r"\phi = c d", r"\phi = \mathrm{ab} \, \mathrm{cd}", r"\phi = a \tau",
        r"\phi = \mathrm{rate} \, x"]
