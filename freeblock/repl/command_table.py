"""The commands: what each takes, and what it does in one line."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Usage(NamedTuple):
    """How a command is written, and what it does."""

    arguments: str
    meaning: str


COMMANDS = {
    "steps": Usage("", "the derivation, step by step"),
    "latex": Usage("[none|summary|full]", "the result in LaTeX, with that much of the derivation; full if not said"),
    "solve": Usage("NAME [where CONDITION]", "the values of a symbol for which phi = 1, or another condition holds"),
    "check": Usage("[network] [seed=N] [width=N] [samples=N]", "compare with sampled matrices, or with real networks"),
    "forward": Usage("[table] [q=NUMBER] [c=NUMBER]", "follow a Gaussian signal: mean square, correlation, GSC"),
    "dilution": Usage("[q=NUMBER] [c=NUMBER]", "how skips dilute the growth of branches"),
    "overlap": Usage("[q=NUMBER] [c=NUMBER]", "the true variance of a residual network"),
    "set": Usage("[NAME=FORMULA]", "give a symbol a value; alone, list the values"),
    "unset": Usage("NAME", "take a value back"),
    "assume": Usage("[HYPOTHESIS|none]", "go on with a refused hypothesis as an assumption; alone, list them"),
    "order": Usage("[K]", "the highest moment that is derived; 2 at first"),
    "program": Usage("", "the statements in force"),
    "load": Usage("FILE", "read the statements of a file"),
    "save": Usage("FILE", "write the statements to a file that `freeblock derive` reads"),
    "library": Usage("[NAME]", "explain a component; alone, list them"),
    "undo": Usage("", "take back the last input that changed anything"),
    "clear": Usage("", "forget every statement"),
    "help": Usage("[COMMAND]", "what can be typed"),
    "quit": Usage("", "leave; so does Ctrl-D"),
}

LINE, COLUMN = 80, 34
"""Columns of a line of help, and of those before the meaning of a command."""

HELP = """\
Type a block, and its φ, ϕ, κ and hypotheses are shown:
  (id + (dense >> relu >> dense))^L
Statements live on; to say one again replaces it:
  branch = bn >> relu >> dense     a recipe
  let W = dense                    one random object
  input m                          the number of input coordinates
  assume sigma_w > 0               what may be taken for granted
An input goes on in the next line while a bracket is open. Tab completes, the
arrows bring back earlier inputs, Ctrl-C interrupts or clears the line, Ctrl-D
leaves. Commands, about the last expression or, without one, the last definition:
"""


def help_text(name: str | None = None) -> str:
    """The help, or that of one command; KeyError for another name."""
    if name is not None:
        usage = COMMANDS[name]
        return f":{name} {usage.arguments}".rstrip() + f"\n  {usage.meaning}\n"
    lines = []
    for name, usage in COMMANDS.items():
        written = f"  :{name} {usage.arguments}".rstrip()
        meaning = textwrap.wrap(usage.meaning, LINE - COLUMN)
        if len(written) + 2 > COLUMN:
            lines.append(written)
            written = ""
        lines += [f"{written if not place else '':<{COLUMN}}{line}" for place, line in enumerate(meaning)]
    return HELP + "\n".join(lines) + "\n"
