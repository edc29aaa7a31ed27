"""Reading what ties a rule to real networks: what it takes for granted, and how to draw its Jacobian."""

from __future__ import annotations

import re
from collections.abc import Mapping

from freeblock.errors import did_you_mean
from freeblock.language.nodes import Node
from freeblock.rules.fields import Fields, as_formula, as_scalar
from freeblock.rules.rule import Parameter, Premise, Sampler
from freeblock.rules.schema import GROUNDS, PREMISE_KEYS, SAMPLERS
from freeblock.rules.scope import Scope

_PREMISE_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def read_premises(fields: Fields, parameters: Mapping[str, Parameter]) -> tuple[Premise, ...]:
    """What the law takes for granted about the input of the block."""
    premises: dict[str, Premise] = {}
    for item in fields.items("premises"):
        entry = Fields(item, "a premise", PREMISE_KEYS, item.span, fields.problems)
        entry.require("name", "statement", "holds_if")
        name, statement = entry.text("name"), entry.text("statement")
        ground = entry.choice("holds_if", GROUNDS)
        unless = entry.name("unless")
        if name is not None and not _PREMISE_NAME.fullmatch(name):
            fields.problems.add("the name of a premise is small letters and hyphens", entry.span("name"))
        if name in premises:
            fields.problems.add(f"the premise `{name}` is written twice", entry.span("name"))
        if unless is not None and unless not in parameters:
            close = did_you_mean(unless, parameters)
            fields.problems.add(
                f"there is no parameter `{unless}`", entry.span("unless"),
                f"did you mean `{close}`?" if close else None,
            )
        if name and statement and ground:
            premises[name] = Premise(name, statement, ground, unless)
    return tuple(premises.values())


def read_sampler(fields: Fields, scope: Scope) -> Sampler | None:
    """The sampler that draws the Jacobian; None where the rule names none."""
    value = fields.value("sample")
    if value is None:
        return None
    words = sorted({"sampler", *(word for row in SAMPLERS.values() for word in row)})
    entry = Fields(value, "a sample", words, fields.span("sample"), fields.problems)
    entry.require("sampler")
    name = entry.choice("sampler", tuple(SAMPLERS))
    formulas: dict[str, Node] = {}
    for key, (written, part) in entry.entries.items():
        if key == "sampler" or key not in words:
            continue
        if name is not None and key not in SAMPLERS[name]:
            fields.problems.add(f"the sampler `{name}` has no parameter `{key}`", written.span)
        scalar = as_scalar(part, f"`{key}`", written.span, fields.problems)
        formula = as_formula(scalar, fields.problems) if scalar else None
        scope.check(formula)
        if formula is not None:
            formulas[key] = formula
    if name is None:
        return None
    for key in SAMPLERS[name]:
        if key not in entry:
            fields.problems.add(f"the sampler `{name}` needs `{key}`", entry.span("sampler"))
    return Sampler(name, formulas)
