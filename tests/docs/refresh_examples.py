"""Rewrite the outputs of the examples from the commands and inputs above them: python tests/docs/refresh_examples.py

The result is read by a person before it is committed; the tests only hold that it is current.
"""

from __future__ import annotations

import re
import subprocess
import sys

from conversations import CONVERSATION, replayed
from test_examples import CONSOLE, PAGES, papers_of, run_example, split_session


def _refreshed(block: str, papers: dict[str, str]) -> str:
    return "".join(f"$ {written}\n{run_example(command, papers).rstrip()}\n\n" for written, command, _ in split_session(block)
                   ).rstrip() + "\n"


def main() -> int:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        papers = papers_of(text)
        new = CONSOLE.sub(lambda match, papers=papers: f"```console\n{_refreshed(match.group(1), papers)}```", text)
        new = CONVERSATION.sub(lambda match: f"```repl\n{replayed(match.group(1))}```", new)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"{page.name}: rewritten")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (re.error, subprocess.TimeoutExpired) as error:
        sys.exit(str(error))
