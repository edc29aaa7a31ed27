"""One component at one place, with numbers for its widths and its sampler's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from freeblock.activation.arrays import ArrayFunction
from freeblock.check.environment import ROUNDING, Environment
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression, to_relation
from freeblock.network.nodes import Leaf
from freeblock.rules.rule import Sampler

_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq}


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What a forward pass needs to know to draw this component: J is rows×columns."""

    sampler: Sampler
    parameters: Mapping[str, Any]
    """Numbers; a unit-wise function also gives itself, as a map of arrays."""
    rows: int
    columns: int
    identity: int
    shared: bool
    """Drawn once per sample, whatever the number of uses and copies."""
    group: int
    """The leaf of the tree it comes from: copies under ^ have the same."""
    statistic: str | None
    """The symbol of an unknown statistic, to be measured in network mode."""
    over_batch: bool
    """A normalisation's statistics are taken over the batch, unit by unit; else over the units."""


def place_of(leaf: Leaf, environment: Environment, group: int, network: bool) -> Place:
    """The numbers of one leaf.

    Raises RefusedError where the rule cannot be sampled, DomainError where a value is missing or outside
    its domain, or a width is not whole.
    """
    sampler = _sampler(leaf)
    statistic = _statistic(leaf)
    if network and statistic is not None:
        environment = environment.bind(statistic, 1)  # measured, so any value serves until it is
    what = f"the width of `{leaf.label}`"
    rows = environment.whole(leaf.rows, what, leaf.span)
    columns = environment.whole(leaf.columns, what, leaf.span)
    _check_domains(leaf, environment)
    parameters: dict[str, Any] = {}
    for name, node in sampler.parameters.items():
        formula = to_expression(node, leaf.arguments, free=True)
        parameters[name] = environment.real(formula, f"`{name}` of `{leaf.label}`", leaf.span)
    parameters.update(_functions(leaf, environment))
    return Place(
        sampler, parameters, rows, columns, leaf.identity, leaf.shared, group, statistic,
        over_batch="batch" in leaf.rule.parameters,
    )


def _functions(leaf: Leaf, environment: Environment) -> dict[str, ArrayFunction]:
    """f and what was stated as f′, where the law is that of a function."""
    means = leaf.jacobian.means
    if means is None:
        return {}

    def value_of(formula: Expression) -> float:
        return environment.real(means.at(formula, leaf.arguments), f"the function of `{leaf.label}`", leaf.span)

    stated = ("derivative", means.slope) if means.function is None else ("function", means.function)
    return {stated[0]: ArrayFunction(stated[1], value_of)}


def _sampler(leaf: Leaf) -> Sampler:
    rule = leaf.rule
    if rule.sample is None:
        raise RefusedError(
            f"`{leaf.label}` cannot be sampled: the rule `{rule.name}` names no sampler", leaf.span,
            "check the rest of the network without this block",
        )
    replaced = sorted(leaf.given & rule.given.keys())
    if replaced:
        raise RefusedError(
            f"`{leaf.label}` cannot be sampled: with `{replaced[0]}` its law is not what its sampler draws",
            leaf.span, f"leave `{replaced[0]}` out to check the leading order",
        )
    return rule.sample


def _statistic(leaf: Leaf) -> str | None:
    """The symbol that stands for an unknown of this place, if there is one."""
    for name, parameter in leaf.rule.parameters.items():
        if parameter.fresh is not None and name not in leaf.given and name in leaf.arguments:
            names = symbols(leaf.arguments[name])
            if len(names) == 1:
                return next(iter(names))
    return None


def _check_domains(leaf: Leaf, environment: Environment) -> None:
    """Refuse values such as var = −1 that only --set could give."""
    for name, parameter in leaf.rule.parameters.items():
        if parameter.domain is None or name not in leaf.arguments:
            continue
        for left, operator, right in to_relation(parameter.domain, leaf.arguments, free=True):
            what = f"`{name}` of `{leaf.label}`"
            low, high = environment.real(left, what, leaf.span), environment.real(right, what, leaf.span)
            close = abs(low - high) <= ROUNDING * max(abs(low), abs(high))
            if not (_COMPARE[operator](low, high) or (close and operator in ("<=", ">=", "="))):
                value = environment.real(leaf.arguments[name], what, leaf.span)
                raise DomainError(f"{what} is {value:.6g} here, outside its domain", leaf.span)
