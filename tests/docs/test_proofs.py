"""Every row of the theorems has a proof or a sketch, at the order that the row claims."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from freeblock.calculus.theorems import THEOREMS, Condition
from freeblock.calculus.traits import INFINITE

PAGE = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text(encoding="utf-8")
SECTIONS = {name: PAGE.split(f"## The {name} theorem")[1].split("\n## ")[0] for name in THEOREMS}
ROW = re.compile(r"^- \*\*(?P<statement>[^*]+)\*\* \((?P<order>[^)]+)\)\.\s+\*(?P<ground>Proof|Sketch)\.?\*", re.MULTILINE)


def rows(name: str) -> list[tuple[str, str]]:
    return [(match["statement"], match["order"]) for match in ROW.finditer(SECTIONS[name])]


@pytest.mark.parametrize(("name", "conditions"), THEOREMS.items())
def test_the_rows_are_those_of_the_records(name: str, conditions: tuple[Condition, ...]) -> None:
    said = ["every order" if row.order == INFINITE else f"order {row.order}" for row in conditions]
    assert rows(name) == [(row.statement, order) for row, order in zip(conditions, said, strict=True)]
