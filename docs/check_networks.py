"""Run the check on the page of each network and keep what it finds: python docs/check_networks.py [NAME …]

A page has one command `freeblock check NAME.fb --network …` that takes up to some minutes. Its table is written behind
it, its plot and its JSON beside the page; tests/docs/test_network_checks.py holds them together.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import freeblock.cli.checking as checking
from freeblock.__main__ import main as freeblock

PAGES = Path(__file__).parent / "networks"
CHECK = re.compile(r"^```console\n\$ (freeblock check \w+\.fb --network .*)\n((?:.*\n)*?)```$", re.MULTILINE)
"""The command, and what it prints."""


def refresh(page: Path) -> None:
    """Run the command of one page."""
    text = page.read_text(encoding="utf-8")
    found = CHECK.search(text)
    if found is None:
        raise SystemExit(f"{page.name} has no check")
    words = shlex.split(found[1])[1:]
    real, kept = checking.measure, []

    def once(*arguments: Any, **options: Any) -> Any:
        if not kept:
            kept.append(real(*arguments, **options))
        return kept[0]

    checking.measure = once
    os.chdir(page.parent)
    with redirect_stdout(io.StringIO()) as shown:
        _run(words)
        _run([*words, "--format", "json", "-o", page.with_suffix(".json").name])
    checking.measure = real
    printed = re.sub(r", \d+(\.\d+)? s$", "", shown.getvalue(), flags=re.MULTILINE)
    start, end = found.span(2)
    page.write_text(text[:start] + printed + text[end:], encoding="utf-8")


def _run(words: list[str]) -> None:
    if freeblock(words) not in (0, 1):
        raise SystemExit(2)


def main(names: Sequence[str]) -> None:
    for page in sorted(PAGES.glob("*.md")):
        if page.stem != "README" and (not names or page.stem in names):
            refresh(page)
            print(page.stem, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
