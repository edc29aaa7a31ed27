r"""A paper's own symbols take the place of the usual ones everywhere, and only there; what is no symbol is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latex_derivations import PATTERNS, compiled, derived
from test_latex_documents import DOCUMENTS

from freeblock.errors import FreeblockError, OptionError
from freeblock.report.data import derivation_data
from freeblock.report.latex import latex_report
from freeblock.report.paper_notation import read_mapping, read_notation
from freeblock.report.text import text_report
from freeblock.source import Source

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")

# As wide as the letters they stand for, so that lines break at the same places.
OTHERS = {"phi": r"\Theta", "variance": r"\Psi", "kappa": r"\Upsilon", "state": r"\Xi"}
USUAL = {r"\phi": r"\Theta", r"\varphi": r"\Psi", r"\kappa": r"\Upsilon", r"\lambda": r"\Xi"}
GUARD = re.compile(r"\\sbox0.*\n\\ifdim.*\n")
GUARDED = "(id + (bn >> relu >> dense))^L"


def body(report: str) -> str:
    """The report without the user's own text and without the lines that keep φ and ϕ apart."""
    report = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", report, flags=re.DOTALL)
    return GUARD.sub("", "\n".join(line for line in report.splitlines() if not line.startswith("%")) + "\n")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_report_is_the_usual_one_in_other_letters(name: str) -> None:
    text, order, options = DOCUMENTS[name]
    derivation = derived(text, order, **options)
    usual = body(latex_report(derivation, expression=text))
    own = body(latex_report(derivation, expression=text, notation=read_mapping(OTHERS)))
    other = re.sub(r"\\[A-Za-z]+", lambda match: USUAL.get(match[0], match[0]), usual)
    # A symbol of the user's may take the letter that has become free: no longer spelled, it is as wide as it likes.
    if not {"kappa", "lambda", "phi"} & {name.partition("_")[0] for name in derivation.network.mentioned}:
        assert own == other


def test_the_letters_of_symbols_and_matrices() -> None:
    report = latex_report(derived("(dense(k) >> relu) | dense"), expression="", notation=read_mapping(
        {"sigma_w": r"s_w", "n": "N_0", "k": r"N_\ell", "J": r"\mathbf{J}", "m": "N"}))
    assert r"$(N_{\ell} + N_{0}) \times N_{0}$" in report
    assert r"\mathbf{J} \mathbf{J}^{\top}" in report and "JJ" not in report.split(r"\paragraph{Hypotheses.}")[0]
    assert r"\sum_i N_i \phi_i" in report
    assert "sigma" not in body(report).replace(r"\sigma", "sigma").split(r"\paragraph{Hypotheses.}")[0]


def test_what_stands_above_a_letter_is_bracketed_under_a_power() -> None:
    given = read_mapping({"sigma_w": "q'", "state": r"\mu^*", "phi": "f^*"})
    derivation = derived("(dense>>relu)^3", 3)
    report = latex_report(derivation, expression="", notation=given)
    assert "(q')^{2}" in report and "q'^" not in report and "^{*}^" not in report
    assert r"(\mu^{*}_1)^2" in report and "(f^{*})^3" not in report  # φ_k = φ^k U_k, where k is a letter
    assert r"(f^{*})^k" in report
    data = derivation_data(derivation, "", given)
    assert data["symbols"]["sigma_w"]["latex"] == "q'"
    assert all("q'^" not in step["latex"] for step in data["steps"])
    assert "(q')^{6}" in data["latex"]["phi"]


def test_json_and_markdown_use_them_and_text_does_not() -> None:
    derivation = derived("(dense>>relu)^L", 3)
    given = read_mapping({"phi": r"\mu", "variance": "v", "kappa": "K", "moment": "M", "sigma_w": r"\tau", "J": "Y"})
    data = derivation_data(derivation, "", given)
    assert data["symbols"]["sigma_w"]["latex"] == r"\tau"
    assert data["latex"]["phi"] == r"\left(\frac{\tau^{2}}{2}\right)^{L}"
    assert all(step["latex"].startswith(r"\mu = ") for step in data["steps"])
    assert data["phi"] == derivation_data(derivation, "")["phi"]
    shown = text_report(derivation, "", style="markdown", notation=given)
    for left in (r"$\mu(YY^{\top}) = ", r"$v(YY^{\top}) = ", "$K = ", r"$M_{3}(YY^{\top}) = "):
        assert left in shown
    assert text_report(derivation, "", notation=given) == text_report(derivation, "")


def test_a_letter_that_is_given_away_is_left_to_its_new_owner() -> None:
    r"""`phi: \varphi` alone is enough: ϕ steps aside."""
    report = latex_report(derived("(dense>>relu)^L"), expression="", notation=read_mapping({"phi": r"\varphi"}))
    assert r"\varphi(JJ^{\top}) &= " in report or r"\varphi(JJ^{\top}) = " in report
    assert r"\mathsf{V} = \varphi_2 - \varphi_1^2" in report
    assert r"\phi" not in report.replace(r"\varphi", "")


def test_a_letter_never_steps_onto_another() -> None:
    for chosen in ({"phi": r"\mathsf{V}", "kappa": r"\varphi"}, {"sigma_w": r"\mathsf{V}", "n": r"\varphi_2"},
                  {"sigma_w": r"\mathsf{V}_{i}", "n": r"\varphi", "phi": r"\widetilde{\mathsf{V}}"}):
        report = latex_report(derived("(dense>>relu)^L", 3), expression="", notation=read_mapping(chosen))
        variance = re.findall(r"the mean, \$(.*?) = ", report)[0]
        assert variance.startswith(r"\widetilde") and variance not in chosen.values()
    guarded = latex_report(derived("dense>>relu"), expression="", notation=read_mapping({"sigma_w": r"\mathsf{V}"}))
    assert r"\def\varphi{\widetilde{\mathsf{V}}}" in guarded


@needs_latex
@pytest.mark.parametrize("preamble", [
    "", r"\renewcommand{\phi}{\varphi}", r"\let\phi\varphi", r"\renewcommand{\varphi}{\phi}",
    r"\let\other\phi\let\phi\varphi\let\varphi\other", r"\DeclareRobustCommand{\phi}{\ensuremath{\varphi}}",
    r"\renewcommand{\phi}{x}\renewcommand{\varphi}{x}"])
@pytest.mark.parametrize("notation", [{}, {"phi": r"\varphi", "variance": r"\phi"}])
def test_phi_and_variance_look_different_in_any_preamble(
    preamble: str, notation: dict[str, str], tmp_path: Path
) -> None:
    fragment = latex_report(derived(GUARDED, premises=PATTERNS), expression=GUARDED, notation=read_mapping(notation))
    measured = r"\setbox0\hbox{$\phi$}\setbox2\hbox{$\varphi$}\typeout{WIDTHS: \the\wd0 \space\the\wd2}"
    whole = "\n".join((r"\documentclass{article}\usepackage{amsmath}", preamble, r"\begin{document}",
                       fragment.replace(r"\par\endgroup", measured + r"\par\endgroup"),
                       measured.replace("WIDTHS", "AFTER"), r"\end{document}"))
    result = compiled(whole, tmp_path)
    assert result.status == 0
    first, second = re.findall(r"WIDTHS: (\S+) (\S+)", result.log)[-1]
    assert first != second
    before = compiled(whole.replace(fragment, ""), tmp_path) if not preamble else result
    # Outside of the fragment the preamble's letters are what they were.
    if "varphi" in preamble and "other" not in preamble:
        assert len(set(re.findall(r"AFTER: (\S+) (\S+)", before.log)[-1])) == 1


@needs_latex
@pytest.mark.parametrize("name", ["stack to order 4", "sixty residual blocks", "bottleneck", "input side", "opaque",
                                  "indexed sum", "diagonals"])
def test_documents_with_wide_symbols_compile_without_an_overfull_line(name: str, tmp_path: Path) -> None:
    text, order, options = DOCUMENTS[name]
    given = read_mapping({
        "phi": r"\overline{\mathbb{E}}_{\mathrm{tr}}", "variance": r"\operatorname{Var}", "kappa": r"\hat{\kappa}'",
        "moment": r"\mathfrak{m}^{(\infty)}", "state": r"\mu_{\star}^{*}", "J": r"\boldsymbol{J}_{\theta}",
        "sigma_w": r"\widetilde{\sigma}_{\mathrm{weights}}", "n": "N_0", "k": r"N_{\ell+1}"})
    report = latex_report(derived(text, order, **options), expression=text, document=True, notation=given)
    assert r"\usepackage{amssymb}" in report
    result = compiled(report, tmp_path)
    assert (result.status, result.complaints) == (0, [])


REFUSED = [
    # value, what the caret marks, words of the message
    (r"\input{secret}", r"\input", "command"),
    (r"\write18{ls}", r"\write", "command"),
    (r"\def\x{}", r"\def", "command"),
    (r"\csname input\endcsname", r"\csname", "command"),
    (r"a\ ", "\\ ", "command"),
    (r"\hat{\input{x}}", r"\input", "command"),
    (r"x_{\loop}", r"\loop", "command"),
    ("a%b", "%", "character"),
    ("a$b$", "$", "character"),
    ("a&b", "&", "character"),
    ("a#1", "#", "character"),
    ("a~b", "~", "character"),
    ("a\nb", "\n", "character"),
    ("σ", "σ", "character"),
    ("a}b", "}", "closes nothing"),
    ("x_{a", "{", "not closed"),
    ("{a", "{", "not closed"),
    ("{a_b}", "{", "braces"),
    ("x_a_b", "_", "second script below"),
    ("x^a^b", "^", "second script above"),
    ("x^a'", "'", "second script above"),
    ("x'^a", "^", "second script above"),
    ("^^5cinput", "^", "begins with a letter"),
    ("x_", "_", "missing"),
    (r"\hat", r"\hat", "missing"),
    ("x_{}", "{", "nothing here"),
    ("ab", "b", "one symbol"),
    ("a+b", "+", "one symbol"),
    ("2", "2", "begins with a letter"),
    (r"\mathbb{m}", r"\mathbb", "capital letters"),
    (r"\text{a\input}", r"\text", "letters, digits"),
    (r"\mathrm{" + "w" * 60 + "}", r"\mathrm{" + "w" * 60 + "}", "wider than"),
    ("a" * 101, "a" * 101, "longer than"),
]


@pytest.mark.parametrize(("value", "marked", "words"), REFUSED)
def test_what_is_not_one_symbol_is_refused_with_its_place(value: str, marked: str, words: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_mapping({"phi": value})
    assert words in caught.value.message
    assert caught.value.span is not None and caught.value.hint is not None
    assert caught.value.span.text in (marked, marked[:1])


@pytest.mark.parametrize(("given", "words"), [
    ({"phi": r"\mu", "sigma_w": r"\mu"}, "printed alike"),
    ({"phi": r"\mu", "sigma_w": r"{\mu}"}, "printed alike"),
    ({"sigma_w": r"x_\alpha", "n": r"x_{\alpha}"}, "printed alike"),
    ({"phi": r"\mu", "sigma_w": r"\mu_2"}, "numbered"),
    ({"phi": r"\mu", "sigma_w": r"\mu_i"}, "numbered"),
    ({"sigma_w": "n"}, "like `n`"),
    ({"phi": r"\sigma_w"}, "like `sigma_w`"),
    ({"sigma_w": "W"}, "letter of the report"),
    ({"sigma_w": r"\kappa"}, ""),
    ({"kappa": "S"}, "letter of the report"),
    ({"J": "W"}, "matrix of a component"),
    ({"sigma_v": "x"}, "no symbol `sigma_v`"),
    ({"kapa": "x"}, "no symbol `kapa`"),
])
def test_names_that_would_be_confused_are_refused(given: dict[str, str], words: str) -> None:
    derivation = derived("(dense>>relu)^L", 3)
    if not words:  # κ steps aside
        report = latex_report(derivation, expression="", notation=read_mapping(given))
        assert r"\mathsf{K} = " in report
        return
    with pytest.raises(OptionError, match=words):
        latex_report(derivation, expression="", notation=read_mapping(given))


def test_a_file_for_several_networks() -> None:
    """Names of other networks may stand in it; what looks like a misspelling may not."""
    derivation = derived("dense>>relu")
    several = read_notation(Source("paper.yaml", "sigma_w: \\tau\nsigma_b: \\beta\nL: D\n"))
    assert r"\tau" in latex_report(derivation, expression="", notation=several)
    with pytest.raises(OptionError) as caught:
        latex_report(derivation, expression="", notation=read_notation(Source("paper.yaml", "L: D\nsigma_W: \\tau\n")))
    assert caught.value.hint == "did you mean `sigma_w`?"
    assert caught.value.span is not None and (caught.value.span.line, caught.value.span.text) == (2, "sigma_W")


def test_greek_names_are_what_they_look_like() -> None:
    read = read_notation(Source("g", "φ: a\nϕ: b\nκ: c\nσ_w: d\n")).symbols
    assert {name: symbol.text for name, symbol in read.items()} == {"phi": "a", "variance": "b", "kappa": "c",
                                                                    "sigma_w": "d"}


@pytest.mark.parametrize(("text", "words", "line"), [
    ("phi: a\nphi: b\n", "written twice", 2),
    ("phi: &x a\n", "anchors", 1),
    ("phi: a\nn: *x\n", "aliases", 2),
    ("phi: !!python/object a\n", "tags", 1),
    ("- a\n- b\n", "names and their LaTeX", 1),
    ("phi: [a]\n", "text is expected", 1),
    ("phi: {a}_1\n", "YAML", 1),
    ('phi: "\\phi"\n', "YAML", 1),
    ("phi: a\nφ: b\n", "two notations", 2),
    ("phi: a\nkappa: \\input{x}\n", "may not stand in a notation", 2),
    ("phi: a\0\n", "U+0000", 1),
    ("a b: c\n", "is no name", 1),
    ("--- \nphi: a\n---\nphi: b\n", "one YAML document", 3),
    ("".join(f"a_{place}: b_{place}\n" for place in range(1001)), "more than 1000", 1),
])
def test_a_faulty_file_is_refused_with_the_line(text: str, words: str, line: int) -> None:
    with pytest.raises(FreeblockError) as caught:
        read_notation(Source("paper.yaml", text))
    assert words in str(caught.value)
    assert caught.value.span is not None and caught.value.span.line == line


LETTERS = st.sampled_from(["a", "Z", r"\alpha", r"\varkappa", r"\hat{q}", r"\mathbf{J}", r"\mathcal L", r"\vec\ell", "{b}",
                           r"\mathrm{a_i'}", r"\operatorname{in}", r"\overline{\mathbb{E}}", r"\text{out 1}"])
SCRIPTS = st.sampled_from(["", "_1", "_{ab}", r"_\ell", r"^*", "'", "''", r"^{(\infty)}", r"_{x_{y^2}}", r"_{\max}", "^{+,-}"])
TOKENS = st.sampled_from([
    "a", "Z", "7", "+", "'", "*", ",", " ", "{", "}", "_", "^", r"\alpha", r"\ell", r"\hat", r"\mathbf", r"\mathcal",
    r"\text", r"\text{out 1}", r"\operatorname", r"\dagger", r"\,", r"\varkappa", r"\mathfrak", r"\infty", r"\overline",
    r"\input", r"\par", "%", "$", "&", "#", "~", "\\", "\n", "é", r"\\", r"\begin", r"\end{document}"])
KNOWN = (r"\hat{q}_{\mathrm{in}}'", r"\text{out 1}", r"\mathfrak{g}_{\alpha\beta}^{*}")


@needs_latex
def test_any_text_is_refused_or_a_symbol_that_is_typeset(tmp_path: Path) -> None:
    accepted = set(KNOWN)

    @given(st.lists(TOKENS, max_size=9).map("".join) | st.tuples(LETTERS, SCRIPTS, SCRIPTS).map("".join))
    @settings(max_examples=1500, deadline=None, database=None)
    def read(text: str) -> None:
        try:
            shown = read_mapping({"phi": text}).symbols["phi"].text
        except OptionError:
            return
        assert read_mapping({"phi": shown}).symbols["phi"].text == shown
        assert not re.search(r"\\(input|par|begin|end|\\)|[%$&#~]|[^ -~]", shown)
        accepted.add(shown)

    read()
    assert len(accepted) > 100
    lines = [f"${shown}$" for shown in sorted(accepted)]
    whole = "\n\n".join((r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}", *lines,
                         r"\end{document}"))
    result = compiled(whole, tmp_path)
    assert result.status == 0, result.log[-2000:]
