"""`freeblock weave`: the formulas of a paper."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.errors import OptionError


@click.command(name="weave", short_help="Fill in the formulas of a LaTeX paper.")
@click.argument("paper", metavar="PAPER.tex", required=False)
@click.option("--check", "checked", is_flag=True,
              help="Write nothing; fail (exit status 1) where a formula is stale or missing.")
@click.option("--install-style", "style", metavar="DIR",
              help="Copy freeblock.sty and freeblock.bib into a folder.")
@click.option("--library", "library", metavar="FILE", multiple=True,
              help="Component rules (YAML) laid over ours; repeatable.")
@click.option("--assume", metavar="NAME", multiple=True,
              help="Assume one named hypothesis throughout the paper; repeatable.")
def command(
    paper: str | None, checked: bool, style: str | None, library: tuple[str, ...], assume: tuple[str, ...]
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
    work = import_module("freeblock.cli.weaving")
    if style is not None:
        work.install_style(style)
    if paper is None:
        return 0
    status: int = (work.check_paper if checked else work.weave_paper)(paper, library=library, assume=assume)
    return status
