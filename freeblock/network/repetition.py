"""Blocks that are repeated: a power, and chains, sums and stacks over an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from freeblock.errors import ArgumentError, DomainError, LanguageError, ShapeError
from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol
from freeblock.formula.order import Fact
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute, symbols
from freeblock.language import nodes as syntax
from freeblock.language.walk import Pass, Step
from freeblock.network.branches import join_branches, same_width
from freeblock.network.facts import Facts
from freeblock.network.identity import identity
from freeblock.network.indices import Indices
from freeblock.network.leaves import label_of
from freeblock.network.nodes import Block, Indexed, Repeat, Serial
from freeblock.network.numbering import Numbering
from freeblock.network.program import RESERVED, Definitions
from freeblock.network.renormalizing import renormalizing
from freeblock.network.scope import Scope, formula
from freeblock.network.shapes import grown_image, joined_shape, keeps_shape
from freeblock.network.size import MAX_UNROLLED
from freeblock.network.vector import Resolved, Vector
from freeblock.network.wording import in_words
from freeblock.source import Span

Kind = Literal["serial", "sum", "stack"]


class Repetition:
    """Resolves block^L and indexed forms; `block` resolves what is repeated."""

    def __init__(
        self, block: Callable[[syntax.Node, Scope, Vector], Step[Resolved]], definitions: Definitions, facts: Facts,
        numbering: Numbering,
    ) -> None:
        self._block = block
        self._facts = facts
        self._numbering = numbering
        self._taken = definitions.symbol_names
        self._indices = Indices(definitions.statements, definitions.symbol_names)

    def power(self, node: syntax.Power, scope: Scope, vector: Vector) -> Pass[Resolved]:
        """block^count: equal copies, or growing ones where the block changes the width."""
        count = formula(node.exponent, scope)
        if count.is_zero:
            return identity(vector.width, node.span), vector
        self._check_count(count, node.exponent.span)
        self._numbering.repeated += 1
        block, after = yield self._block(node.base, scope, vector)
        if not count.is_one:
            block = _in_series(block, vector, after)
        self._numbering.repeated -= 1
        if same_width(block.rows, block.columns) and keeps_shape(vector, after):
            return Repeat(block, count, block.rows, block.columns, label_of(node.span), node.span), after
        index = self._unused_index(scope)
        return (yield self._series("serial", index, ONE, count, node.base, node.span, scope, vector))

    def indexed(self, node: syntax.Indexed, scope: Scope, vector: Vector) -> Pass[Resolved]:
        """A chain, sum or stack over an index."""
        if node.index in RESERVED:
            raise ArgumentError(f"`{node.index}` has a fixed meaning and is no index", node.index_span,
                                "choose another name")
        if node.kind == "product":
            raise LanguageError("`product` multiplies numbers, not blocks", node.span,
                                "blocks one after the other are `serial[l=1..L](block)`")
        lower, upper = self._bound(node.lower, scope), self._bound(node.upper, scope)
        return (yield self._series(node.kind, node.index, lower, upper, node.body, node.span, scope, vector))

    def _check_count(self, count: Expression, span: Span) -> None:
        value = count.number()
        if value is not None and (type(value) is not int or value < 0):
            raise DomainError(f"a block is repeated a whole number of times, not {in_words(count)}", span,
                              "write `block^3`, or `block^L` with a symbol; `c * block` scales it")
        if value is None:
            self._facts.require_whole(count, span, "the number of copies")

    def _unused_index(self, scope: Scope) -> str:
        taken = self._taken | scope.numbers.keys() | scope.bindings.keys()
        return next(name for name in ("l", "i", "j", "index_l") if name not in taken or name == "index_l")

    def _bound(self, node: syntax.Node, scope: Scope) -> Expression:
        """A bound of an index, which is a whole number."""
        value = formula(node, scope)
        known = value.number()
        if known is None:
            self._facts.require_whole(value, node.span, "a bound of an index")
        elif type(known) is not int:
            raise DomainError(f"the bounds of an index are whole numbers, not {in_words(value)}", node.span,
                              "write `l=1..5`, or `l=1..L` with a symbol")
        return value

    def _series(
        self, kind: Kind, index: str, lower: Expression, upper: Expression, body: syntax.Node, span: Span,
        scope: Scope, vector: Vector,
    ) -> Pass[Resolved]:
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
        self, kind: Kind, index: str, steps: range, body: syntax.Node, span: Span, scope: Scope,
        vector: Vector,
    ) -> Pass[Resolved]:
        """One copy per index; the same place in each copy shares its unknown statistics."""
        parts: list[Block] = []
        outputs: list[Vector] = []
        here = vector
        key = self._numbering.vector
        self._numbering.repeated += 1
        for step in steps:
            self._numbering.vector = key
            inner = scope.with_index(index, number(step), symbol(index))
            block, after = yield self._block(body, inner, replace(here, key=vector.key))
            parts.append(block)
            outputs.append(after)
            if kind == "serial":
                here = after
        self._numbering.repeated -= 1
        if kind == "serial":
            return Serial(tuple(parts), here.width, vector.width, label_of(span), span), \
                replace(here, key=self._numbering.next_vector())
        image, flat = joined_shape(kind, parts, outputs, span)
        joined = join_branches(kind, parts, vector.width, span)
        return joined, Vector(joined.rows, self._numbering.next_vector(), len(parts) == 1 and after.normalized,
                              image, flat)

    def _symbolic(
        self, kind: Kind, index: str, lower: Expression, upper: Expression, body: syntax.Node, span: Span,
        scope: Scope, vector: Vector,
    ) -> Pass[Resolved]:
        self._facts.require_at_least(upper, lower - ONE if kind == "serial" else lower, label_of(span))
        first = lower.number()
        # Symbols stand for positive numbers: an index that starts lower is one that starts at 1, moved.
        shift = lower - ONE if isinstance(first, int) and first < 1 else ZERO
        lower, upper = lower - shift, upper - shift
        written, index = index, self._indices.name(index, lower)
        inner = scope.with_index(written, None, symbol(index) + shift)
        self._facts.stated += [Fact(symbol(index) - lower, strict=False), Fact(upper - symbol(index), strict=False)]
        self._numbering.repeated += 1
        block, after = yield self._block(body, inner, vector)
        rows = block.rows
        if kind == "serial" and not (same_width(block.rows, block.columns) and keeps_shape(vector, after)):
            grown = grown_image(vector, after, symbol(index) - lower, span)
            growth = multiply_out(block.rows - block.columns)
            if symbols(growth) & (symbols(vector.width) | {index}):
                raise ShapeError(
                    f"the copies do not fit together: `{block.label}` maps {in_words(block.columns)} to "
                    f"{in_words(block.rows)}", span, "a repeated block keeps its width or grows by a constant")
            width = multiply_out(vector.width + (symbol(index) - lower) * growth)
            self._facts.stated.append(Fact(width, strict=True))
            entered = replace(vector, width=width, image=grown)
            block, after = yield self._block(body, inner, entered)
            rows = substitute(block.rows, {index: upper})
            after = replace(after, image=after.image and after.image.with_index(index, upper))
        elif index in symbols(rows):
            raise ShapeError(f"the width of `{block.label}` depends on the index `{written}`", span,
                             "give the index numeric bounds, at most 1000 copies")
        self._numbering.repeated -= 1
        if kind == "serial":
            block = _in_series(block, vector, after)
        if kind == "stack":
            rows = rows * (upper - lower + ONE)
        result = Indexed(kind, index, lower, upper, block, rows, vector.width, label_of(span), span)
        image = after.image
        if kind == "stack" and image is not None:
            image = image.with_channels(image.channels * (upper - lower + ONE))
        return result, Vector(rows, self._numbering.next_vector(), kind == "serial" and after.normalized, image,
                              after.flat)


def _in_series(block: Block, before: Vector, after: Vector) -> Block:
    """The copies of a block in series: from the second one on, what normalises meets what the copy before put out."""
    return renormalizing(block) if after.normalized and not before.normalized else block
