"""`freeblock compare`: networks side by side."""

from __future__ import annotations

import re
from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, read_program, read_settings
from freeblock.cli.network import library_option, settings_option, theorem_options
from freeblock.errors import OptionError
from freeblock.language.nodes import Program

_RANGE = re.compile(r"\s*(\d{1,9})\s*\.\.\s*(\d{1,9})\s*")
LONGEST = 100_000
"""Depths of one curve."""


@click.command(name="compare", short_help="Print networks side by side.")
@click.argument("networks", metavar="NAME=EXPR|FILE …", nargs=-1, required=True)
@click.option("--columns", default="phi,variance,kappa,condition", show_default=True, metavar="LIST",
              help="What is printed: phi, variance, kappa, condition, growth.")
@click.option("--for", "unknown", metavar="NAME", 
              help="The symbol the condition is solved for; sigma_w if there is one.")
@click.option("--where", default="phi = 1", show_default=True, metavar="CONDITION",
              help="The condition that is solved.")
@click.option("--side", type=click.Choice(["out", "in"]), default="out", show_default=True,
              help="phi is φ(JJᵀ) (out) or φ(JᵀJ) (in).")
@click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "csv", "json", "unicode"]),
              default="text", show_default=True, help="How the table is printed.")
@click.option("--plot", metavar="FILE", help="Draw a quantity against depth, as .svg, .png or .pdf.")
@click.option("--quantity", type=click.Choice(["phi", "kappa"]), default="phi", show_default=True,
              help="What is drawn: log10 φ, or κ.")
@click.option("--depth", default="1..100", show_default=True, metavar="FIRST..LAST", help="The depths that are drawn.")
@click.option("-o", "--output", metavar="FILE", help="Write the table to a file instead of standard output.")
@theorem_options
@library_option
@settings_option
def command(
    networks: tuple[str, ...], columns: str, unknown: str | None, where: str, side: str, form: str, plot: str | None,
    quantity: str, depth: str, output: str | None, order: int, assume_free: bool, assume: tuple[str, ...],
    library: tuple[str, ...], settings: tuple[str, ...],
) -> None:
    """Print a table of networks: φ, ϕ, κ, and the value of a symbol for which φ is 1.

    What is refused is marked, with the reason as a footnote. A network without a depth of its own is drawn as that
    many copies in series. Exit status: 0 done; 2 bad input.

    \b
    Examples:
      freeblock compare "He=(dense >> relu)^L" "tanh=(dense >> tanh)^L"
      freeblock compare "plain=dense >> relu" "residual=id + (dense >> relu >> dense)" --format latex
      freeblock compare "He=dense >> relu" --set sigma_w=sqrt(2) --plot kappa.svg --quantity kappa --depth 1..50
    """
    check_standard_input(*library, *(text.partition("=")[2].strip() for text in networks))
    programs = _programs(networks)
    first, last = _depths(depth)
    work = import_module("freeblock.cli.tabulating")  # the mathematics is loaded for texts that can be read
    work.print_table(
        programs, form, output, plot=plot, quantity=quantity, first=first, last=last,
        columns=[column.strip() for column in columns.split(",")], unknown=unknown, where=where, side=side,
        order=order, assume_free=assume_free, assume=assume, library=library, values=read_settings(settings))


def _programs(networks: tuple[str, ...]) -> dict[str, Program]:
    programs: dict[str, Program] = {}
    for text in networks:
        name, separator, expression = text.partition("=")
        name = name.strip()
        if not separator or not name or not expression.strip() or re.search(r"[(\[>|^\n]", name):
            raise OptionError(f"`{text}` is not of the form NAME=EXPR", hint='for example He="(dense >> relu)^L"')
        if name in programs:
            raise OptionError(f"two networks are called `{name}`", hint="give one of them another name")
        programs[name] = read_program(expression.strip(), name)
    return programs


def _depths(text: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) < int(match[1]) + LONGEST:
        raise OptionError(f"`{text}` is no range of depths", hint=f"for example --depth 1..100; at most {LONGEST}")
    return int(match[1]), int(match[2])
