"""Rewrite the outputs of the examples from the commands and inputs above them: python tests/docs/refresh_examples.py [PAGE.md …]

The result is read by a person before it is committed; the tests only hold that it is current.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys

from conversations import CONVERSATION, replayed
from test_examples import CONSOLE, PAGES, PYCON, RENDERED, papers_of, run_example, split_session, typed


def _refreshed(block: str, papers: dict[str, str]) -> str:
    return "".join(f"$ {written}\n{run_example(command, papers).rstrip()}\n\n" for written, command, _ in split_session(block)
                   ).rstrip() + "\n"


def _rendered(written: str, papers: dict[str, str]) -> str:
    output = run_example(typed(written), papers).strip()
    return f"```console\n$ {written}\n```\n\n<!-- output -->\n\n{output}\n\n<!-- end of output -->"


class _Recorder(doctest.DocTestRunner):
    """Keeps what each example printed."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.printed: list[str] = []

    def report_success(self, out: object, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.printed.append(got)

    report_failure = report_success


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


def main(wanted: list[str]) -> int:
    for page in PAGES:
        if wanted and page.name not in wanted:
            continue
        text = page.read_text(encoding="utf-8")
        papers = papers_of(text)
        new = RENDERED.sub(lambda match, papers=papers: _rendered(match.group(1), papers), text)
        kept = [match[0] for match in RENDERED.finditer(new)]
        new = RENDERED.sub("<!-- rendered -->", new)
        new = CONSOLE.sub(lambda match, papers=papers: f"```console\n{_refreshed(match.group(1), papers)}```", new)
        for one in kept:
            new = new.replace("<!-- rendered -->", one, 1)
        new = PYCON.sub(lambda match: f"```pycon\n{_python(match.group(1))}```", new)
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
