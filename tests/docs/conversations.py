"""The conversations in the documentation: ```repl blocks, typed again from beginning to end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile

CONVERSATION = re.compile(r"^```repl\n(.*?)^```", re.MULTILINE | re.DOTALL)


def inputs_of(block: str) -> list[str]:
    """What is typed, line by line."""
    return [line[4:] for line in block.splitlines() if line.startswith(("fb> ", "... "))]


def answers(typed: list[str]) -> str:
    """What is printed, errors included, without the times of checks."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-m", "freeblock", "repl"], input="\n".join(typed) + "\n", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, timeout=120, check=False,
                              env={**os.environ, "COLUMNS": "80"})
    return re.sub(r", \d+(\.\d+)? s$", "", done.stdout, flags=re.MULTILINE)


def replayed(block: str) -> str:
    """The block with the answers that the inputs get now."""
    typed: list[str] = []
    shown, before = [], ""
    for line in block.splitlines():
        if not line.startswith(("fb> ", "... ")):
            continue
        if line.startswith("fb> ") and typed:
            now = answers(typed)
            shown.append(now[len(before):])
            before = now
        typed.append(line[4:])
        shown.append(f"{line}\n")
    return "".join([*shown, answers(typed)[len(before):]])
