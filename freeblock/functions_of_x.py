"""The activation that a text means: a component of the library, or a formula in x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from freeblock.activation.given import Activation
from freeblock.activation.on_demand import VARIABLE
from freeblock.activation.reading import mentions_variable, read_function
from freeblock.activation.tree import Tree, Variable, X, children_first, with_values
from freeblock.calculus.forward import unit_of
from freeblock.errors import DomainError, LanguageError, OptionError, UnknownNameError, did_you_mean
from freeblock.formula.expression import Expression
from freeblock.language.formulas import names_in
from freeblock.language.nodes import Call, Chain, Name, Node, Relation
from freeblock.language.parser import parse_formula, parse_program
from freeblock.network.nodes import Leaf
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import Catalogue, load_catalogue
from freeblock.settings import check_values, read_values
from freeblock.source import Source

INLINE = "activation"
"""The component that is given its function in the text."""
LINEAR = "linear"
"""The name of x itself; the component `id` has no function."""


def read_activation(
    text: str, values: Mapping[str, object] | None = None, library: Sequence[Source] = ()
) -> Activation:
    """A component such as `tanh` or `leaky_relu(slope=1/10)`, or a formula in x, with values put in for names.

    Raises FreeblockError kinds.
    """
    chosen = read_values(values)
    if VARIABLE in chosen:
        raise OptionError("`x` is the variable of the activation and has no value", hint="set another name")
    catalogue = load_catalogue(library)
    check_values(chosen, catalogue)
    source = Source("activation", text)
    node = parse_formula(source)
    if isinstance(node, Relation):
        raise LanguageError("a relation is no activation", node.span, "write a formula in x, e.g. `x + x^3/6`")
    _check_used(chosen, node)
    function = _function(node, source, chosen, catalogue)
    if not any(isinstance(part, Variable) for part in children_first(function)):
        raise DomainError("the activation does not depend on x", node.span, "write a formula in x, e.g. `max(0, x)`")
    return Activation(text.strip(), function, node.span)


def _function(node: Node, source: Source, values: Mapping[str, Expression], catalogue: Catalogue) -> Tree:
    if isinstance(node, Name) and node.name == LINEAR:
        return X
    if isinstance(node, Call) and node.name == INLINE:
        return _of_component(node, source, values, catalogue)
    if isinstance(node, Chain) and node.operator in (">>", "|"):
        raise LanguageError("one activation is expected here, not a network", node.span,
                            "write a name such as gelu, or a formula in x")
    if not mentions_variable(node) and isinstance(node, Name | Call):
        if isinstance(node, Name) or catalogue.find(node.name) is not None:
            return _of_component(node, source, values, catalogue)
    block = next((name for name in names_in(node) if catalogue.find(name.name) is not None), None)
    if block is not None:
        raise LanguageError(f"`{block.name}` is a component, and stands where a number is expected", block.span,
                            "choose another letter in the formula")
    return read_function(node, values, free=True, jumps=False)


def _of_component(node: Name | Call, source: Source, values: Mapping[str, Expression], catalogue: Catalogue) -> Tree:
    """The function of a component, with the published values of its constants."""
    if catalogue.find(node.name) is None:
        known = [LINEAR, *catalogue.functions()]
        close = did_you_mean(node.name, known)
        raise UnknownNameError(f"no activation is called `{node.name}`", node.span,
                               f"did you mean `{close}`?" if close else
                               f"write a formula in x, or one of {', '.join(known)}")
    network = resolve(parse_program(source), catalogue, values=values)
    unit = unit_of(network.block) if isinstance(network.block, Leaf) else None
    if unit is None or unit.function is None:
        raise DomainError(f"`{node.name}` is no function of x", node.span,
                          "name an activation, or write a formula in x")
    return with_values(unit.function, network.constants)


def _check_used(values: Mapping[str, Expression], node: Node) -> None:
    """A value for a name that occurs nowhere is a misspelling."""
    words = {name.name for name in names_in(node)}
    for name in values:
        if name not in words:
            close = did_you_mean(name, sorted(words - {VARIABLE}))
            raise UnknownNameError(f"`{name}` does not occur in the activation",
                                   hint=f"did you mean `{close}`?" if close else "set a symbol that occurs there")

