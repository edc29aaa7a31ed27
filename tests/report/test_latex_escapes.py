"""Hostile text, names, numbers, widths and the bibliography."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latex_derivations import derived

from freeblock.formula.expression import Expression, number, symbol
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.notations import LATEX
from freeblock.formula.powers import power
from freeblock.report.bibliography import bibliography_items, formatted, library_bibliography, read_bibliography
from freeblock.report.latex_formulas import Formulas
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_numbers import is_long, rounded, shortened
from freeblock.report.latex_symbols import ReportLatex, Symbols
from freeblock.report.latex_text import COLUMNS, code, escape, prose, verbatim
from freeblock.report.latex_width import LINE, width_of


def names_of(text: str) -> dict[str, str]:
    derivation = derived(text)
    return Symbols(derivation, Matrices(derivation).used).names


def test_every_special_letter_is_escaped() -> None:
    assert escape(r"a_b^c#d%e&f$g{h}i\j~k") == (
        r"a\_b\textasciicircum{}c\#d\%e\&f\$g\{h\}i\textbackslash{}j\textasciitilde{}k")
    assert escape("σ é 中") == r"$\sigma$ \'{e} (U+4E2D)"


@given(st.text())
def test_escaped_text_is_ascii_and_balanced(text: str) -> None:
    for shown in (escape(text), code(text), prose(text)):
        assert shown.isascii()
        bare = shown.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
        assert "\n" not in shown and "%" not in bare.replace(r"\%", "")


@given(st.text())
def test_verbatim_cannot_be_ended_and_fits(text: str) -> None:
    first, *lines, last = verbatim(text).split("\n")
    assert (first, last) == (r"\begin{verbatim}", r"\end{verbatim}")
    assert all(line.isascii() and len(line) <= COLUMNS and r"\end" not in line for line in lines)


def test_backquotes_become_typewriter() -> None:
    assert prose("`p` is given") == r"\texttt{p} is given"


def test_similar_names_print_differently() -> None:
    names = names_of("dense(var=a1)>>dense(var=a_1)>>dense(var=a__1)>>dense(var=A_1)")
    assert len(set(names.values())) == len(names)


def test_symbols_keep_clear_of_the_letters_of_the_report() -> None:
    names = names_of("dense(var=J*kappa*phi)>>relu>>dense(W)>>dense(var=phi_2*J_4)")
    assert {names["J"], names["kappa"], names["phi"]} == {r"\mathrm{J}", r"\mathrm{kappa}", r"\mathrm{phi}"}
    assert names["phi_2"] != r"\phi_{2}" and names["J_4"] != "J_{4}"


def test_long_name_becomes_a_short_letter() -> None:
    derivation = derived(f"dense(var={'long' * 20})")
    symbols = Symbols(derivation, Matrices(derivation).used)
    assert symbols.names["long" * 20] == r"\mathsf{x}_{1}"


@pytest.mark.parametrize(("value", "shown"), [
    (Fraction(1, 3), "0.333333"), (2, "2"), (Fraction(-5, 2), "-2.5"), (10**30, r"1 \times 10^{30}"), (0, "0"),
    (Fraction(1, 10**9), r"1 \times 10^{-9}"), (123456789, r"1.23457 \times 10^{8}"),
])
def test_rounded_number(value: Fraction | int, shown: str) -> None:
    assert rounded(Magnitude.of(value)) == shown


def text_of(expression: Expression) -> str:
    return Formulas(ReportLatex({})).text(expression)


def test_large_powers_stay_powers() -> None:
    assert text_of(number(Fraction(9**20, 8**20))) == r"\left(\frac{9}{8}\right)^{20}"
    assert text_of(number(2**40) * symbol("x")) == "2^{40} x"
    assert not is_long(number(2**40))


def test_long_numbers_are_rounded() -> None:
    value = number(Fraction(10507009873554804934193349852946, 10**31)) * symbol("x")
    assert is_long(value)
    assert text_of(value) == "1.0507 x"


def test_constants_beside_long_numbers_are_folded() -> None:
    long = number(Fraction(1234567890123, 10**12))
    value = power(long + number(1), symbol("L"), whole_exponent=True)
    assert text_of(value) == "2.23457^{L}"
    assert shortened(symbol("x") + number(1)) == symbol("x") + number(1)


def test_wide_sums_are_named_and_every_row_fits() -> None:
    wide = number(1)
    for place in range(60):
        wide = wide + symbol(f"a{place}") * symbol(f"b{place}")
    formulas = Formulas(ReportLatex({}))
    rows = formulas.rows("x", power(wide, Fraction(3)) / (wide + symbol("c")))
    assert rows[0].count(r"\mathcal{A}") == 2
    rows += [row for equation in formulas.definitions(LINE) for row in equation]
    assert all(width_of(row) <= LINE for row in rows)
    assert rows[1].startswith(r"\mathcal{A}_{1} &=")


def test_words_in_a_product_are_kept_apart() -> None:
    assert LATEX.product([LATEX.name("k"), LATEX.name("keep")])[0] == r"k \, \mathrm{keep}"


def test_brackets_grow_only_where_needed() -> None:
    low, tall = ("1 + x", 1), (r"1 + \frac{x}{2}", 1)
    assert LATEX.power(low, ("2", 4))[0] == "(1 + x)^{2}"
    assert LATEX.power(tall, ("2", 4))[0] == r"\left(1 + \frac{x}{2}\right)^{2}"


BIBLIOGRAPHY = r"""A comment. @article{one, author = {Mar\v{c}enko, V. A. and Li, Guo-Qi}, title = "On {ImageNet}",
 journal = {J. of {Things}}, volume = 3, number = {4}, pages = {1--2}, year = 1999 }
@book{two, title={A {B}ook}, author={Solo}, publisher={Press}, year={2000},}"""


def test_bibliography_is_read() -> None:
    entries = read_bibliography(BIBLIOGRAPHY)
    assert list(entries) == ["one", "two"]
    assert entries["one"].fields["year"] == "1999"
    assert entries["one"].text.startswith("@article{one") and entries["one"].text.endswith("}")
    assert formatted(entries["one"]) == (
        r"V.~A.~Mar\v{c}enko and G.-Q.~Li. On ImageNet. \emph{J. of Things} 3(4), 1--2, 1999.")
    assert formatted(entries["two"]) == r"Solo. \emph{A Book}. Press, 2000."


@pytest.mark.parametrize("text", ["@article{x, title = {open", "@article{x, title = }", '@article{x, title = "a}',
                                  "@article{x, year = 1} @book{x, year = 2}", "@article{x, title}"])
def test_broken_bibliography_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="x"):
        read_bibliography(text)


def test_library_bibliography_has_every_source() -> None:
    entries = library_bibliography()
    assert {"chen2020", "voiculescu1987", "benaych_georges2009", "nica_speicher2006"} <= entries.keys()
    items = bibliography_items(list(entries.values()))
    assert items[0].startswith(r"\begin{thebibliography}{") and len(items) == len(entries) + 2
