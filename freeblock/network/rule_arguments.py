"""The arguments of a component in a text, given to the parameters of its rule."""

from __future__ import annotations

from dataclasses import replace

from freeblock.errors import ArgumentError, UnknownNameError, did_you_mean
from freeblock.language.nodes import Argument, Call, Name, Node
from freeblock.rules.rule import TRAITS, Rule
from freeblock.rules.schema import CHOICE
from freeblock.source import Span


def assign_arguments(rule: Rule, node: Name | Call) -> tuple[dict[str, Node], list[str]]:
    """Parameter → argument as written, and the traits named by position where the rule accepts them.

    Raises ArgumentError and UnknownNameError.
    """
    written: dict[str, Node] = {}
    traits: list[str] = []
    free = list(rule.parameters)
    arguments = node.arguments if isinstance(node, Call) else ()
    keyed = False
    for argument in arguments:
        name = argument.keyword
        keyed = keyed or name is not None
        if name is None:
            if rule.accepts_traits and isinstance(argument.value, Name) and (written or argument.value.name in TRAITS):
                traits.append(_trait(argument.value))
                continue
            if keyed:
                raise misplaced(argument, usage(rule))
            positional = next((free_name for free_name in free if free_name not in written), None)
            if positional is None:
                raise _too_many(rule, argument.span)
            name = positional
        elif name not in rule.parameters:
            close = did_you_mean(name, free)
            raise UnknownNameError(
                f"`{rule.name}` has no parameter `{name}`", argument.span,
                f"did you mean `{close}`?" if close else usage(rule))
        elif name in written:
            raise ArgumentError(f"`{name}` is given twice", argument.span, usage(rule))
        written[name] = argument.value
    for name, parameter in rule.parameters.items():
        needed = parameter.default is None and not (parameter.optional or parameter.fresh or parameter.ignored)
        if needed and name not in written:
            raise ArgumentError(f"`{rule.name}` needs `{name}`: {parameter.meaning}", node.span, usage(rule))
    return written, traits


def chosen_variant(rule: Rule, node: Name | Call) -> tuple[Rule, Name | Call]:
    """The rule that `variant=name` chooses, and the component without that argument.

    Raises UnknownNameError and ArgumentError.
    """
    if not isinstance(node, Call):
        return rule, node
    chosen = [argument for argument in node.arguments if argument.keyword == CHOICE]
    if not chosen or not rule.variants:
        return rule, node
    if len(chosen) > 1:
        raise ArgumentError(f"`{CHOICE}` is given twice", chosen[1].span, usage(rule))
    value = chosen[0].value
    name = value.name if isinstance(value, Name) else ""
    if name not in rule.variants:
        close = did_you_mean(value.span.text, rule.variants)
        raise UnknownNameError(f"`{rule.name}` has no such variant", value.span,
                               f"did you mean `{close}`?" if close else f"the variants are {', '.join(rule.variants)}")
    rest = tuple(argument for argument in node.arguments if argument is not chosen[0])
    return rule.variants[name], replace(node, arguments=rest)


def _trait(node: Name) -> str:
    """A trait on the user's word."""
    if node.name not in TRAITS:
        close = did_you_mean(node.name, TRAITS)
        raise UnknownNameError(f"no trait is called `{node.name}`", node.span,
                               f"did you mean `{close}`?" if close else f"a width is written `out={node.name}`")
    return node.name


def misplaced(argument: Argument, usage: str) -> ArgumentError:
    """An argument by position behind one by keyword."""
    return ArgumentError("an argument without a keyword stands before those with one", argument.span, usage)


def _too_many(rule: Rule, span: Span) -> ArgumentError:
    count = len(rule.parameters)
    most = f"at most {count} argument{'' if count == 1 else 's'}" if count else "no arguments"
    hint = f"traits are {', '.join(TRAITS)}" if rule.accepts_traits else usage(rule)
    return ArgumentError(f"`{rule.name}` takes {most}", span, hint)


def usage(rule: Rule) -> str:
    """How the component is written."""
    words = [*rule.parameters, *([f"{CHOICE}={next(iter(rule.variants))}"] if rule.variants else ())]
    return f"write `{rule.name}({', '.join(words)})`" if words else f"write `{rule.name}`"
