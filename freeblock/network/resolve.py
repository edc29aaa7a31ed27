"""From a program to its network: the input width, what is assumed, and the resolved block."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.errors import DomainError, ShapeError
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.order import Fact
from freeblock.formula.traversal import symbols
from freeblock.language import nodes as syntax
from freeblock.language.formulas import names_in
from freeblock.language.walk import run
from freeblock.network.block_resolver import BlockResolver
from freeblock.network.facts import Facts
from freeblock.network.global_scope import GlobalScope
from freeblock.network.image import Image
from freeblock.network.leaves import LeafMaker
from freeblock.network.network import Network
from freeblock.network.program import RESERVED, Definitions, read_definitions
from freeblock.network.scope import Scope, formula
from freeblock.network.size import check_size
from freeblock.network.vector import Vector
from freeblock.rules.catalogue import Catalogue


def resolve(
    program: syntax.Program, catalogue: Catalogue, *, name: str | None = None,
    values: Mapping[str, Expression] | None = None,
) -> Network:
    """The network of a program's last block, or of the definition `name`, with symbols set to `values`.

    Raises FreeblockError kinds, each with the place of the mistake.
    """
    definitions = read_definitions(program, catalogue, name)
    check_size(definitions)
    resolver = _Resolver(definitions, catalogue, values or {}, frozenset())
    network = resolver.network()
    single = frozenset(stem for stem, count in resolver.leaves.stems.items() if count == 1)
    if single:
        network = _Resolver(definitions, catalogue, values or {}, single).network()
    return network


class _Resolver:
    def __init__(
        self, definitions: Definitions, catalogue: Catalogue, values: Mapping[str, Expression],
        single: frozenset[str],
    ) -> None:
        self._definitions = definitions
        self._values = dict(values)
        self._facts = Facts()
        self._image: Image | None = None
        self.leaves = LeafMaker(self._facts, self._values, single, definitions.symbol_names)
        self._scopes = GlobalScope(definitions, catalogue, self._values)
        self._blocks = BlockResolver(definitions, catalogue, self._scopes, self.leaves, self._facts)

    def network(self) -> Network:
        """Resolve the chosen block."""
        chosen = self._definitions
        base = self._scopes.without_input()
        width = self._input_width(base)
        base = base.with_numbers({"n": width})
        for statement in chosen.statements:
            if isinstance(statement, syntax.Assume):
                self._assume(statement.relation, base)
        base = base.with_numbers(self._values)
        block, after = run(self._blocks.expanded(chosen.target, base, Vector(width, 0, False, self._image)))
        stated: tuple[Fact, ...] = tuple(self._facts.stated)
        mentioned = chosen.symbol_names | self._facts.meanings.keys() | {"n"}
        return Network(block, width, stated, frozenset(self._facts.whole),
                       tuple(self._facts.assumptions.values()), self._facts.meanings, chosen.name,
                       frozenset(mentioned), self._facts.constants, self._facts.errors,
                       frozenset(self._facts.premises), self._image, after.image, self._facts.on_images)

    def _assume(self, relation: syntax.Relation, base: Scope) -> None:
        """An inequality is a fact; an equality gives a symbol its value."""
        for part in relation.parts:
            formula(part, base.with_numbers(self._values))
        if relation.operators != ("=",):
            self._facts.state(relation, base.with_numbers(self._values))
            return
        first, second = relation.parts
        name, other = (first, second) if isinstance(first, syntax.Name) else (second, first)
        if not isinstance(name, syntax.Name) or name.name in RESERVED or name.name in self._values:
            raise DomainError("an equality gives a value to a symbol that has none", relation.span,
                              "write `assume m = 2*n`, with the symbol on one side")
        value = formula(other, base.with_numbers(self._values))
        if name.name in symbols(value):
            raise DomainError(f"`{name.name}` is given a value in terms of itself", relation.span,
                              "an inequality such as `assume x > 1` may be stated, or a value in other symbols")
        self._values[name.name] = value

    def _input_width(self, base: Scope) -> Expression:
        statement = self._definitions.input
        if statement is None:
            width = self._values.get("n", symbol("n"))
            if "n" in self._values:
                self._facts.require_width(width, None, "`n`, the number of input coordinates,")
            self._facts.whole |= symbols(width)
            return width
        if "n" in self._values:
            raise ShapeError("`n` is set, but the text says `input`", statement.span,
                             "remove the `input` line or do not set n")
        for name in [name for part in statement.shape for name in names_in(part)]:
            if name.name == "n":
                raise DomainError("`n` is the input width, which is said here", name.span, "write `input m`")
        if len(statement.shape) == 1:
            width = formula(statement.shape[0], base)
            self._facts.require_width(width, statement.shape[0].span, "the input width")
            return width
        self._image = self._input_image(statement, base)
        return self._image.count

    def _input_image(self, statement: syntax.Input, base: Scope) -> Image:
        """The shape of an image: channels, height and width."""
        if len(statement.shape) != 3:
            raise ShapeError(f"an image has channels, height and width, not {len(statement.shape)} sizes",
                             statement.span, "write `input (3, 32, 32)`, or `input 3072` for a vector")
        sizes = []
        for part, what in zip(statement.shape, ("channels", "height", "width"), strict=True):
            value = formula(part, base)
            self._facts.require_width(value, part.span, f"the {what} of the input")
            sizes.append(value)
        channels, height, width = sizes
        return Image(channels, height, width, "the input", statement.span)
