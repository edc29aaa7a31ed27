"""Commands about the result: its steps, its LaTeX, conditions on it, samples of it."""

from __future__ import annotations

import contextlib
import io
import re
from importlib import import_module
from typing import Literal

from freeblock.calculus.conditions import read_condition, solve_conditions
from freeblock.errors import FreeblockError, OptionError
from freeblock.formula.notations import UNICODE
from freeblock.language.names import spell
from freeblock.repl.arguments import needed, no_argument
from freeblock.repl.command_table import COMMANDS
from freeblock.repl.interpreter import Interpreter, in_commands, width
from freeblock.repl.program import Composition
from freeblock.repl.solutions import drawn_outcome
from freeblock.report.screen import screen_steps
from freeblock.report.solutions import solution_lines
from freeblock.source import Span

MOST_CHECKED = 8
"""The highest moment that is sampled."""


def steps(interpreter: Interpreter, argument: Span) -> int:
    """The derivation, step by step."""
    no_argument("steps", argument)
    print(screen_steps(interpreter.derived().derivation, width()).rstrip())
    return 0


def latex(interpreter: Interpreter, argument: Span) -> int:
    """The LaTeX, with some, all or none of the steps."""
    chosen: dict[str, Literal["none", "summary", "full"]] = {"": "full", "none": "none", "summary": "summary",
                                                             "full": "full"}
    if argument.text not in chosen:
        raise OptionError(f"the steps cannot be `{argument.text}`", argument, "none, summary or full")
    result = interpreter.derived()
    if result.derivation.given < 1:
        return interpreter.show(result)
    print(result.latex(steps=chosen[argument.text]).rstrip())
    return 0


def solve(interpreter: Interpreter, argument: Span) -> int:
    """The values of a symbol that meet a condition."""
    name, separator, condition = re.sub(r"\s+", " ", needed("solve", argument)).partition(" where ")
    if " " in name or (separator and not condition):
        raise OptionError("a symbol is solved for", argument, "write `:solve sigma_w where phi = 1`")
    where = condition or "phi = 1"
    derivation = interpreter.derived().derivation
    outcome = solve_conditions(derivation, [spell(name)], [read_condition(where)])
    if outcome.every:
        print(f"{where} holds whatever {spell(name)} is")
        return 0
    for one in outcome.inadmissible if not outcome.solutions else ():
        print(f"  {', '.join(solution_lines(one, derivation, UNICODE, sign='≈', less='≤'))}: {one.reason}")
    if not outcome.solutions:
        print(f"no positive value of {spell(name)} gives {where}")
        return 1
    print(drawn_outcome(outcome, derivation, width()))
    return 0


def check(interpreter: Interpreter, argument: Span) -> int:
    """The closed form against samples."""
    options: dict[str, int | bool] = {}
    for word in argument.text.split():
        name, _, number = word.partition("=")
        if word == "network":
            options["network"] = True
        elif name in ("seed", "width", "samples") and number.isdecimal() and len(number) < 10:
            options[name] = int(number)
        else:
            raise OptionError(f"`{word}` is no option of `:check`", argument,
                              f"write `:check {COMMANDS['check'].arguments}`")
    if options.get("width", 8) < 8 or options.get("width", 8) > 4096 or options.get("samples", 2) < 2:
        raise OptionError("a check needs 2 samples at a width from 8 to 4096", argument)
    interpreter.derived()
    spoken = interpreter.talk.spoken
    text, shown = Composition(spoken), io.StringIO()
    work = import_module("freeblock.cli.checking")  # sampling is loaded where it is asked for
    try:
        with contextlib.redirect_stdout(shown):
            agrees: bool = work.print_check(text.program, "text", library=interpreter.talk.libraries,
                                            order=min(spoken.order, MOST_CHECKED), **options)
    except FreeblockError as error:
        raise text.told(error) from None
    print(in_commands(shown.getvalue()).rstrip())
    return 0 if agrees else 1
