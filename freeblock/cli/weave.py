"""`freeblock weave`: the formulas of a paper."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.cli.arguments import check_standard_input
from freeblock.cli.completing import files, words
from freeblock.cli.network import library_option
from freeblock.errors import OptionError


@click.command(name="weave", short_help="Fill in the formulas of a LaTeX paper.")
@click.argument("paper", metavar="PAPER.tex", required=False, shell_complete=files(".tex"))
@click.option("--check", "checked", is_flag=True,
              help="Write nothing; fail (exit status 1) where a formula is stale or missing.")
@click.option("--install-style", "style", metavar="DIR",
              help="Copy freeblock.sty and freeblock.bib into a folder.")
@library_option
@click.option("--notation", "notations", metavar="NAME=LATEX|FILE", multiple=True,
              shell_complete=files(".yaml", ".yml"),
              help=r"The paper's symbols: --notation 'phi=\varphi', or a YAML file of such names; repeatable.")
@click.option("--assume", metavar="NAME", multiple=True, shell_complete=words(*PREMISE_NAMES),
              help="Assume one named hypothesis throughout the paper; repeatable.")
def command(
    paper: str | None, checked: bool, style: str | None, library: tuple[str, ...], notations: tuple[str, ...],
    assume: tuple[str, ...],
) -> int:
    """Derive the formulas a LaTeX paper asks for and write them to its side file, PAPER.fbx.

    The paper says \\usepackage{freeblock}, defines blocks with \\freeblock{name = block}, and asks for
    formulas with \\fbphi{name}, \\fbvariance{name}, \\fbkappa{name}, \\fbcondition{name}{symbol},
    \\fbvalue{name}{symbol=value}, \\fbderivation{name} and \\fbtable{name, name}. Formulas that are current
    are not derived again. Exit status: 0 done; 1 a formula is refused (or, with --check, stale or missing);
    2 bad input.

    \b
    Examples:
      freeblock weave --install-style .
      freeblock weave paper.tex
      freeblock weave --check paper.tex
    """
    if paper is None and style is None:
        raise OptionError("which paper is to be woven?", hint="write `freeblock weave paper.tex`")
    if paper is None and checked:
        raise OptionError("--check needs a paper", hint="write `freeblock weave --check paper.tex`")
    check_standard_input(*library, *notations)
    work = import_module("freeblock.cli.weaving")
    if style is not None:
        work.install_style(style)
    if paper is None:
        return 0
    run = work.check_paper if checked else work.weave_paper
    status: int = run(paper, library=library, assume=assume, notations=notations)
    return status
