"""A component at one place: its arguments bound, its widths and traits decided, its domains checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from freeblock.errors import ArgumentError
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Call, Name, Node
from freeblock.network.alike import AlikeLeaves
from freeblock.network.facts import Facts
from freeblock.network.nodes import Leaf
from freeblock.network.rule_arguments import assign_arguments, chosen_variant, usage
from freeblock.network.scope import Scope, formula
from freeblock.network.unit_functions import UnitFunctions, holds_closed
from freeblock.network.wording import in_words, is_readable
from freeblock.rules.rule import TRAITS, Jacobian, Parameter, Rule
from freeblock.source import Span

LABEL_LENGTH = 80
OPAQUE_ORDERS = 8
"""An opaque block has symbols for so many moments."""
_ANY = "any value"
"""A symbol no text can name, of which nothing is stated."""


def label_of(span: Span) -> str:
    """How a block is called in print: the text it was written as, shortened."""
    text = " ".join(span.text.split()) if span.end - span.start <= 2 * LABEL_LENGTH else span.text[:2 * LABEL_LENGTH]
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return shortened(text)


def shortened(text: str) -> str:
    """A label of at most so many characters."""
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1].rstrip() + "…"


def leaf_label(rule: Rule, node: Name | Call, scope: Scope, values: Mapping[str, Expression]) -> str:
    """The text as written; with values where it names parameters of a definition or an index with a value."""
    if not isinstance(node, Call) or not (scope.bindings or scope.numbers.keys() - {"n"}):
        return label_of(node.span)
    names = {name.name for argument in node.arguments for name in names_in(argument.value)}
    if not any(name in scope.bindings or (name in scope.numbers and name != "n") for name in names):
        return label_of(node.span)
    shown = []
    for argument, parameter in zip(node.arguments, _parameters(rule, node), strict=True):
        value = values.get(parameter)
        text = label_of(argument.value.span) if value is None or not is_readable(value) else in_words(value)
        shown.append(text if argument.keyword is None else f"{argument.keyword}={text}")
    return shortened(f"{node.name}({', '.join(shown)})")


def _parameters(rule: Rule, node: Call) -> list[str]:
    """The parameter each argument is for ("" for a trait)."""
    free = [name for name in rule.parameters if all(name != argument.keyword for argument in node.arguments)]
    found = []
    for argument in node.arguments:
        trait = rule.accepts_traits and isinstance(argument.value, Name) and argument.value.name in TRAITS
        found.append(argument.keyword or ("" if trait else free.pop(0)))
    return found


def _closing(text: str) -> int:
    """Where the parenthesis that opens the text is closed; −1 where it is not."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth:
            return place
    return -1


class LeafMaker:
    """Binds components. `values` holds the symbols set by the user; fresh symbols are numbered per stem."""

    def __init__(
        self, facts: Facts, values: Mapping[str, Expression], single: frozenset[str], taken: frozenset[str]
    ) -> None:
        self._facts = facts
        self._functions = UnitFunctions(facts, taken)
        self._values = values
        self._single = single
        self._fresh: dict[tuple[object, ...], str] = {}
        self._alike = AlikeLeaves(facts)
        self._of_positive: dict[int, bool] = {}
        """Parameters, by identity, and whether their domain holds at every positive value."""
        self._last_inner: tuple[Scope, Expression, Expression, Scope] | None = None
        self.stems: dict[str, int] = {}

    def make(
        self, rule: Rule, node: Name | Call, scope: Scope, width: Expression, identity: tuple[int, bool],
        place: tuple[object, ...],
    ) -> Leaf:
        """The leaf for `node` on an input of the given width; `place` names the vector it looks at.

        Raises ArgumentError, UnknownNameError, DomainError and what formulas raise.
        """
        rule, node = chosen_variant(rule, node)
        written, traits = assign_arguments(rule, node)
        known = self._alike.find(rule, written, width)
        if known is not None:
            leaf = self._make_alike(known, node, scope, identity, place, written)
            if known.jacobian.means is not None and not holds_closed(leaf.arguments):
                known = None
        if known is None:
            leaf = self._make_new(rule, node, scope, width, identity, place, written, traits)
        if known is None:
            self._alike.keep(leaf, written)
        return leaf

    def _make_alike(
        self, known: Leaf, node: Name | Call, scope: Scope, identity: tuple[int, bool], place: tuple[object, ...],
        written: Mapping[str, Node],
    ) -> Leaf:
        """A leaf that differs from a known one in the values of its arguments: only these are looked at."""
        rule = known.rule
        inner = self._inner(scope, known)
        values = dict(known.arguments)
        for name, argument in written.items():
            value = self.value(rule, rule.parameters[name], argument, inner, values, place)
            assert value is not None
            values[name] = value
        self.check_domains(rule, values, written, node, written)
        return Leaf(rule, values, known.given, known.jacobian, known.traits, known.rows, known.columns, identity[0],
                    identity[1], leaf_label(rule, node, scope, values), node.span)

    def _inner(self, scope: Scope, leaf: Leaf) -> Scope:
        """The scope of the arguments of a leaf; in a chain it is the same again and again."""
        known = self._last_inner
        if known is None or known[0] is not scope or known[1] is not leaf.columns or known[2] is not leaf.rows:
            widths = {"fan_in": leaf.columns, "fan_out": leaf.rows}
            known = self._last_inner = scope, leaf.columns, leaf.rows, scope.with_numbers(widths)
        return known[3]

    def _make_new(
        self, rule: Rule, node: Name | Call, scope: Scope, width: Expression, identity: tuple[int, bool],
        place: tuple[object, ...], written: Mapping[str, Node], traits: list[str],
    ) -> Leaf:
        ignored = [parameter for name, parameter in rule.parameters.items() if name in written and parameter.ignored]
        for parameter in ignored:
            self._facts.assume("note", parameter.ignored or "", f"`{parameter.name}` of `{rule.name}`")
        inner = scope.with_numbers({"fan_in": width})
        values: dict[str, Expression] = {}
        absent: set[str] = set()
        width_names = parameters_behind(rule, [rule.width])
        ordered = sorted(rule.parameters.values(), key=lambda parameter: parameter.name not in width_names)
        fan_out: Expression | None = None
        for parameter in ordered:
            if fan_out is None and parameter.name not in width_names:
                fan_out = to_expression(rule.width, {"fan_in": width, **values}, free=False)
                inner = scope.with_numbers({"fan_in": width, "fan_out": fan_out})
            value = self.value(rule, parameter, written.get(parameter.name), inner, values, place)
            if parameter.ignored:
                absent |= {parameter.name} if value is not None and value.is_zero else set()
            elif value is not None:
                values[parameter.name] = value
        if fan_out is None:
            fan_out = to_expression(rule.width, {"fan_in": width, **values}, free=False)
        if not isinstance(rule.width, Name):
            self._facts.require_width(fan_out, node.span, f"the output width of `{rule.name}`")
        values["fan_in"], values["fan_out"] = width, fan_out
        self.check_domains(rule, values, written, node, rule.parameters)
        jacobian = variant(rule, written)
        self.note_rule(rule)
        if jacobian.of_function:
            jacobian = self._functions.bound(rule, jacobian, values, written, inner, node.span)
        if jacobian.opaque:
            self._add_opaque_symbols(values, written)
        granted = frozenset(traits) | {
            trait for trait, condition in jacobian.traits.items()
            if condition is None or self._facts.holds(condition, values)
        }
        return Leaf(rule=rule, arguments=values, given=frozenset(written) - absent, jacobian=jacobian, traits=granted,
                    rows=fan_out, columns=width, identity=identity[0], shared=identity[1],
                    label=leaf_label(rule, node, scope, values), span=node.span)

    def note_rule(self, rule: Rule) -> None:
        """Note the premises, constants and meanings of symbols that a rule brings along."""
        self._facts.premises.update(premise.name for premise in rule.premises)
        for name, node_of_value in rule.constants.items():
            if name not in self._values:
                self._facts.constants[name] = to_expression(node_of_value, {}, free=False)
        for name, meaning in rule.symbols.items():
            self._facts.meanings.setdefault(name, meaning)

    def value(
        self, rule: Rule, parameter: Parameter, node: Node | None, inner: Scope,
        known: Mapping[str, Expression], place: tuple[object, ...],
    ) -> Expression | None:
        """What a parameter stands for: as written, a fresh symbol, or its default; None where there is nothing."""
        if parameter.of_x:
            return None
        if node is not None:
            if parameter.label:
                if not isinstance(node, Name):
                    raise ArgumentError(f"`{parameter.name}` of `{rule.name}` is a name", node.span,
                                        f"write `{rule.name}(F)`")
                return symbol(node.name)
            value = formula(node, inner)
            if parameter.whole:
                self._facts.require_whole(value, node.span, f"`{parameter.name}` of `{rule.name}`",
                                          f"`{parameter.name}` is the {parameter.meaning}; {usage(rule)}")
            return value
        if parameter.fresh is not None:
            return self._fresh_symbol(parameter.fresh, (*place, rule.name, parameter.name), parameter.meaning)
        if parameter.default is None:
            return None
        numbers = {**known, "fan_in": inner.numbers["fan_in"]}
        if "fan_out" in inner.numbers:
            numbers["fan_out"] = inner.numbers["fan_out"]
        defaults = {name: self._values.get(name, symbol(name)) for name in rule.symbols}
        return to_expression(parameter.default, {**defaults, **numbers}, free=False)

    def _fresh_symbol(self, stem: str, place: tuple[object, ...], meaning: str) -> Expression:
        """One symbol for an unknown of one vector: the same vector has the same statistics."""
        name = self._fresh.get((stem, *place))
        if name is None:
            self.stems[stem] = self.stems.get(stem, 0) + 1
            name = stem if stem in self._single else f"{stem}{self.stems[stem]}"
            self._fresh[(stem, *place)] = name
            self._facts.meanings.setdefault(name, meaning)
        return self._values.get(name, symbol(name))

    def check_domains(
        self, rule: Rule, values: Mapping[str, Expression], written: Mapping[str, Node], node: Name | Call,
        names: Iterable[str],
    ) -> None:
        """Check the named parameters against their domains. Raises DomainError."""
        for name in names:
            parameter = rule.parameters[name]
            if parameter.domain is None or name not in values:
                continue
            if self._holds_if_positive(parameter) and is_manifestly_positive(values[name]):
                continue
            span = written[name].span if name in written else node.span
            self._facts.require(parameter.domain, values, span, f"`{name}` of `{rule.name}`", parameter.outside)

    def _holds_if_positive(self, parameter: Parameter) -> bool:
        """Whether the domain holds at every positive value, whatever the other parameters are."""
        known = self._of_positive.get(id(parameter))
        if known is None:
            assert parameter.domain is not None
            alone = {name.name for name in names_in(parameter.domain)} == {parameter.name}
            known = alone and self._facts.holds(parameter.domain, {parameter.name: symbol(_ANY)})
            self._of_positive[id(parameter)] = known
        return known

    def _add_opaque_symbols(self, values: dict[str, Expression], written: Mapping[str, Node]) -> None:
        label = next(node.name for node in written.values() if isinstance(node, Name))
        names = {1: f"phi_{label}", 2: f"variance_{label}"}
        names |= {order: f"moment{order}_{label}" for order in range(3, OPAQUE_ORDERS + 1)}
        self._facts.meanings.setdefault(names[1], f"first moment of {label}")
        self._facts.meanings.setdefault(names[2], f"variance of the spectrum of {label}")
        for order, name in names.items():
            values[f"moment {order}"] = self._values.get(name, symbol(name))


def parameters_behind(rule: Rule, formulas: Iterable[Node]) -> set[str]:
    """The parameters that formulas rest on, directly or through their defaults."""
    needed: set[str] = set()
    waiting = list(formulas)
    while waiting:
        for name in names_in(waiting.pop()):
            parameter = rule.parameters.get(name.name)
            if parameter is not None and name.name not in needed:
                needed.add(name.name)
                if parameter.default is not None:
                    waiting.append(parameter.default)
    return needed


def variant(rule: Rule, written: Mapping[str, Node]) -> Jacobian:
    """The Jacobian for the arguments that are given."""
    for name, jacobian in rule.given.items():
        if name in written:
            return jacobian
    return rule.jacobian

