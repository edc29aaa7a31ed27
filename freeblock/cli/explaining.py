"""What `freeblock library` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from freeblock.cli.arguments import write_output
from freeblock.errors import UnknownNameError
from freeblock.report.component_data import component_data
from freeblock.report.components import component_text, components_text
from freeblock.report.latex_library import component_latex
from freeblock.rules.rule import Rule
from freeblock.session import load_libraries

Format = Literal["text", "latex", "json"]


def print_components(name: str | None, form: Format, output: str | None, library: Sequence[str]) -> None:
    """All components, or the one of that name. Raises FreeblockError kinds."""
    catalogue = load_libraries(library)
    if name is None:
        rules = [rule for rule in map(catalogue.find, catalogue.names()) if rule is not None]
        write_output(_all(rules, form), output)
        return
    rule = catalogue.find(name)
    if rule is None:
        hint = catalogue.suggest(name) or "see `freeblock library`"
        raise UnknownNameError(f"no component is called `{name}`", hint=hint)
    write_output(_one(rule, form), output)


def _all(rules: Sequence[Rule], form: Format) -> str:
    if form == "json":
        return json.dumps([component_data(rule) for rule in rules], indent=1, ensure_ascii=False)
    if form == "latex":
        return "\n\n".join(component_latex(rule) for rule in rules)
    return components_text(rules)


def _one(rule: Rule, form: Format) -> str:
    if form == "json":
        return json.dumps(component_data(rule), indent=1, ensure_ascii=False)
    return component_latex(rule) if form == "latex" else component_text(rule)
