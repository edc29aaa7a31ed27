"""The values a user gives to symbols: read from numbers or texts, and held against the network they are for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from numbers import Integral, Rational, Real

from freeblock.errors import OptionError, UnknownNameError, did_you_mean
from freeblock.formula.expression import Expression, number
from freeblock.formula.rational import whole
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.names import spell
from freeblock.language.nodes import Relation
from freeblock.language.parser import parse_formula
from freeblock.network.network import Network
from freeblock.network.program import RESERVED
from freeblock.rules.catalogue import Catalogue
from freeblock.source import Source


def is_whole(value: object) -> bool:
    """Whether an option is an int."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def exact_number(name: str, value: object) -> Fraction:
    """A number as it is written: 0.1 is one tenth. Raises OptionError for what is no finite real number."""
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Real) and isfinite(value) and not isinstance(value, bool):
        return Fraction(repr(float(value)))
    raise OptionError(f"`{name}` cannot be set to {value!r}", hint="give a number or a formula")


def parse_value(name: str, text: str) -> Expression:
    """The formula of a `--set NAME=FORMULA`. Raises FreeblockError kinds with the caret in the option."""
    node = parse_formula(Source(f"--set {name}", text))
    if isinstance(node, Relation):
        raise OptionError(f"`{name}` is set to a formula, not to a comparison", node.span, f"write {name}=FORMULA")
    return to_expression(node, {}, free=True)


def read_values(values: Mapping[str, object] | None) -> dict[str, Expression]:
    """Symbol values from numbers or formula texts."""
    found: dict[str, Expression] = {}
    for given, value in (values or {}).items():
        name = spell(str(given))
        if name in RESERVED - {"n"}:
            raise OptionError(f"`{name}` has a fixed meaning and cannot be set", hint="set a symbol of the expression")
        if not name.isidentifier():
            raise OptionError(f"`{name}` is not a name", hint="write --set NAME=FORMULA")
        if name in found:
            raise OptionError(f"`{name}` is set twice", hint="keep one of the two")
        found[name] = parse_value(name, value) if isinstance(value, str) else number(whole(exact_number(name, value)))
    return found


def check_values(values: Mapping[str, Expression], catalogue: Catalogue) -> None:
    """A value is made of numbers and symbols; a block, or a width of some component, is neither."""
    for name, value in values.items():
        if catalogue.find(name) is not None:
            raise OptionError(f"`{name}` is a component and cannot be set", hint="set a symbol of the expression")
        for word in sorted(symbols(value)):
            if word in RESERVED - {"n"} or catalogue.find(word) is not None:
                what = "a width of some component" if word in RESERVED else "a block"
                raise OptionError(f"`{name}` is set to a formula, and `{word}` is {what}",
                                  hint=f"write {name}=NUMBER, or a formula in other symbols")


def check_used(values: Mapping[str, Expression], network: Network, source: Source) -> None:
    """A value for a name that occurs nowhere is a misspelling."""
    words = network.mentioned
    for name in values:
        if name not in words:
            close = did_you_mean(name, sorted(words))
            where = "the expression" if source.name == "expression" else source.name
            raise UnknownNameError(f"`{name}` does not occur in {where}",
                                   hint=f"did you mean `{close}`?" if close else "set a symbol that occurs there")
