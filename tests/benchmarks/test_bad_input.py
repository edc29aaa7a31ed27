"""Mistakes and hostile texts are answered within two seconds, which is five imports of sympy."""

from __future__ import annotations

from pathlib import Path

import pytest
from measuring import SYMPY, compare, freeblock, report, write

RULE = "a:\n  title: t\n  kind: structure\n  source: s\n  jacobian:\n    moments: "

PROGRAMS = {
    "a million parentheses": "(" * 1_000_000,
    "a tower in an exponent": "dense(var=9^9^9^9)",
    "a text of many mistakes": " >> ".join("dens" for _ in range(100_000)),
    "a sum of long fractions": f"dense(var={'+'.join(f'1/{2 * number + 10**20 + 1}' for number in range(3_000))})",
}
LIBRARIES = {
    "brackets in YAML": "[" * 100_000,
    "many rules": "".join(f"r{number}:\n{RULE[3:]}1\n" for number in range(2_001)),
    "nested roots": f"{RULE}\"{'sqrt(1+' * 1_200}k{')' * 1_200}\"\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, tmp_path: Path) -> None:
    found = compare(freeblock("derive", write(tmp_path / "bad.fb", PROGRAMS[name])), SYMPY, rounds=1)
    assert found.best.status == 2 and not found.best.output
    report(f"{name} / import of sympy", found.ratio, 5)


@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "bad.yaml", LIBRARIES[name])
    found = compare(freeblock("library", "a", "--library", path), SYMPY, rounds=1)
    assert found.best.status in {0, 2}
    report(f"{name} / import of sympy", found.ratio, 5)
