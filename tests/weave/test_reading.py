"""What of a .tex text is read: past comments, verbatim text and what is switched off; across files."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers import formulas, woven, write

from freeblock.errors import FreeblockError
from freeblock.weave.paper import read_paper

A = r"\freeblock{a = dense}"

UNSEEN = [
    r"% \fbphi{nothing}",
    r"text % \freeblock{a = relu}",
    "\\begin{verbatim}\n\\fbphi{nothing} % \\end{lstlisting}\n\\end{verbatim}",
    "\\begin{lstlisting}[language=tex]\n\\freeblock{a = relu}\n\\end{lstlisting}",
    "\\begin{comment}\n\\fbphi{nothing}\n\\end{comment}",
    r"\verb|\fbphi{nothing}| \verb*+\fbphi{nothing}+",
    r"\lstinline[language=tex]!\fbphi{nothing}! \lstinline{\fbphi}",
    r"\iffalse \ifx\a\b \fbphi{nothing} \fi \freeblock{a = relu} \fi",
    r"\\fbphi{nothing}",
    r"\fbox{\fboxsep} \fbphimore{nothing}",
    r"\end{document} \fbphi{nothing}",
    r"\endinput \fbphi{nothing}",
    "\\begin{filecontents*}{x.tex}\n\\fbphi{nothing}\n\\end{filecontents*}",
]


@pytest.mark.parametrize("text", UNSEEN)
def test_what_latex_does_not_carry_out_is_not_read(text: str, tmp_path: Path) -> None:
    assert formulas(woven(tmp_path, f"{A}\\fbphi{{a}} {text}")).keys() == {("phi", "a", "")}


SEEN = [
    r"100\% \fbphi{a}", r"\iffalse x \else \fbphi{a} \fi", r"\verb|%| \fbphi{a}", "% comment\n\\fbphi{a}",
    "\\fbphi % the mean\n  {a}", r"\section{\fbphi{a}}", r"\\[2pt]\fbphi{a}", r"$\left\{\fbphi{a}\right.$",
    "\\begin{verbatim} % \\end{verbatim}\\fbphi{a}", r"\fbphi { a }",
]


@pytest.mark.parametrize("text", SEEN)
def test_what_latex_carries_out_is_read(text: str, tmp_path: Path) -> None:
    assert formulas(woven(tmp_path, A + text)).keys() == {("phi", "a", "")}


def test_included_files_are_read_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, r"\freeblock{a = dense}", "parts/first.tex")
    write(tmp_path, r"\freeblock{b = a >> a} \endinput \freeblock{a = relu}", "second.tex")
    write(tmp_path, r"\freeblock{c = b}", "third")
    result = woven(tmp_path, r"\input{parts/first}\include{second}" "\n\\input third\n" r"\fbphi{c}")
    assert formulas(result)["phi", "c", ""] == r"\sigma_{w}^{4}"
    assert result.notices == []


def test_an_error_in_an_included_file_names_it(tmp_path: Path) -> None:
    write(tmp_path, "one\n  \\freeblock{a = dense >> foo}", "parts/first.tex")
    with pytest.raises(FreeblockError) as failure:
        woven(tmp_path, r"\input{parts/first} \fbphi{a}")
    span = failure.value.span
    assert span is not None and span.source.name.endswith("parts/first.tex")
    assert (span.line, span.column, span.text) == (2, 27, "foo")


@pytest.mark.parametrize("name", ["../secret", "missing", "/etc/passwd", '|"ls"', r"\x", "a/../../secret", "link"])
def test_files_that_are_not_followed_are_told(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    write(tmp_path, r"\fbphi{nothing}", "secret.tex")
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    result = woven(folder, A + rf"\input{{{name}}} \fbphi{{a}}")
    assert len(result.notices) == 1 and not result.failed
    assert "not woven" in result.notices[0].message


@pytest.mark.parametrize(("files", "message"), [
    ({"paper.tex": r"\input{paper}"}, "includes itself"),
    ({"paper.tex": r"\input{b}", "b.tex": r"\include{c}", "c.tex": r"\input{b.tex}"}, "includes itself"),
    ({"paper.tex": r"\input{a0}"} | {f"a{i}.tex": rf"\input{{a{i + 1}}}" for i in range(40)}, "deep"),
    ({"paper.tex": r"\input{a0}"} | {f"a{i}.tex": rf"\input{{a{i + 1}}}" * 3 for i in range(9)} | {"a9.tex": "x"},
     "more than 1000 files"),
])
def test_circles_and_floods_of_files_end(files: dict[str, str], message: str, tmp_path: Path, no_hang: None) -> None:
    for name, text in files.items():
        write(tmp_path, text, name)
    with pytest.raises(FreeblockError) as failure:
        read_paper(str(tmp_path / "paper.tex"))
    assert message in failure.value.message and failure.value.span is not None


HOSTILE = [
    "x" * 2_000_000 + r"\freeblock{a = dense}\fbphi{a}",
    r"\fbphi{" * 100_000,
    "{" * 300_000 + "}" * 300_000,
    r"\fbtable{" + "{" * 100_000 + "}" * 100_000 + "}",
    r"\verb|" * 200_000,
    r"\iffalse " * 100_000,
    r"\begin{verbatim}" * 50_000,
    r"\freeblock{a = " + "(" * 5000 + "dense" + ")" * 5000 + r"}\fbphi{a}",
    r"\fbphi[" * 100_000,
    "\\freeblock{a = dense \0}",
    "\\fbphi{\0}",
    "\\input{\0}",
    r"\usepackage[" + "library=x," * 50_000 + "]{freeblock}",
    r"\fbvalue{a}{" + "," * 200_000 + "}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_read_or_refused(text: str, tmp_path: Path, no_hang: None) -> None:
    try:
        woven(tmp_path, text)
    except FreeblockError as error:
        assert len(str(error)) < 20_000
