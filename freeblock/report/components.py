"""A component rule explained in text: what it is, its law, its parameters and traits, where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.language.formulas import names_in
from freeblock.language.nodes import Node, Relation
from freeblock.language.printer import print_node
from freeblock.rules.rule import Forward, Jacobian, Parameter, Rule
from freeblock.rules.schema import STATE


def components_text(rules: Sequence[Rule]) -> str:
    """One line per component."""
    names = [f"{rule.name} ({', '.join(rule.aliases)})" if rule.aliases else rule.name for rule in rules]
    width = max(map(len, names), default=0)
    return "\n".join(f"{name:<{width}}  {rule.title}" for name, rule in zip(names, rules, strict=True)) + "\n"


def component_text(rule: Rule) -> str:
    """Everything the library says about one component."""
    lines = [f"{rule.name}: {rule.title}"]
    if rule.aliases:
        lines.append(f"  also called {', '.join(rule.aliases)}")
    lines += ["", "Law of JJᵀ:", *(f"  {line}" for line in _law_lines(rule.jacobian))]
    for name, jacobian in rule.given.items():
        lines += [f"  with {name} given:", *(f"    {line}" for line in _law_lines(jacobian))]
    for name, variant in rule.variants.items():
        lines += [f"  with variant={name}:", *(f"    {line}" for line in _law_lines(variant.jacobian)),
                  *(f"    premise: {premise.statement} [{premise.name}]" for premise in variant.premises)]
    if rule.on_images is not None and rule.on_images.uneven is not None:
        lines += ["  where borders or strides make the taps uneven:",
                  *(f"    {line}" for line in _law_lines(rule.on_images.uneven))]
    if rule.parameters:
        lines += ["", "Parameters:", *(f"  {_parameter(parameter)}" for parameter in rule.parameters.values())]
    lines += ["", f"Outputs: {' × '.join(map(_source, rule.outputs))}", f"Traits: {_traits(rule.jacobian)}"]
    if rule.forward is not None:
        lines.append(f"Forward: {_forward(rule.forward)}")
    lines += [f"Premise: {premise.statement} [{premise.name}]" for premise in rule.premises]
    if rule.symbols:
        lines += [f"Symbol: {name}, the {meaning}" for name, meaning in rule.symbols.items()]
    numbers = (("weights", rule.weights), ("biases", rule.biases))
    counts = [f"{name} {_source(count)}" for name, count in numbers if count is not None]
    if counts:
        lines.append(f"Counted by `freeblock layers`: {', '.join(counts)}")
    if rule.note:
        lines += ["", rule.note]
    lines += ["", f"Source: {rule.source}"]
    return "\n".join(lines) + "\n"


def _forward(forward: Forward) -> str:
    if forward.function is not None:
        return f"f(x) = {_source(forward.function)}"
    said = {"mean square": forward.mean_square, "covariance": forward.covariance, "mean": forward.mean,
            **forward.statistics}
    used = {name.name for node in said.values() if node is not None for name in names_in(node)}
    names = [name for name in STATE if name in used]
    return ", ".join(f"{name} {_source(node)}" for name, node in said.items() if node is not None) + (
        f", from {' and '.join(names)} of the input" if names else "")


def _law_lines(jacobian: Jacobian) -> list[str]:
    if jacobian.function is not None:
        return [f"φ_k = E f'(x)^(2*k) for x ~ N(0, q), f(x) = {_source(jacobian.function)}"]
    if jacobian.derivative is not None:
        return [f"φ_k = E f'(x)^(2*k) for x ~ N(0, q), f'(x) = {_source(jacobian.derivative)}"]
    if jacobian.moments is not None:
        return [f"φ_k = {_source(jacobian.moments)}"]
    if jacobian.s_transform is not None:
        return [f"S-transform S(z) = {_source(jacobian.s_transform)}"]
    if jacobian.measure:
        return [f"eigenvalue {_source(value)} with weight {_source(weight)}" for value, weight in jacobian.measure]
    if jacobian.first is not None and jacobian.second is not None:
        return [f"φ_1 = {_source(jacobian.first)}", f"φ_2 = {_source(jacobian.second)}"]
    return ["unknown: phi_F, variance_F and higher moments are symbols"]


def _source(node: Node | Relation) -> str:
    return print_node(node)


def _parameter(parameter: Parameter) -> str:
    if parameter.default is not None:
        default = f" = {_source(parameter.default)}"
    elif parameter.fresh is not None:
        default = f" = {parameter.fresh} (a fresh symbol at each place)"
    elif parameter.optional or parameter.ignored:
        default = " (optional)"
    else:
        default = " (required)"
    domain = f"; {_source(parameter.domain)}" if parameter.domain is not None else ""
    return f"{parameter.name}{default}: {parameter.meaning}{domain}"


def _traits(jacobian: Jacobian) -> str:
    shown = [name if condition is None else f"{name} where {_source(condition)}"
             for name, condition in jacobian.traits.items()]
    return ", ".join(shown) or "none"
