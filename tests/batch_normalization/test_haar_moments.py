"""Moments of Haar matrices against the theory's list, sum rules, published Weingarten functions and samples."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from freeblock.batch_normalization.haar import haar_moment, read_entries
from freeblock.batch_normalization.weingarten import loop_type, pairings, weingarten
from freeblock.errors import FreeblockError
from freeblock.formula.evaluation import evaluate
from freeblock.report.haar_sheet import haar_data, haar_sheet
from freeblock.report.sheet import sheet_text

# Theory 3, section 5: products of entries of B = OAOᵀ, t_k = tr A^k.
LISTED = {
    "B_ii": lambda d, s, t, u: s / d,
    "B_ii^2": lambda d, s, t, u: (s**2 + 2 * t) / (d * (d + 2)),
    "B_ii B_jj": lambda d, s, t, u: ((d + 1) * s**2 - 2 * t) / (d * (d - 1) * (d + 2)),
    "B_ij^2": lambda d, s, t, u: (d * t - s**2) / (d * (d - 1) * (d + 2)),
    "B_ii^3": lambda d, s, t, u: (s**3 + 6 * s * t + 8 * u) / (d * (d + 2) * (d + 4)),
}


def haar_matrices(size: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """By Gram and Schmidt on Gaussian vectors, column by column."""
    matrices = generator.standard_normal((count, size, size))
    for column in range(size):
        for before in range(column):
            along = np.sum(matrices[:, :, column] * matrices[:, :, before], axis=1, keepdims=True)
            matrices[:, :, column] -= along * matrices[:, :, before]
        matrices[:, :, column] /= np.linalg.norm(matrices[:, :, column], axis=1, keepdims=True)
    return matrices


def value(text: str, d: int, traces: tuple[float, ...] = (1.0, 1.0, 1.0)) -> float:
    moment = haar_moment(read_entries(text)).expression
    known = {"d": d, **{f"t_{k}": each for k, each in enumerate(traces, 1)}}
    return evaluate(moment, known).to_float()


@pytest.mark.parametrize("text", LISTED)
def test_the_list_of_the_theory(text: str) -> None:
    for d, traces in ((3, (1.5, 2.25, -0.5)), (7, (-2.0, 5.0, 3.0)), (100, (90.0, 110.0, 130.0))):
        assert value(text, d, traces) == pytest.approx(LISTED[text](d, *traces), rel=1e-12)


@pytest.mark.parametrize("text", [*LISTED, "B_ii B_jj B_kk", "B_ij B_jk B_ki", "B_ii B_ij^2", "B_ij^2 B_kk", "B_ij"])
def test_products_of_quadratic_forms_by_sampling(text: str) -> None:
    size, samples = 4, 40_000
    generator = np.random.default_rng(11)
    symmetric = np.diag([2.0, -1.0, 0.5, 1.5])
    entries = read_entries(text)
    places = {letter: place for place, letter in enumerate(dict.fromkeys([*entries.rows, *entries.columns]))}
    rotations = haar_matrices(size, samples, generator)
    turned = rotations @ symmetric @ rotations.transpose(0, 2, 1)
    found = np.prod([turned[:, places[row], places[column]]
                     for row, column in zip(entries.rows, entries.columns, strict=True)], axis=0)
    traces = tuple(float(np.trace(np.linalg.matrix_power(symmetric, k))) for k in (1, 2, 3))
    assert abs(found.mean() - value(text, size, traces)) < 4.5 * found.std() / np.sqrt(samples)


@pytest.mark.parametrize("text", ["O_11^2", "O_11^4", "O_11^2 O_12^2", "O_11^2 O_22^2", "O_11 O_12 O_21 O_22", "O_11^6",
                                  "O_11^2 O_22^2 O_33^2", "O_11 O_12 O_23 O_21 O_22 O_13", "O_11^3"])
def test_products_of_entries_by_sampling(text: str) -> None:
    size, samples = 4, 60_000
    generator = np.random.default_rng(12)
    entries = read_entries(text)
    rotations = haar_matrices(size, samples, generator)
    found = np.prod([rotations[:, int(row) - 1, int(column) - 1]
                     for row, column in zip(entries.rows, entries.columns, strict=True)], axis=0)
    assert abs(found.mean() - value(text, size)) < 4.5 * found.std() / np.sqrt(samples)


@pytest.mark.parametrize("d", [3, 5, 12])
def test_rows_have_unit_length_and_are_orthogonal(d: int) -> None:
    assert value("O_11^4", d) + (d - 1) * value("O_11^2 O_12^2", d) == pytest.approx(value("O_11^2", d))
    assert value("O_11^6", d) + (d - 1) * value("O_11^4 O_12^2", d) == pytest.approx(value("O_11^4", d))
    assert value("O_11^2 O_21^2", d) + (d - 1) * value("O_11 O_12 O_21 O_22", d) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("d", [3, 8])
def test_the_identity_and_the_trace_do_not_turn(d: int) -> None:
    """A = I gives B = I; the trace of B is that of A."""
    ones = (float(d),) * 3
    assert value("B_ii^3", d, ones) == pytest.approx(1)
    assert value("B_ii B_ij^2", d, ones) == pytest.approx(0, abs=1e-14)
    traces = (1.5, 3.0, 0.25)
    assert d * value("B_ii^2", d, traces) + d * (d - 1) * value("B_ii B_jj", d, traces) == pytest.approx(traces[0] ** 2)
    assert d * value("B_ii^2", d, traces) + d * (d - 1) * value("B_ij^2", d, traces) == pytest.approx(traces[1])


def test_the_weingarten_function_is_the_published_one() -> None:
    """Collins and Śniady 2006, for pairings of four."""
    for d in (3, 5, 9):
        def at(element: object, d: int = d) -> Fraction:
            top, bottom = element.numer.evaluate(0, d), element.denom.evaluate(0, d)  # type: ignore[attr-defined]
            return Fraction(int(top.numerator), int(top.denominator)) / Fraction(int(bottom.numerator), int(bottom.denominator))

        found = {kind: at(each) for kind, each in weingarten(2).items()}
        assert found == {(1, 1): Fraction(d + 1, d * (d - 1) * (d + 2)), (2,): Fraction(-1, d * (d - 1) * (d + 2))}


def test_pairings() -> None:
    assert [len(pairings(places)) for places in (0, 1, 2, 4, 6, 8)] == [1, 0, 1, 3, 15, 105]
    for first, second in pairwise(pairings(6)):
        assert sum(loop_type(first, second)) == 3
        assert loop_type(first, second) == loop_type(second, first)


@pytest.mark.parametrize("text", ["B_ii^2", "B_ii B_jj", "B_ij B_jk B_ki", "O_11^2 O_22^2", "O_11 O_12 O_21 O_22", "B_ij"])
def test_what_is_printed_is_what_was_found(text: str) -> None:
    entries = read_entries(text)
    moment = haar_moment(entries)
    printed = sheet_text(haar_sheet([(entries, moment)]), "text").split("] = ")[1].split("\n")[0]
    for d in (3, 6):
        known = {"d": d, "t_1": 1.25, "t_2": 0.5, "t_3": 2.5}
        expected = evaluate(moment.expression, known).to_float()
        assert eval(printed.replace("^", "**"), {}, known) == pytest.approx(expected)
        data = haar_data([(entries, moment)])["moments"][0]["value"]
        assert eval(data, {}, known) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "B_i", "A_ii", "B_ii O_11", "B_ii^0", "B_ii^9", "B_ii +", "O_11^7", "B_ii B_jj B_kk B_ll"])
def test_what_is_no_product_is_told(text: str) -> None:
    with pytest.raises(FreeblockError) as told:
        read_entries(text)
    assert told.value.exit_status == 2
