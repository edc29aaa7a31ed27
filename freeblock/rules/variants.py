"""Reading the variants of a rule: other laws of the same component, chosen by name."""

from __future__ import annotations

from dataclasses import replace

from freeblock.rules.fields import Fields, as_name
from freeblock.rules.laws import read_jacobian
from freeblock.rules.rule import Rule
from freeblock.rules.sampling import read_premises
from freeblock.rules.schema import VARIANT_KEYS
from freeblock.rules.scope import Scope


def read_variants(fields: Fields, scope: Scope, rule: Rule) -> dict[str, Rule]:
    """Name → the rule with the Jacobian and the premises of the variant in place of its own."""
    variants: dict[str, Rule] = {}
    for key, value in fields.mapping("variants").values():
        name = as_name(key, "the name of a variant", fields.problems)
        entry = Fields(value, f"the variant `{key.text}`", VARIANT_KEYS, key.span, fields.problems)
        entry.require("jacobian")
        law = entry.value("jacobian")
        if name is None or law is None:
            continue
        variants[name] = replace(
            rule, jacobian=read_jacobian(law, entry.span("jacobian"), scope), given={}, sample=None,
            premises=read_premises(entry, scope.parameters), note=entry.text("note") or rule.note)
    return variants
