"""Commands that change how the block is derived: values, assumed hypotheses, the order."""

from __future__ import annotations

from dataclasses import replace

from freeblock.calculus.orders import MAX_ORDER
from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.errors import OptionError, UnknownNameError, did_you_mean
from freeblock.language.names import spell
from freeblock.language.nodes import Assume, Input, Name, Relation
from freeblock.language.parser import parse_formula
from freeblock.network.program import RESERVED
from freeblock.repl.arguments import needed
from freeblock.repl.interpreter import Interpreter
from freeblock.repl.program import Said
from freeblock.source import Span


def set_value(interpreter: Interpreter, argument: Span) -> int:
    """Give a symbol a value, or list the values."""
    spoken = interpreter.talk.spoken
    if not argument.text:
        values = [f"{name} = {_value(said)}" for name, said in spoken.values().items()]
        print("\n".join(values) or "no symbol has a value")
        return 0
    written, equal, _ = argument.text.partition("=")
    name = spell(written.strip())
    if not equal or not name.isidentifier():
        raise OptionError("a value is given as NAME=FORMULA", argument, "for example `:set sigma_w=sqrt(2)`")
    name_span = Span(argument.source, argument.start, argument.start + len(written.rstrip()))
    if name in RESERVED - {"n"}:
        raise OptionError(f"`{name}` has a fixed meaning and cannot be set", name_span)
    if interpreter.talk.catalogue.find(name) is not None or spoken.definition(name) is not None:
        raise OptionError(f"`{name}` is a block and cannot be set", name_span, "set a symbol of the expression")
    start = argument.start + len(written) + 1
    formula = parse_formula(argument.source, start, argument.end)
    if isinstance(formula, Relation):
        raise OptionError(f"`{name}` is set to a formula, not to a comparison", formula.span)
    if name == "n":
        said = Said(Input((formula,), formula.span), "input ")
    else:
        relation = Relation((Name(name, name_span), formula), ("=",), argument)
        said = Said(Assume(relation, argument), "assume ")
    return interpreter.go_on(spoken, [said], argument.source.text.strip())


def _value(said: Said) -> str:
    statement = said.statement
    if isinstance(statement, Input):
        return said.text.removeprefix("input").strip()
    assert isinstance(statement, Assume)
    first, second = statement.relation.parts
    return (second if isinstance(first, Name) else first).span.text


def unset(interpreter: Interpreter, argument: Span) -> int:
    """Take a value back."""
    name = spell(needed("unset", argument))
    spoken = interpreter.talk.spoken
    values = spoken.values()
    if name not in values:
        close = did_you_mean(name, values)
        raise UnknownNameError(f"`{name}` has no value", argument, f"did you mean `{close}`?" if close else None)
    return interpreter.change(spoken.without(values[name]), argument.source, f"{name} has no value now")


def assume(interpreter: Interpreter, argument: Span) -> int:
    """Assume a hypothesis by name, or list them."""
    spoken = interpreter.talk.spoken
    rules = [rule for rule in map(interpreter.talk.catalogue.find, interpreter.talk.catalogue.names()) if rule]
    known = dict.fromkeys([*PREMISE_NAMES, *(premise.name for rule in rules for premise in rule.premises)])
    name = argument.text
    if not name:
        print("\n".join(f"{'assumed' if one in spoken.premises else '       '} {one}" for one in known))
        return 0
    if name != "none" and name not in known:
        close = did_you_mean(name, known)
        hint = f"did you mean `{close}`?" if close else "a comparison is stated without the colon: assume sigma_w > 0"
        raise OptionError(f"no hypothesis is called `{name}`", argument, hint)
    premises = () if name == "none" else tuple(dict.fromkeys([*spoken.premises, name]))
    text = "no hypothesis is assumed" if name == "none" else f"from now on {name} is assumed where it is needed"
    return interpreter.change(replace(spoken, premises=premises), argument.source, text)


def order(interpreter: Interpreter, argument: Span) -> int:
    """The highest moment that is derived."""
    spoken = interpreter.talk.spoken
    if not argument.text:
        print(f"moments are derived to order {spoken.order}")
        return 0
    if not argument.text.isdecimal() or not 1 <= int(argument.text[:9]) <= MAX_ORDER:
        raise OptionError(f"the order is a whole number from 1 to {MAX_ORDER}", argument)
    text = f"moments are derived to order {argument.text}"
    return interpreter.change(replace(spoken, order=int(argument.text)), argument.source, text)
