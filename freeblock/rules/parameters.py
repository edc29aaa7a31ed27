"""Reading the parameters of a rule and the free symbols of their defaults."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.language.nodes import Node, Number
from freeblock.rules.document import Scalar, Value
from freeblock.rules.fields import Fields, as_formula, as_name, as_scalar
from freeblock.rules.rule import Parameter
from freeblock.rules.schema import CHOICE, ORDER, PARAMETER_FORMS, PARAMETER_KEYS, PARAMETERS, VARIABLE
from freeblock.rules.scope import symbol_place
from freeblock.source import Span


def read_parameters(fields: Fields) -> tuple[dict[str, Parameter], dict[str, Span]]:
    """The parameters of a rule in order, and where each is written."""
    parameters: dict[str, Parameter] = {}
    places: dict[str, Span] = {}
    for key, value in _few(fields, "parameters"):
        name = as_name(key, "the name of a parameter", fields.problems)
        if name in (ORDER, VARIABLE, CHOICE):
            purpose = "the argument that chooses a variant" if name == CHOICE else "a formula of the law"
            fields.problems.add(f"the name `{name}` is reserved for {purpose}", key.span)
            name = None
        if name in parameters:
            fields.problems.add(f"the parameter `{name}` is written twice", key.span)
            name = None
        parameter = _read_parameter(name or key.text, key, value, fields)
        if name is not None:
            parameters[name], places[name] = parameter, key.span
    labels = [name for name, parameter in parameters.items() if parameter.label]
    for label in labels[1:]:
        fields.problems.add(f"`{labels[0]}` is a label already", places[label])
    return parameters, places


def _few(fields: Fields, key: str) -> list[tuple[Scalar, Value]]:
    """The entries under a key, as many as may be."""
    written = list(fields.mapping(key).values())
    for name, _ in written[PARAMETERS : PARAMETERS + 1]:
        fields.problems.add(f"{fields.what} has more than {PARAMETERS} {key}", name.span)
    return written[:PARAMETERS]


def _read_parameter(name: str, key: Scalar, value: Value, rule: Fields) -> Parameter:
    problems = rule.problems
    fields = Fields(value, f"the parameter `{name}`", PARAMETER_KEYS, key.span, problems)
    fields.require("meaning")
    forms = [form for form in PARAMETER_FORMS if form in fields]
    for form in forms[1:]:
        problems.add(f"the parameter `{name}` has both `{forms[0]}` and `{form}`", fields.span(form))
    ignored = fields.text("ignored")
    return Parameter(
        name=name,
        meaning=fields.text("meaning") or "",
        default=fields.formula("default"),
        domain=fields.relation("domain"),
        whole=fields.flag("whole"),
        optional=fields.flag("optional") or ignored is not None,
        fresh=fields.name("fresh"),
        label=fields.flag("label"),
        ignored=ignored,
        of_x=fields.flag("of_x"),
        outside=fields.text("outside"),
    )


def read_constants(fields: Fields, symbols: Mapping[str, str]) -> dict[str, Node]:
    """The values of those symbols whose value is published: plain numbers."""
    constants: dict[str, Node] = {}
    for key, value in _few(fields, "constants"):
        scalar = as_scalar(value, f"the value of `{key.text}`", key.span, fields.problems)
        node = None if scalar is None else as_formula(scalar, fields.problems)
        if node is None:
            continue
        if key.text not in symbols:
            fields.problems.add(f"the constant `{key.text}` is not among the symbols", key.span,
                                "write its meaning under `symbols`")
        elif not isinstance(node, Number) or node.value <= 0:
            fields.problems.add(f"the constant `{key.text}` is a positive number", node.span)
        else:
            constants[key.text] = node
    return constants


def read_symbols(fields: Fields, places: dict[str, Span]) -> dict[str, str]:
    """The free symbols and their meaning; `places` gets where each is written."""
    symbols: dict[str, str] = {}
    for key, value in _few(fields, "symbols"):
        name = as_name(key, "a symbol", fields.problems)
        scalar = as_scalar(value, f"the meaning of `{key.text}`", key.span, fields.problems)
        if name is None or scalar is None:
            continue
        if name in symbols:
            fields.problems.add(f"the symbol `{name}` is written twice", key.span)
        symbols[name] = fields.shown(scalar, f"the meaning of `{name}`") or ""
        places[symbol_place(name)] = key.span
    return symbols
