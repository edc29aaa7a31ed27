"""The work behind `freeblock layers`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from freeblock.cli.arguments import write_output
from freeblock.errors import OptionError
from freeblock.language.nodes import Program
from freeblock.network.layers import layers_of
from freeblock.report.layers import Form, layers_text
from freeblock.session import load_libraries, read_network


def print_layers(
    program: Program, form: Form, without_bias: Sequence[str], output: str | None, *, name: str | None,
    library: Sequence[str], values: Mapping[str, object],
) -> None:
    """Print the table of layers. Raises FreeblockError kinds."""
    catalogue = load_libraries(library)
    known = []
    for component in without_bias:
        rule = catalogue.find(component)
        if rule is None:
            raise OptionError(f"no component is called `{component}`",
                              hint=catalogue.suggest(component) or "see `freeblock library`")
        known.append(rule.name)
    network = read_network(program, name=name, library=library, values=values)
    write_output(layers_text(layers_of(network, known), form), output)
