"""Reading one rule of a library."""

from __future__ import annotations

from dataclasses import replace

from freeblock.language.nodes import Node
from freeblock.rules.document import Problems, Scalar, Value
from freeblock.rules.fields import Fields, as_formula, as_name, as_scalar
from freeblock.rules.images import acts_on, image_names, read_shape
from freeblock.rules.laws import read_jacobian, read_unit_function
from freeblock.rules.parameters import read_constants, read_parameters, read_symbols
from freeblock.rules.rule import Dependence, Forward, Jacobian, Rule
from freeblock.rules.sampling import read_premises, read_sampler
from freeblock.rules.schema import (
    DEPENDENCES,
    FORWARD_KEYS,
    KINDS,
    MEAN_SQUARE,
    REQUIRED_KEYS,
    RULE_KEYS,
    STATE,
    Kind,
)
from freeblock.rules.scope import Scope
from freeblock.rules.unit_wise import FUNCTION_SAMPLER, GAUSSIAN, states_function, variance_parameter
from freeblock.rules.variants import read_variants
from freeblock.source import Span


class Entry:
    """A rule as a library states it, with the places of its aliases and of `override: true`."""

    __slots__ = ("rule", "aliases", "override")

    def __init__(self, rule: Rule, aliases: dict[str, Span], override: Span | None) -> None:
        self.rule = rule
        self.aliases = aliases
        self.override = override  # None where the rule is said to be new


def read_entry(key: Scalar, value: Value, problems: Problems) -> Entry | None:
    """The rule under a name, None if that is no name.

    The rule is sound unless `problems` says otherwise, and then serves to check the names of the others.
    """
    lost = problems.lost
    name = as_name(key, "the name of a rule", problems)
    fields = Fields(value, f"the rule `{key.text}`", RULE_KEYS, key.span, problems)
    fields.require(*REQUIRED_KEYS)
    kind = fields.choice("kind", KINDS)
    unit_wise = states_function(fields.value("jacobian"))
    depends_on = _read_dependence(fields, kind, unit_wise)
    scope, places = _read_scope(fields, unit_wise)
    aliases = read_aliases(fields)
    width, on_images = read_shape(fields, scope)
    premises = read_premises(fields, scope.parameters)
    rule = Rule(
        name=name or key.text,
        title=fields.text("title") or "",
        kind=kind or "structure",
        parameters=scope.parameters,
        jacobian=_read_law(fields, scope),
        depends_on=depends_on or "nothing",
        width=width,
        source=fields.text("source") or "",
        span=key.span,
        aliases=tuple(aliases),
        symbols=scope.symbols,
        constants=read_constants(fields, scope.symbols),
        given=_read_given(fields, scope),
        forward=_read_forward(fields, scope),
        premises=(GAUSSIAN,) if unit_wise and not premises else premises,
        sample=read_sampler(fields, scope) or (FUNCTION_SAMPLER if unit_wise else None),
        accepts_traits=fields.flag("accepts_traits"),
        note=fields.text("note"),
        acts_on=acts_on(fields),
        on_images=on_images,
        weights=_read_count(fields, scope, "weights"),
        biases=_read_count(fields, scope, "biases"),
    )
    rule = replace(rule, variants=read_variants(fields, scope, rule)) if "variants" in fields else rule
    override = fields.span("override") if fields.flag("override") else None
    if problems.lost == lost:
        scope.report_unused(places)
    return None if name is None else Entry(rule, aliases, override)


def _read_scope(fields: Fields, unit_wise: bool) -> tuple[Scope, dict[str, Span]]:
    """The parameters and symbols, and where each is written; a function has the parameter q, said or not."""
    parameters, places = read_parameters(fields)
    if unit_wise and MEAN_SQUARE not in parameters:
        parameters[MEAN_SQUARE] = variance_parameter()
    scope = Scope(parameters, read_symbols(fields, places), fields.problems, image_names(fields))
    for parameter in parameters.values():
        scope.check_default(parameter)
        scope.check_domain(parameter)
    return scope, places


def read_aliases(fields: Fields) -> dict[str, Span]:
    """The other names of a rule and where they are written."""
    aliases: dict[str, Span] = {}
    for item in fields.items("aliases"):
        scalar = as_scalar(item, "an alias", item.span, fields.problems)
        name = as_name(scalar, "an alias", fields.problems) if scalar else None
        if scalar and name:
            if name in aliases:
                fields.problems.add(f"the alias `{name}` is written twice", scalar.span)
            aliases[name] = scalar.span
    return aliases


def _read_dependence(fields: Fields, kind: Kind | None, unit_wise: bool) -> Dependence | None:
    """What the Jacobian depends on; only a structure may leave it out, and a function, which looks at values."""
    if unit_wise and "depends_on" not in fields:
        return "value"
    if fields.readable and "depends_on" not in fields and kind is not None and kind != "structure":
        fields.problems.add(
            f"{fields.what} lacks `depends_on`", fields.at, f"say what J depends on: {', '.join(DEPENDENCES)}"
        )
    return fields.choice("depends_on", DEPENDENCES)


def _read_law(fields: Fields, scope: Scope) -> Jacobian:
    value = fields.value("jacobian")
    return Jacobian(opaque=True) if value is None else read_jacobian(value, fields.span("jacobian"), scope)


def _read_given(fields: Fields, scope: Scope) -> dict[str, Jacobian]:
    """The Jacobians that take the plain one's place when an optional parameter is there."""
    given: dict[str, Jacobian] = {}
    for name, (key, value) in fields.mapping("given").items():
        parameter = scope.parameters.get(name)
        if parameter is None or not parameter.optional or parameter.ignored:
            fields.problems.add(
                f"`given` needs an optional parameter, which `{name}` is not",
                key.span,
                f"optional ones: {', '.join(scope.optional)}" if scope.optional else "none is optional",
            )
            continue
        given[name] = read_jacobian(value, key.span, scope, name)
    return given


def _read_forward(fields: Fields, scope: Scope) -> Forward | None:
    value = fields.value("forward")
    if value is None:
        return None
    forward = Fields(value, "`forward`", FORWARD_KEYS, fields.span("forward"), fields.problems)
    if "function" in forward:
        return Forward(function=_read_function(forward, fields, scope))
    forward.require("mean_square")
    mean_square, covariance, mean = (forward.formula(key) for key in ("mean_square", "covariance", "mean"))
    for formula in (mean_square, covariance, mean):
        scope.check(formula, *STATE)
    statistics = _read_statistics(forward, scope)
    return None if mean_square is None else Forward(mean_square, mean, covariance, statistics)


def _read_function(forward: Fields, fields: Fields, scope: Scope) -> Node | None:
    """The function of an activation whose law is stated as moments; it says the other keys."""
    for key in ("mean_square", "covariance", "mean", "statistics"):
        if key in forward:
            forward.problems.add(f"the function says `{key}` already", forward.span(key), "keep one of the two")
    law = fields.mapping("jacobian")
    if "function" in law or "derivative" in law:
        forward.problems.add("the law of the Jacobian gives a function already", forward.span("function"),
                             "leave `forward` out")
        return None
    return read_unit_function(forward, "function", scope, ())


def _read_statistics(forward: Fields, scope: Scope) -> dict[str, Node]:
    """Parameters that stand for a fresh symbol, and the formulas of what they are."""
    found = {}
    for name, (key, value) in forward.mapping("statistics").items():
        parameter = scope.parameters.get(name)
        if parameter is None or parameter.fresh is None:
            forward.problems.add(f"`{name}` is no parameter that stands for an unknown of its place", key.span,
                                 "a parameter with `fresh` is one")
            continue
        scalar = as_scalar(value, f"the statistic `{name}`", key.span, forward.problems)
        formula = as_formula(scalar, forward.problems) if scalar else None
        if formula is not None and scope.check(formula, *STATE):
            found[name] = formula
    return found


def _read_count(fields: Fields, scope: Scope, key: str) -> Node | None:
    """How many weights or biases there are; of what acts on anything, the channels are those of an image or all."""
    formula = fields.formula(key)
    scope.check(formula, "channels")
    return formula
