"""Signs of formulas, worked out by hand."""

from __future__ import annotations

import pytest

from freeblock.formula.signs import Known, sign_of
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source


@pytest.mark.parametrize(("text", "sign"), [
    ("log(2)", 1), ("log(1/2)", -1), ("log(x)", None), ("log(1+x)", 1), ("log(2)/log(1+x)", 1),
    ("log(2+x) - log(2)", 1), ("log(2) - log(2+x)", -1), ("log(x) - log(y)", None), ("1/(log(2) - log(2+x))", -1),
    ("log(1+x) + log(1+y) - log(1+x+y)", 1), ("2*log(1+x) - log(1+2*x)", 1), ("log(1+x) - x", None),
])
def test_logarithms(text: str, sign: int | None) -> None:
    assert sign_of(to_expression(parse_formula(Source("test", text)), {}, free=True), Known()) == sign
