"""`freeblock library`: the components, in text and LaTeX."""

from __future__ import annotations

import click

from freeblock.cli.arguments import write_output
from freeblock.errors import UnknownNameError
from freeblock.report.components import component_text, components_text
from freeblock.report.latex_library import component_latex
from freeblock.session import load_libraries


@click.command(name="library", short_help="List and explain the components.")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "latex"]), default="text", show_default=True,
              help="How a component is printed.")
@click.option("--library", "library", metavar="FILE", multiple=True,
              help="Component rules (YAML) laid over ours; repeatable.")
def command(name: str | None, form: str, library: tuple[str, ...]) -> None:
    """List the components, or explain one: formula, parameters, traits, source."""
    catalogue = load_libraries(library)
    if name is None:
        rules = [rule for rule in map(catalogue.find, catalogue.names()) if rule is not None]
        if form == "latex":
            write_output("\n\n".join(component_latex(rule) for rule in rules), None)
        else:
            write_output(components_text(rules), None)
        return
    rule = catalogue.find(name)
    if rule is None:
        hint = catalogue.suggest(name) or "see `freeblock library`"
        raise UnknownNameError(f"no component is called `{name}`", hint=hint)
    write_output(component_latex(rule) if form == "latex" else component_text(rule), None)
