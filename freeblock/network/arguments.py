"""The arguments of a definition, bound to its parameters."""

from __future__ import annotations

from freeblock.errors import ArgumentError, UnknownNameError, did_you_mean
from freeblock.language import nodes as syntax
from freeblock.network.rule_arguments import misplaced
from freeblock.network.scope import Binding, Scope
from freeblock.network.wording import plural


def bind_arguments(definition: syntax.Definition, call: syntax.Call, scope: Scope) -> dict[str, Binding]:
    """Arguments of a definition, by position or keyword, each with the scope it was written in.

    Raises ArgumentError and UnknownNameError.
    """
    bound: dict[str, Binding] = {}
    parameters = dict.fromkeys(definition.parameters)
    usage = f"write `{definition.name}({', '.join(definition.parameters)})`"
    depth = 1 + max((binding.depth for binding in scope.bindings.values()), default=0)
    keyed = False
    for place, argument in enumerate(call.arguments):
        name = argument.keyword
        keyed = keyed or name is not None
        if name is None:
            if keyed:
                raise misplaced(argument, usage)
            if place >= len(parameters):
                raise ArgumentError(f"`{definition.name}` takes {plural(len(parameters), 'argument')}",
                                    argument.span, usage)
            name = definition.parameters[place]
        if name not in parameters:
            close = did_you_mean(name, parameters)
            raise UnknownNameError(f"`{definition.name}` has no parameter `{name}`", argument.span,
                                   f"did you mean `{close}`?" if close else usage)
        if name in bound:
            raise ArgumentError(f"`{name}` is given twice", argument.span, usage)
        value = argument.value
        outer = scope.bindings.get(value.name) if isinstance(value, syntax.Name) else None
        bound[name] = outer if outer is not None else Binding(value, scope, depth)
    missing = next((name for name in parameters if name not in bound), None)
    if missing is not None:
        raise ArgumentError(f"`{definition.name}` needs `{missing}`", call.span, usage)
    return bound
