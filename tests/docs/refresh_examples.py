"""Rewrite the outputs of the examples, and the plots, from the commands and inputs above them: python tests/docs/refresh_examples.py [PAGE.md …]

The result is read by a person before it is committed; the tests only hold that it is current.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

from conversations import CONVERSATION, replayed
from test_examples import (
    CONSOLE,
    PAGES,
    PYCON,
    RENDERED,
    held_by_data,
    is_picture,
    papers_of,
    run_example,
    sessions_of,
    split_session,
    typed,
)


def _refreshed(block: str, page: Path) -> str:
    papers = papers_of(page.read_text(encoding="utf-8"))
    shown = [(written, "" if is_picture(command) else printed.rstrip() if held_by_data(page, command)
              else run_example(command, papers, page.parent).rstrip())
             for written, command, printed in split_session(block)]
    return "".join(f"$ {written}\n{output}\n\n" for written, output in shown).rstrip() + "\n"


def _rendered(written: str, page: Path) -> str:
    output = run_example(typed(written), papers_of(page.read_text(encoding="utf-8")), page.parent).strip()
    return f"```console\n$ {written}\n```\n\n<!-- output -->\n\n{output}\n\n<!-- end of output -->"


class _Recorder(doctest.DocTestRunner):
    """Keeps what each example is to print: what it says now, where that is right, else what it printed."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.printed: list[str] = []

    def report_success(self, out: object, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.printed.append(example.want)

    def report_failure(self, out: object, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.printed.append(re.sub(r"^$(?=.)", "<BLANKLINE>", got, flags=re.MULTILINE | re.DOTALL))


def _python(block: str) -> str:
    """The examples with what they print now; one that raises is left as it is."""
    test = doctest.DocTestParser().get_doctest(block, {}, "page", None, 0)
    recorder = _Recorder()
    recorder.run(test, out=lambda text: None)
    if len(recorder.printed) != len(test.examples):
        return block
    for example, printed in zip(test.examples, recorder.printed, strict=True):
        lines = example.source.rstrip("\n").split("\n")
        typed = "\n".join(f"{'>>>' if not place else '...'} {line}".rstrip() for place, line in enumerate(lines)) + "\n"
        block = block.replace(typed + example.want, typed + printed, 1)
    return block


def _redraw(page: Path, text: str) -> None:
    """The plots that the page shows, into its folder."""
    for command, _ in sessions_of(text):
        words = shlex.split(command.replace("\\\n", " "))
        if "--plot" in words and not held_by_data(page, command) and f"]({words[words.index('--plot') + 1]})" in text:
            subprocess.run([sys.executable, "-m", "freeblock", *words[1:]], cwd=page.parent, check=True, timeout=120,
                           stdout=subprocess.DEVNULL)


def main(wanted: list[str]) -> int:
    for page in PAGES:
        if wanted and page.name not in wanted:
            continue
        text = page.read_text(encoding="utf-8")
        new = RENDERED.sub(lambda match, page=page: _rendered(match.group(1), page), text)
        kept = [match[0] for match in RENDERED.finditer(new)]
        new = RENDERED.sub("<!-- rendered -->", new)
        new = CONSOLE.sub(lambda match, page=page: f"```console\n{_refreshed(match.group(1), page)}```", new)
        for one in kept:
            new = new.replace("<!-- rendered -->", one, 1)
        new = PYCON.sub(lambda match: f"```pycon\n{_python(match.group(1))}```", new)
        new = CONVERSATION.sub(lambda match: f"```repl\n{replayed(match.group(1))}```", new)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"{page.name}: rewritten")
        _redraw(page, new)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (re.error, subprocess.TimeoutExpired) as error:
        sys.exit(str(error))
