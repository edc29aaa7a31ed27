"""From a program to its network: definitions expanded, components bound, every width inferred and checked."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from freeblock.errors import (
    ArgumentError,
    DomainError,
    FreeblockError,
    LanguageError,
    ShapeError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.expression import ONE, ZERO, Expression, multiply_out, number, symbol, total
from freeblock.formula.order import Fact
from freeblock.formula.traversal import substitute, symbols
from freeblock.language import nodes as syntax
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.walk import run
from freeblock.network.facts import Facts
from freeblock.network.identity import identity
from freeblock.network.indices import Indices
from freeblock.network.leaves import LeafMaker, label_of, misplaced
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.program import RESERVED, Definitions, read_definitions
from freeblock.network.renormalizing import renormalizing
from freeblock.network.scope import Binding, Scope, formula
from freeblock.network.size import MAX_LEAVES, MAX_UNROLLED, check_size, too_many
from freeblock.network.wording import in_words
from freeblock.rules.catalogue import Catalogue
from freeblock.rules.rule import Rule
from freeblock.source import Span

Resolved = tuple[Block, "Vector"]
Steps = Generator[Any, Any, Resolved]


@dataclass(frozen=True, slots=True)
class Vector:
    """The vector at one place: its width, and a key that tells one vector from another."""

    width: Expression
    key: int
    normalized: bool = False


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
        self._catalogue = catalogue
        self._values = dict(values)
        self._facts = Facts()
        self.leaves = LeafMaker(self._facts, self._values, single)
        self._count = 0
        self._identity = 0
        self._key = 0
        self._indices = Indices(definitions.statements, definitions.symbol_names)
        self._sharing: list[tuple[str, int]] = []
        self._shared: dict[tuple[str, int], int] = {}
        self._shared_width: dict[str, Expression] = {}
        self._repeated = 0

    def network(self) -> Network:
        """Resolve the chosen block."""
        chosen = self._definitions
        base = Scope(dict(self._values), guard=self._guard(len(chosen.statements)))
        width = self._input_width(base)
        base = base.with_numbers({"n": width})
        for statement in chosen.statements:
            if isinstance(statement, syntax.Assume):
                self._assume(statement.relation, base)
        base = base.with_numbers(self._values)
        block, _ = run(self._block(chosen.target, base, Vector(width, 0)))
        stated: tuple[Fact, ...] = tuple(self._facts.stated)
        mentioned = chosen.symbol_names | self._facts.meanings.keys() | {"n"}
        return Network(block, width, stated, frozenset(self._facts.whole),
                       tuple(self._facts.assumptions.values()), self._facts.meanings, chosen.name,
                       frozenset(mentioned), self._facts.constants, frozenset(self._facts.premises))

    def _assume(self, relation: syntax.Relation, base: Scope) -> None:
        """An inequality is a fact; an equality gives a symbol its value."""
        for part in relation.parts:
            self._formula(part, base.with_numbers(self._values))
        if relation.operators != ("=",):
            self._facts.state(relation, base.with_numbers(self._values))
            return
        first, second = relation.parts
        name, other = (first, second) if isinstance(first, syntax.Name) else (second, first)
        if not isinstance(name, syntax.Name) or name.name in RESERVED or name.name in self._values:
            raise DomainError("an equality gives a value to a symbol that has none", relation.span,
                              "write `assume m = 2*n`, with the symbol on one side")
        value = self._formula(other, base.with_numbers(self._values))
        if name.name in symbols(value):
            raise DomainError(f"`{name.name}` is given a value in terms of itself", relation.span)
        self._values[name.name] = value

    def _input_width(self, base: Scope) -> Expression:
        statement = self._definitions.input
        if statement is None:
            width = self._values.get("n", symbol("n"))
            if "n" in self._values:
                self._facts.require_width(width, None, "`n`, the number of input coordinates,")
            self._facts.whole |= symbols(width)
            return width
        if len(statement.shape) != 1:
            raise ShapeError("images are not known here, only vectors", statement.span,
                             "write the number of coordinates: `input 3072`")
        if "n" in self._values:
            raise ShapeError("`n` is set, but the text says `input`", statement.span,
                             "remove the `input` line or do not set n")
        shape = statement.shape[0]
        for name in names_in(shape):
            if name.name == "n":
                raise DomainError("`n` is the input width, which is said here", name.span, "write `input m`")
        width = formula(shape, base)
        self._facts.require_width(width, shape.span, "the input width")
        return width

    def _guard(self, before: int) -> Any:
        """A name that is a block has no value as a number."""
        def check(name: str) -> None:
            if name in ("fan_in", "fan_out"):
                raise LanguageError(f"`{name}` has no value here", hint="it is a width of the component in whose "
                                    "arguments it stands")
            if self._definitions.find(name, before) is not None or self._catalogue.find(name) is not None:
                raise LanguageError(f"`{name}` is a block, and a number is expected here")
        return check

    def _formula(self, node: syntax.Node, scope: Scope) -> Expression:
        return formula(node, scope)

    def _block(self, node: syntax.Node, scope: Scope, vector: Vector) -> Steps:
        if isinstance(node, syntax.Name):
            return (yield self._named(node, scope, vector))
        if isinstance(node, syntax.Call):
            return (yield self._called(node, scope, vector))
        if isinstance(node, syntax.Chain):
            if node.operator == ">>":
                return (yield self._serial(node, scope, vector))
            return (yield self._parallel(node, scope, vector))
        if isinstance(node, syntax.Product):
            return (yield self._scaled(node, scope, vector))
        if isinstance(node, syntax.Power):
            return (yield self._repeated_block(node, scope, vector))
        if isinstance(node, syntax.Indexed):
            return (yield self._indexed(node, scope, vector))
        raise _no_block(node)

    def _named(self, node: syntax.Name, scope: Scope, vector: Vector) -> Steps:
        binding = scope.bindings.get(node.name)
        if binding is not None:
            binding.claim("block", node.name)
            return (yield self._block(binding.node, binding.scope, vector))
        if node.name in scope.indices or node.name in scope.numbers:
            raise LanguageError(f"`{node.name}` is a number, and a block is expected here", node.span,
                                f"to scale the identity write `{node.name} * id`")
        found = self._find(node, scope)
        if isinstance(found, Rule):
            return self._leaf(found, node, scope, vector)
        if isinstance(found, syntax.Let):
            return (yield self._let(found, node, vector))
        if found.parameters:
            raise ArgumentError(
                f"`{node.name}` needs {_plural(len(found.parameters), 'argument')}", node.span,
                f"write `{node.name}({', '.join(found.parameters)})`")
        return (yield self._block(found.body, self._global_scope(found), vector))

    def _called(self, node: syntax.Call, scope: Scope, vector: Vector) -> Steps:
        if node.name in scope.bindings:
            raise ArgumentError(f"`{node.name}` is a parameter and takes no arguments", node.name_span)
        found = self._find(node, scope)
        if isinstance(found, Rule):
            return self._leaf(found, node, scope, vector)
        if isinstance(found, syntax.Let) or not found.parameters:
            raise ArgumentError(f"`{node.name}` takes no arguments", node.span, f"write `{node.name}`")
        bound = _bind(found, node, scope)
        return (yield self._block(found.body, self._global_scope(found, bound), vector))

    def _find(self, node: syntax.Name | syntax.Call, scope: Scope) -> Rule | syntax.Let | syntax.Definition:
        span = node.span if isinstance(node, syntax.Name) else node.name_span
        before = self._definitions.place_of(node.span)
        found = self._definitions.find(node.name, before)
        if found is not None:
            return found
        rule = self._catalogue.find(node.name)
        if rule is not None:
            return rule
        close = did_you_mean(node.name, [*self._definitions.names(before), *scope.bindings])
        hint = f"did you mean `{close}`?" if close else self._catalogue.suggest(node.name)
        raise UnknownNameError(f"no block is called `{node.name}`", span, hint or "see `freeblock library`")

    def _global_scope(self, owner: syntax.Definition, bound: Mapping[str, Binding] | None = None) -> Scope:
        numbers = {**self._values, "n": self._n()}
        return Scope(numbers, bound or {}, guard=self._guard(self._definitions.place_of(owner.span)))

    def _n(self) -> Expression:
        statement = self._definitions.input
        if statement is None:
            return self._values.get("n", symbol("n"))
        return to_expression(statement.shape[0], dict(self._values), free=True)

    def _leaf(self, rule: Rule, node: syntax.Name | syntax.Call, scope: Scope, vector: Vector) -> Resolved:
        self._count += 1
        if self._count > MAX_LEAVES:
            raise too_many(node.span)
        try:
            leaf = self.leaves.make(rule, node, scope, vector.width, self._next_identity(), (vector.key,))
        except FreeblockError as error:
            if error.span is None:
                error.span = node.span
            raise
        if self._repeated and any(rule.parameters[name].fresh and name not in leaf.given for name in rule.parameters):
            self._facts.assume("equal-copies", "every copy sees the same statistics", f"`{leaf.label}` under a repeat")
        statistics = rule.depends_on == "statistics"
        if statistics and vector.normalized:
            leaf = replace(leaf, renormalizes=True)
        normalized = statistics or (rule.depends_on == "nothing" and vector.normalized)
        return leaf, Vector(leaf.rows, self._next_key(), normalized)

    def _next_identity(self) -> tuple[int, bool]:
        if self._sharing:
            name, ordinal = self._sharing[-1]
            self._sharing[-1] = (name, ordinal + 1)
            known = self._shared.get((name, ordinal))
            if known is None:
                self._identity += 1
                known = self._shared[(name, ordinal)] = self._identity
            return known, True
        self._identity += 1
        return self._identity, False

    def _next_key(self) -> int:
        self._key += 1
        return self._key

    def _let(self, found: syntax.Let, node: syntax.Name, vector: Vector) -> Steps:
        known = self._shared_width.setdefault(found.name, vector.width)
        if known != vector.width:
            raise ShapeError(
                f"`{found.name}` is one random object on {in_words(known)} inputs; "
                f"here it gets {in_words(vector.width)}", node.span,
                f"write `{found.name} = …` without `let` for fresh weights at each use")
        self._sharing.append((found.name, 0))
        scope = Scope({**self._values, "n": self._n()}, guard=self._guard(self._definitions.place_of(found.span)))
        result: Resolved = yield self._block(found.body, scope, vector)
        self._sharing.pop()
        return result

    def _serial(self, node: syntax.Chain, scope: Scope, vector: Vector) -> Steps:
        parts = []
        start = vector
        for part in node.parts:
            block, vector = yield self._block(part, scope, vector)
            parts.append(block)
        return Serial(tuple(parts), vector.width, start.width, label_of(node.span), node.span), vector

    def _parallel(self, node: syntax.Chain, scope: Scope, vector: Vector) -> Steps:
        parts = []
        for part in node.parts:
            if isinstance(part, syntax.Negate):
                raise LanguageError("blocks are added, not subtracted", part.span,
                                    f"write `+ (-1) * {_shown(part.operand)}`")
            parts.append((yield self._block(part, scope, vector))[0])
        return self._joined("sum" if node.operator == "+" else "stack", parts, node.span, vector)

    def _joined(self, kind: str, parts: list[Block], span: Span, vector: Vector) -> Resolved:
        label = label_of(span)
        if kind == "stack":
            rows = total(part.rows for part in parts)
            return Stack(tuple(parts), rows, vector.width, label, span), Vector(rows, self._next_key())
        first = parts[0]
        for part in parts[1:]:
            if not _same_width(first.rows, part.rows):
                raise ShapeError(
                    f"the branches of a sum must have equal widths: `{first.label}` gives {in_words(first.rows)}, "
                    f"`{part.label}` gives {in_words(part.rows)}", part.span,
                    "use `|` to stack outputs, or give the branches the same width")
        return Sum(tuple(parts), first.rows, vector.width, label, span), Vector(first.rows, self._next_key())

    def _scaled(self, node: syntax.Product, scope: Scope, vector: Vector) -> Steps:
        *factors, last = node.parts
        if isinstance(last, (syntax.Reciprocal, syntax.Number)):
            value = last.operand if isinstance(last, syntax.Reciprocal) else last
            scale = f"(1/{_shown(value)})" if isinstance(last, syntax.Reciprocal) else _shown(value)
            rest = _shown(factors[0]) if len(factors) == 1 else f"({' * '.join(_shown(part) for part in factors)})"
            raise LanguageError("the factor stands before the block", last.span, f"write `{scale} * {rest}`")
        front = factors[0] if len(factors) == 1 else syntax.Product(
            tuple(factors), factors[0].span.to(factors[-1].span))
        factor = self._formula(front, scope)
        block, after = yield self._block(last, scope, vector)
        return Scale(factor, block, block.rows, block.columns, label_of(node.span), node.span), after

    def _repeated_block(self, node: syntax.Power, scope: Scope, vector: Vector) -> Steps:
        count = self._formula(node.exponent, scope)
        if count.is_zero:
            return identity(vector.width, node.span), vector
        self._check_count(count, node.exponent.span)
        self._repeated += 1
        block, after = yield self._block(node.base, scope, vector)
        if after.normalized and not vector.normalized and not count.is_one:
            block = renormalizing(block)  # from the second copy on
        self._repeated -= 1
        if _same_width(block.rows, block.columns):
            return Repeat(block, count, block.rows, block.columns, label_of(node.span), node.span), after
        index = self._unused_index(scope)
        return (yield self._series("serial", index, ONE, count, node.base, node.span, scope, vector))

    def _check_count(self, count: Expression, span: Span) -> None:
        value = count.number()
        if value is not None and (type(value) is not int or value < 0):
            raise DomainError(f"a block is repeated a whole number of times, not {in_words(count)}", span)
        if value is None:
            self._facts.require_whole(count, span, "the number of copies")

    def _unused_index(self, scope: Scope) -> str:
        taken = self._definitions.symbol_names | scope.numbers.keys() | scope.bindings.keys()
        return next(name for name in ("l", "i", "j", "index_l") if name not in taken or name == "index_l")

    def _indexed(self, node: syntax.Indexed, scope: Scope, vector: Vector) -> Steps:
        if node.index in RESERVED:
            raise ArgumentError(f"`{node.index}` has a fixed meaning and is no index", node.index_span,
                                "choose another name")
        lower, upper = self._bound(node.lower, scope), self._bound(node.upper, scope)
        return (yield self._series(node.kind, node.index, lower, upper, node.body, node.span, scope, vector))

    def _bound(self, node: syntax.Node, scope: Scope) -> Expression:
        """A bound of an index, which is a whole number."""
        value = self._formula(node, scope)
        known = value.number()
        if known is None:
            self._facts.require_whole(value, node.span, "a bound of an index")
        elif type(known) is not int:
            raise DomainError(f"the bounds of an index are whole numbers, not {in_words(value)}", node.span)
        return value

    def _series(
        self, kind: Any, index: str, lower: Expression, upper: Expression, body: syntax.Node, span: Span,
        scope: Scope, vector: Vector,
    ) -> Steps:
        first, last = lower.number(), upper.number()
        length = (upper - lower + ONE).number()
        if length is not None and length <= 0:
            if kind == "serial":
                return identity(vector.width, span), vector
            raise DomainError(f"an empty {kind} has no value", span, "the upper bound is below the lower one")
        if isinstance(first, int) and isinstance(last, int) and last - first < MAX_UNROLLED:
            return (yield self._unrolled(kind, index, range(first, last + 1), body, span, scope, vector))
        return (yield self._symbolic(kind, index, lower, upper, body, span, scope, vector))

    def _unrolled(
        self, kind: str, index: str, steps: range, body: syntax.Node, span: Span, scope: Scope, vector: Vector
    ) -> Steps:
        """One copy per index; the same place in each copy shares its unknown statistics."""
        parts: list[Block] = []
        here = vector
        key = self._key
        self._repeated += 1
        for step in steps:
            self._key = key
            inner = scope.with_index(index, number(step), symbol(index))
            block, after = yield self._block(body, inner, Vector(here.width, vector.key, here.normalized))
            parts.append(block)
            if kind == "serial":
                here = after
        self._repeated -= 1
        if kind == "serial":
            return Serial(tuple(parts), here.width, vector.width, label_of(span), span), \
                Vector(here.width, self._next_key())
        return self._joined(kind, parts, span, vector)

    def _symbolic(
        self, kind: Any, index: str, lower: Expression, upper: Expression, body: syntax.Node, span: Span,
        scope: Scope, vector: Vector,
    ) -> Steps:
        first = lower.number()
        # Symbols stand for positive numbers: an index that starts lower is one that starts at 1, moved.
        shift = lower - ONE if isinstance(first, int) and first < 1 else ZERO
        lower, upper = lower - shift, upper - shift
        written, index = index, self._indices.name(index, lower)
        inner = scope.with_index(written, None, symbol(index) + shift)
        self._facts.stated.append(Fact(symbol(index) - lower, strict=False))
        self._repeated += 1
        block, _ = yield self._block(body, inner, vector)
        rows = block.rows
        if kind == "serial" and not _same_width(block.rows, block.columns):
            growth = multiply_out(block.rows - block.columns)
            if symbols(growth) & (symbols(vector.width) | {index}):
                raise ShapeError(
                    f"the copies do not fit together: `{block.label}` maps {in_words(block.columns)} to "
                    f"{in_words(block.rows)}", span, "a repeated block keeps its width or grows by a constant")
            width = multiply_out(vector.width + (symbol(index) - lower) * growth)
            self._facts.stated.append(Fact(width, strict=True))
            block, _ = yield self._block(body, inner, Vector(width, vector.key))
            rows = substitute(block.rows, {index: upper})
        elif index in symbols(rows):
            raise ShapeError(f"the width of `{block.label}` depends on the index `{written}`", span,
                             "give the index numeric bounds, at most 1000 copies")
        self._repeated -= 1
        if kind == "stack":
            rows = rows * (upper - lower + ONE)
        result = Indexed(kind, index, lower, upper, block, rows, vector.width, label_of(span), span)
        return result, Vector(rows, self._next_key())


def _same_width(first: Expression, second: Expression) -> bool:
    return first == second or multiply_out(first - second) == ZERO


def _shown(node: syntax.Node) -> str:
    text = label_of(node.span)
    return f"({text})" if isinstance(node, syntax.Chain) and not text.startswith("(") else text


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _no_block(node: syntax.Node) -> LanguageError:
    shown = label_of(node.span)
    if isinstance(node, syntax.Negate):
        return LanguageError("a block has no sign", node.span, f"write `(-1) * {_shown(node.operand)}`")
    return LanguageError("a number stands where a block is expected", node.span,
                         f"`{shown} * id` scales the identity")


def _bind(definition: syntax.Definition, call: syntax.Call, scope: Scope) -> dict[str, Binding]:
    """Arguments of a definition, by position or keyword, each with the scope it was written in."""
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
                raise ArgumentError(f"`{definition.name}` takes {_plural(len(parameters), 'argument')}",
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
