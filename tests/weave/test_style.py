"""The style under pdflatex: placeholders before weaving, formulas after it, in every place a paper has."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from papers import Compiled, compiled, woven, write

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")


def document(body: str, *, preamble: str = "", options: str = "", kind: str = "article") -> str:
    return "\n".join([rf"\documentclass[{options}]{{{kind}}}", preamble, r"\usepackage{freeblock}",
                      r"\begin{document}", body, r"\end{document}", ""])


def printed(folder: Path, text: str) -> Compiled:
    woven(folder, text)
    return compiled(folder)


def messages(result: Compiled) -> list[str]:
    """What the paper itself writes to the log with \\typeout."""
    return re.findall(r"^>> (.*)$", result.log, re.MULTILINE)


EVERYTHING = r"""
\freeblock{my_net = (dense >> relu)^L}
\begin{freeblock}[show]
  # a comment with | & ~ $ % _ ^ in it
  σ_net = (my_net | my_net)
     >> dense
\end{freeblock}
\section{Of \fbphi{my_net} and $\fbkappa{σ_net}$}
Text \fbvariance{my_net}, $\fbcondition{my_net}{sigma_w}$, \fbvalue[kappa]{my_net}{L = 3, sigma_w=1}\footnote{\fbphi{my_net}}.
\begin{align} x &= \fbphi{my_net} & y &= \fbvalue{my_net}{L=1,sigma_w=2} \end{align}
\begin{table*}\caption{The $\fbphi{my_net}$.} \fbtable[phi,kappa]{my_net, σ_net={A, label $a=b$}} \par\fbtable{my_net}\end{table*}
\fbderivation[summary]{my_net}
"""


def test_a_paper_that_was_never_woven_compiles_with_warnings(tmp_path: Path) -> None:
    write(tmp_path, document(EVERYTHING))
    result = compiled(tmp_path)
    assert result.status == 0
    assert not any(line.startswith("!") for line in result.complaints)
    assert "No phi of `my_net' has been woven" in result.log
    assert "run `freeblock weave paper.tex' and LaTeX again" in result.log


HEADS = {
    # (the rows, the heads and matrices of the table in their order)
    "out": (r"\fbtable{one}", ["φ(JJᵀ)", "ϕ(JJᵀ)", "κ"]),
    "in": (r"\fbtable{two={An $a=b$}}", ["φ(JᵀJ)", "ϕ(JᵀJ)", "κ(JᵀJ)"]),
    "both": (r"\fbtable[phi, kappa]{one, two, three}", ["of", "φ", "κ", "JJᵀ", "JᵀJ", "JᵀJ"]),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_table_says_of_each_row_which_matrix_it_is_about(name: str, tmp_path: Path) -> None:
    table, heads = HEADS[name]
    printed(tmp_path, document(r"\freeblock{one = dense(m)}\freeblock[side=in]{two = dense(m) three = one}".replace(
        "two = dense(m) ", "two = dense(m)\n") + table, preamble=r"\usepackage[utf8]{inputenc}"))
    pages = subprocess.run(["pdftotext", "-raw", "paper.pdf", "-"], cwd=tmp_path, capture_output=True, text=True,
                           check=True).stdout
    # pdftotext has ⊤ in the place of ᵀ, and the letters φ and ϕ the other way round, as TeX names them.
    words = pages.replace("⊤", "ᵀ").replace(" ", "").replace("\n", "")
    place = 0
    for head in heads:
        printed_head = head.translate(str.maketrans("φϕ", "ϕφ"))
        place = words.index(printed_head, place) + len(printed_head)
    assert ("JJᵀ" in words) == (name != "in") and ("JᵀJ" in words) == (name != "out")


PREAMBLES = {
    "plain": {},
    "amsmath before": {"preamble": r"\usepackage[fleqn]{amsmath}"},
    "two columns": {"options": "twocolumn"},
    "book with heads": {"kind": "book", "preamble": r"\pagestyle{headings}"},
    "large type": {"options": "12pt"},
    "T1": {"preamble": r"\usepackage[T1]{fontenc}"},
    "hyperref": {"preamble": r"\usepackage{hyperref}"},
    "active underscore": {"preamble": r"\catcode`\|=13 \def|{x}"},
    "mean and variance one letter": {"preamble": r"\AtBeginDocument{\let\phi\varphi}"},
}


@pytest.mark.parametrize("name", PREAMBLES)
def test_a_woven_paper_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    result = printed(tmp_path, document(EVERYTHING, **PREAMBLES[name]))
    assert result.status == 0
    known = ("Citation", "There were undefined references", "math shift", "Token not allowed", "Overfull \\vbox")
    assert [line for line in result.complaints if not any(word in line for word in known)] == []


NETWORKS = r"""
\freeblock{a = (dense(k)>>relu>>dropout>>dense(n)>>leaky_relu(alpha))^4
b = (dense(var=2/fan_in) | dense(var=1/(5*fan_in))) >> relu
c = serial[l=1..L](id + (1/sqrt(l))*(dense(var=tau/fan_in)>>orthogonal))
d = (id + (dense(var=1/3/fan_in)>>relu>>dense(var=17/23/fan_in)))^50}
\fbderivation{a} \fbderivation{b} \fbderivation{c} \fbderivation{d}
"""


def test_derivations_fit_the_columns_they_are_made_for(tmp_path: Path) -> None:
    text = document(NETWORKS, options="twocolumn").replace(r"\usepackage{f", r"\usepackage[narrow]{f")
    result = printed(tmp_path, text)
    assert result.status == 0
    assert [line for line in result.complaints if "Overfull \\hbox" in line] == []


def test_amsmath_may_be_loaded_after_the_style_with_options(tmp_path: Path) -> None:
    text = document(EVERYTHING).replace(r"\usepackage{freeblock}", "\\usepackage{freeblock}\n\\usepackage[fleqn]{amsmath}")
    result = printed(tmp_path, text)
    assert result.status == 0 and "Option clash" not in result.log


def test_the_formula_is_what_is_printed(tmp_path: Path) -> None:
    """The mean and the formula typed by hand make boxes of one width."""
    body = r"""\freeblock{net = (dense >> relu)^L}
        \newcommand\ask[2]{\setbox0\hbox{#1}\setbox2\hbox{#2}\typeout{>> \the\wd0=\the\wd2}}
        \ask{\fbphi{net}}{$\left(\frac{\sigma_w^2}{2}\right)^L$}
        \ask{$\fbcondition{net}{sigma_w}$}{$\sigma_w = \sqrt{2}$}
        \ask{\fbvalue{net}{sigma_w=2, L = 3}}{8}
        \ask{\MakeUppercase{\fbphi{net}}}{$\left(\frac{\sigma_w^2}{2}\right)^L$}
        \ask{\MakeUppercase{\fbvalue[kappa]{net}{L=300, sigma_w=1}}}{600}
        \ask{\fbkappa{nothing}}{\textbf{??}}"""
    text = document(body)
    write(tmp_path, text)
    woven(tmp_path, text.replace(r"\fbkappa{nothing}", ""))
    write(tmp_path, text)
    pairs = [line.split("=") for line in messages(compiled(tmp_path))]
    assert len(pairs) == 6 and all(one == other for one, other in pairs)


@pytest.mark.parametrize(("definition", "changed"), [
    (r"\freeblock{a = dense}", r"\freeblock{a = dense >> dense}"),
    (r"\freeblock{a = dense}", "\\begin{freeblock}\na = dense\n\\end{freeblock}"),
    (r"\freeblock{a = dense}", r"\freeblock{a = dense}\freeblock{b = relu}"),
    (r"\freeblock{a = dense # %}", r"\freeblock{a = dense # ^}"),
])
def test_latex_notices_definitions_that_have_changed(definition: str, changed: str, tmp_path: Path) -> None:
    warning = "Definitions have changed"
    assert warning not in printed(tmp_path, document(definition + r"\fbphi{a}")).log
    write(tmp_path, document(changed + r"\fbphi{a}"))
    assert warning in compiled(tmp_path).log


def test_definitions_leave_no_space(tmp_path: Path) -> None:
    body = r"""\newcommand\measure[1]{\setbox0\hbox{#1}\typeout{>> \the\wd0}}
        \typeout{>> \the\parskip}x%
        \freeblock{a = dense}
        y\typeout{>> \the\lastskip}
        \setbox0\vbox{\freeblock{b = relu}}\typeout{>> \the\ht0}
        \setbox0\vbox{\begin{freeblock}
        c = relu
        \end{freeblock}
        }\typeout{>> \the\ht0}"""
    assert messages(printed(tmp_path, document(body)))[-2:] == ["0.0pt", "0.0pt"]


def test_a_refused_formula_is_marked(tmp_path: Path) -> None:
    body = r"""\freeblock{f = (id + (bn >> relu >> dense))^L}
        \setbox0\hbox{\fbvariance{f}}\setbox2\hbox{\textbf{[$\varphi$ refused]}}\typeout{>> \the\wd0=\the\wd2}
        \fbtable{f}"""
    one, other = messages(printed(tmp_path, document(body)))[0].split("=")
    assert one == other


@pytest.mark.parametrize("preamble", [
    "", r"\let\phi\varphi", r"\renewcommand{\phi}{\varphi}", r"\AtBeginDocument{\renewcommand{\varphi}{\phi}}",
    r"\DeclareRobustCommand{\phi}{\ensuremath{\varphi}}"])
def test_mean_and_variance_are_two_letters_in_any_preamble(preamble: str, tmp_path: Path) -> None:
    """A block nothing is known of has both for symbols; around the requests the letters stay the author's."""
    body = r"""\freeblock{f = opaque(F, left, right)}
        \newcommand\ask[2]{\setbox0\hbox{#1}\setbox2\hbox{#2}\typeout{>> \the\wd0=\the\wd2}}
        \ask{\fbphi{f}}{\fbvariance{f}}
        \ask{$\phi\fbphi{f}\phi\varphi$}{$\phi\varphi\phi$\fbphi{f}}
        \ask{$\varphi\fbvariance{f}\phi\varphi$}{$\varphi\varphi\phi$\fbvariance{f}}
        \fbtable{f}\fbderivation{f}"""
    (mean, variance), *kept = [line.split("=") for line in messages(printed(tmp_path, document(body, preamble=preamble)))]
    assert mean != variance
    assert len(kept) == 2 and all(one == other for one, other in kept)


def test_a_paper_has_a_notation_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "phi: \\mathbb{M}\nvariance: v\nJ: \\mathbf{J}\nsigma_w: \\tau\nL: T\n", "paper.yaml")
    body = r"""\freeblock{a = (dense >> relu)^L
            f = (id + (bn >> relu >> dense))^L}
        \newcommand\ask[2]{\setbox0\hbox{#1}\setbox2\hbox{#2}\typeout{>> \the\wd0=\the\wd2}}
        \ask{\fbphi{a}}{$\left(\frac{\tau^2}{2}\right)^T$}
        \ask{$\fbcondition{a}{sigma_w}$}{$\tau = \sqrt{2}$}
        \ask{\fbvariance{f}}{\textbf{[$v$ refused]}}
        \fbtable{a}\fbderivation{a}"""
    text = document(body).replace(r"\usepackage{f", r"\usepackage[notation=paper.yaml]{f")
    result = printed(tmp_path, text)
    assert result.status == 0
    pairs = [line.split("=") for line in messages(result)]
    assert len(pairs) == 3 and all(one == other for one, other in pairs)
    side = (tmp_path / "paper.fbx").read_text(encoding="utf-8")
    assert r"\fbletters{\mathbb{M}}{v}{\kappa}{\mathbf{J} \mathbf{J}^{\top}}" in side
    assert not re.search(r"\\(phi|varphi|sigma_\{w\})", side)


def test_authors_may_redefine_the_marks(tmp_path: Path) -> None:
    body = r"""\renewcommand\fbplaceholder{missing}\renewcommand\fbrefused[1]{no}
        \setbox0\hbox{\fbphi{x}}\setbox2\hbox{$missing$}\typeout{>> \the\wd0=\the\wd2}"""
    write(tmp_path, document(body))
    one, other = messages(compiled(tmp_path))[0].split("=")
    assert one == other


def test_no_macro_of_ours_takes_a_name_of_others() -> None:
    from freeblock.weave.style import STYLE, style_files

    text = re.sub(r"%.*", "", style_files()[STYLE])
    defined = re.findall(r"\\(?:new(?:command|environment|if|count)|(?:[gex]?def|let)|New\w*DocumentCommand)\s*"
                         r"\{?\\?([A-Za-z@]+)", text)
    assert len(defined) > 40
    allowed = ("fb", "iffb@", "freeblock", "endfreeblock", "do", "csname", "expandafter")
    assert [name for name in defined if not name.startswith(allowed)] == []
