"""Rewrite the outputs of the examples from the commands and inputs above them: python tests/docs/refresh_examples.py [PAGE.md …]

The result is read by a person before it is committed; the tests only hold that it is current.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from conversations import CONVERSATION, replayed
from test_examples import CONSOLE, PAGES, is_picture, papers_of, run_example, split_session


def _refreshed(block: str, page: Path) -> str:
    papers = papers_of(page.read_text(encoding="utf-8"))
    shown = [(written, "" if is_picture(command) else run_example(command, papers, page.parent).rstrip())
             for written, command, _ in split_session(block)]
    return "".join(f"$ {written}\n{output}\n\n" for written, output in shown).rstrip() + "\n"


def main(names: Sequence[str]) -> int:
    for page in PAGES:
        if names and page.name not in names:
            continue
        text = page.read_text(encoding="utf-8")
        new = CONSOLE.sub(lambda match, page=page: f"```console\n{_refreshed(match.group(1), page)}```", text)
        new = CONVERSATION.sub(lambda match: f"```repl\n{replayed(match.group(1))}```", new)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"{page.name}: rewritten")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (re.error, subprocess.TimeoutExpired) as error:
        sys.exit(str(error))
