"""`freeblock library`: the components, in text, LaTeX and JSON."""

from __future__ import annotations

import contextlib
from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option
from freeblock.cli.completing import Items, starting
from freeblock.cli.network import library_option
from freeblock.errors import FreeblockError
from freeblock.language.reading import read_source
from freeblock.rules.catalogue import load_catalogue


def _components(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The components of our library and of those named before."""
    with contextlib.suppress(FreeblockError):
        libraries = [read_source(file) for file in context.params.get("library") or () if file != "-"]
        catalogue = load_catalogue(libraries)
        items = [(name, rule.title) for name in catalogue.names() if (rule := catalogue.find(name)) is not None]
        titles = dict(items)
        items += [(alias, titles[name]) for alias, name in catalogue.aliases().items()]
        return starting(incomplete, items)
    return []


@click.command(name="library", short_help="List and explain the components.")
@click.argument("name", required=False, shell_complete=_components)
@click.option("--format", "form", type=click.Choice(["text", "latex", "json"]), default="text", show_default=True,
              help="How the result is printed.")
@output_option
@library_option
def command(name: str | None, form: str, output: str | None, library: tuple[str, ...]) -> None:
    """List the components, or explain one: formula, parameters, traits, source.

    \b
    Examples:
      freeblock library
      freeblock library leaky_relu --format latex
      freeblock library --library mine.yaml --format json -o components.json
    """
    check_standard_input(*library)
    import_module("freeblock.cli.explaining").print_components(name, form, output, library)
