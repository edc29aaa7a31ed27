"""Thousands of leaves with distinct parameters, hypotheses and steps included."""

from __future__ import annotations

from pathlib import Path

import pytest
from measuring import SYMPY, compare, freeblock, report, run, write
from networks import FAMILIES, Answer, Family

MEGABYTES = 500


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_ten_thousand_leaves_to_json(family: Family, tmp_path: Path) -> None:
    many = write(tmp_path / "many.fb", family.text(10_000))
    some = write(tmp_path / "some.fb", family.text(1_000))
    large = compare(freeblock("derive", many, "--format", "json"), SYMPY, rounds=2)
    small = compare(freeblock("derive", some, "--format", "json"), SYMPY, rounds=2)
    for count, found in ((10_000, large), (1_000, small)):
        answer = Answer(found.best.output)
        answer.check(family.expected(count))
        assert len(answer.data["steps"]) == count + family.more_steps
        standing = {hypothesis["status"] for hypothesis in answer.data["hypotheses"]}
        assert standing == ({"proved", "assumed"} if family.given else {"proved"})
    report(f"10 000 leaves to JSON, {family.name} / import of sympy", large.ratio, 4)
    report(f"10 000 leaves / 1 000 leaves, {family.name}", large.best.seconds / small.best.seconds, 12)
    report(f"peak memory in MB / {MEGABYTES}, {family.name}", large.best.megabytes / MEGABYTES, 1)


def test_latex_is_linear(tmp_path: Path) -> None:
    family = FAMILIES[1]
    found = {}
    for count in (200, 2_000):
        path = write(tmp_path / f"{count}.fb", family.text(count))
        found[count] = min((run(freeblock("derive", path)) for _ in range(2)), key=lambda one: one.seconds)
        assert found[count].status == 0
        assert f"b_{{{count // 2 - 1}}}" in found[count].output
    report("LaTeX of 2 000 leaves / of 200", found[2_000].seconds / found[200].seconds, 12)
