"""The gallery, every network on the pages about the paper, derived in one process beside one import of sympy."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from measuring import SYMPY, compare, report

PAGES = sorted((Path(__file__).parents[2] / "docs" / "paper").glob("*.md"))
COMMAND = re.compile(r"^\$ (freeblock (?:solve|verify|check|derive|compare) [^\n]*(?:\n> [^\n]*)*)", re.MULTILINE)
DERIVE_ALL = """
import json, sys
from freeblock.api import derive
found = {text: derive(text, assume_free=True) for text in json.load(open(sys.argv[1]))}
print(json.dumps({text: str(one.to_json()) for text, one in found.items()}))
"""


def gallery() -> Iterator[str]:
    """The expressions of the commands on the pages."""
    for page in PAGES:
        for found in COMMAND.findall(page.read_text(encoding="utf-8")):
            words = shlex.split(found.replace("\\\n> ", " ").replace("\n> ", "\n"))
            if words[1] != "compare":
                named = page.parent / words[2]
                yield named.read_text(encoding="utf-8") if words[2].endswith(".fb") else words[2]
                continue
            rest = iter(words[2:])
            for word in rest:
                if word.startswith("-"):
                    next(rest)  # every option of `compare` has a value
                else:
                    yield word.split("=", 1)[1]


def test_the_whole_gallery_in_one_process(tmp_path: Path) -> None:
    networks = list(dict.fromkeys(gallery()))
    assert len(networks) > 50
    path = tmp_path / "gallery.json"
    path.write_text(json.dumps(networks), encoding="utf-8")
    found = compare([sys.executable, "-c", DERIVE_ALL, str(path)], SYMPY)
    assert found.best.status == 0
    answers = {text: json.loads(one) for text, one in json.loads(found.best.output).items()}
    assert answers.keys() == set(networks)
    assert all(answer["phi"] is not None for answer in answers.values())
    for text, phi, kappa in (("dense >> relu", "sigma_w**2/2", "2"),
                             ("id | (dense(k, var=2/fan_in) >> relu)", "1", "k*(k + 3*n)/(n*(k + n))"),
                             ("(orthogonal(gain=sqrt(8/5)) >> leaky_relu(slope=1/2))^4", "1", "36/25")):
        assert (answers[text]["phi"], answers[text]["kappa"]) == (phi, kappa)
    report(f"{len(networks)} networks of the gallery in one process / import of sympy", found.ratio, 3)
