"""A component rule as JSON data; formulas are texts of our own language."""

from __future__ import annotations

from typing import Any

from freeblock.language.printer import print_node
from freeblock.rules.rule import Jacobian, Parameter, Rule


def component_data(rule: Rule) -> dict[str, Any]:
    """Everything the library says about one component; what it does not say is null or empty."""
    return {
        "name": rule.name,
        "title": rule.title,
        "aliases": list(rule.aliases),
        "kind": rule.kind,
        "law": _law(rule.jacobian),
        "traits": _traits(rule.jacobian),
        "given": {name: {"law": _law(jacobian), "traits": _traits(jacobian)}
                  for name, jacobian in rule.given.items()},
        "variants": {name: {"law": _law(variant.jacobian), "traits": _traits(variant.jacobian),
                            "premises": [{"name": premise.name, "statement": premise.statement}
                                         for premise in variant.premises]}
                     for name, variant in rule.variants.items()},
        "parameters": [_parameter(parameter) for parameter in rule.parameters.values()],
        "uneven": None if rule.on_images is None or rule.on_images.uneven is None else _law(rule.on_images.uneven),
        "acts_on": rule.acts_on,
        "outputs": " × ".join(map(print_node, rule.outputs)),
        "forward": _forward(rule),
        "weights": None if rule.weights is None else print_node(rule.weights),
        "biases": None if rule.biases is None else print_node(rule.biases),
        "premises": [{"name": premise.name, "statement": premise.statement} for premise in rule.premises],
        "symbols": dict(rule.symbols),
        "constants": {name: print_node(value) for name, value in rule.constants.items()},
        "note": rule.note,
        "source": rule.source,
    }


def _forward(rule: Rule) -> dict[str, Any] | None:
    """What the output's mean square, covariance and mean are, in those of the input; null where not known."""
    forward = rule.forward
    if forward is None:
        return None
    said = {"mean_square": forward.mean_square, "covariance": forward.covariance, "mean": forward.mean,
            "function": forward.function}
    return {**{name: None if node is None else print_node(node) for name, node in said.items()},
            "statistics": {name: print_node(node) for name, node in forward.statistics.items()}}


def _law(jacobian: Jacobian) -> dict[str, Any] | None:
    """The moments φ_k, the function of the units, the S-transform, the measure or the first two moments of JJᵀ.

    Null where none is known.
    """
    if jacobian.function is not None:
        return {"function": print_node(jacobian.function)}
    if jacobian.derivative is not None:
        return {"derivative": print_node(jacobian.derivative)}
    if jacobian.moments is not None:
        return {"moments": print_node(jacobian.moments)}
    if jacobian.s_transform is not None:
        return {"s_transform": print_node(jacobian.s_transform)}
    if jacobian.measure:
        return {"measure": [[print_node(value), print_node(weight)] for value, weight in jacobian.measure]}
    if jacobian.first is not None and jacobian.second is not None:
        return {"listed": [print_node(jacobian.first), print_node(jacobian.second)]}
    return None


def _traits(jacobian: Jacobian) -> dict[str, str | bool]:
    """Trait → true, or the condition it holds under."""
    return {name: True if condition is None else print_node(condition)
            for name, condition in jacobian.traits.items()}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    given = parameter.default is not None or parameter.fresh is not None
    return {
        "name": parameter.name,
        "meaning": parameter.meaning,
        "default": None if parameter.default is None else print_node(parameter.default),
        "symbol": parameter.fresh,
        "function": parameter.of_x,
        "required": not (given or parameter.optional or parameter.ignored),
        "domain": None if parameter.domain is None else print_node(parameter.domain),
    }
