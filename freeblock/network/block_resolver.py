"""A written block on a vector: definitions expanded, components bound, every width inferred and checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from freeblock.errors import ArgumentError, FreeblockError, LanguageError, ShapeError, UnknownNameError, did_you_mean
from freeblock.language import nodes as syntax
from freeblock.language.walk import Pass, Step
from freeblock.network.arguments import bind_arguments
from freeblock.network.branches import join_branches
from freeblock.network.facts import Facts
from freeblock.network.global_scope import GlobalScope
from freeblock.network.image_leaves import ImageLeaves
from freeblock.network.leaves import LeafMaker, label_of
from freeblock.network.nodes import Scale, Serial
from freeblock.network.numbering import Numbering
from freeblock.network.program import Definitions
from freeblock.network.repetition import Repetition
from freeblock.network.scope import Scope, formula
from freeblock.network.shapes import check_flat, joined_shape, same_shape
from freeblock.network.vector import Resolved, Vector
from freeblock.network.wording import plural
from freeblock.rules.catalogue import Catalogue
from freeblock.rules.rule import Rule


class BlockResolver:
    """Resolves blocks: names looked up, components bound, widths passed on from left to right."""

    def __init__(
        self, definitions: Definitions, catalogue: Catalogue, scopes: GlobalScope, leaves: LeafMaker, facts: Facts
    ) -> None:
        self._definitions = definitions
        self._catalogue = catalogue
        self._scopes = scopes
        self._leaves = leaves
        self._facts = facts
        self._numbering = Numbering()
        self._repetition = Repetition(self.block, definitions, facts, self._numbering)
        self._shared_input: dict[str, Vector] = {}
        self._image_leaves = ImageLeaves(facts, leaves)

    def block(self, node: syntax.Node, scope: Scope, vector: Vector) -> Step[Resolved]:
        """The block for `node` on a vector, and the vector it puts out."""
        if isinstance(node, syntax.Call):
            return self._called(node, scope, vector)
        if isinstance(node, syntax.Name):
            return self._named(node, scope, vector)
        if isinstance(node, syntax.Chain):
            return self._serial(node, scope, vector) if node.operator == ">>" else self._parallel(node, scope, vector)
        if isinstance(node, syntax.Product):
            return self._scaled(node, scope, vector)
        if isinstance(node, syntax.Power):
            return self._repetition.power(node, scope, vector)
        if isinstance(node, syntax.Indexed):
            return self._repetition.indexed(node, scope, vector)
        raise _no_block(node)

    def _named(self, node: syntax.Name, scope: Scope, vector: Vector) -> Step[Resolved]:
        binding = scope.bindings.get(node.name)
        if binding is not None:
            binding.claim("block", node.name)
            return self.expanded(binding.node, binding.scope, vector)
        if node.name in scope.indices or node.name in scope.numbers:
            raise LanguageError(f"`{node.name}` is a number, and a block is expected here", node.span,
                                f"to scale the identity write `{node.name} * id`")
        found = self._find(node, scope)
        if isinstance(found, Rule):
            return self._leaf(found, node, scope, vector)
        if isinstance(found, syntax.Let):
            return self._let(found, node, vector)
        if found.parameters:
            raise ArgumentError(
                f"`{node.name}` needs {plural(len(found.parameters), 'argument')}", node.span,
                f"write `{node.name}({', '.join(found.parameters)})`")
        return self.expanded(found.body, self._scopes.of_body(found.span), vector)

    def _called(self, node: syntax.Call, scope: Scope, vector: Vector) -> Step[Resolved]:
        if node.name in scope.bindings:
            raise ArgumentError(f"`{node.name}` is a parameter and takes no arguments", node.name_span,
                                f"write `{node.name}`")
        found = self._find(node, scope)
        if isinstance(found, Rule):
            return self._leaf(found, node, scope, vector)
        if isinstance(found, syntax.Let) or not found.parameters:
            raise ArgumentError(f"`{node.name}` takes no arguments", node.span, f"write `{node.name}`")
        bound = bind_arguments(found, node, scope)
        return self.expanded(found.body, self._scopes.of_body(found.span, bound), vector)

    def expanded(self, node: syntax.Node, scope: Scope, vector: Vector) -> Pass[Resolved]:
        """What a name stands for; a pass of its own, so that definitions of definitions cost no stack."""
        return (yield self.block(node, scope, vector))

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

    def _leaf(self, rule: Rule, node: syntax.Name | syntax.Call, scope: Scope, vector: Vector) -> Resolved:
        self._numbering.count_leaf(node.span)
        try:
            if rule.acts_on == "anything":
                leaf = self._leaves.make(rule, node, scope, vector.width, self._numbering.next_draw(), (vector.key,))
                image, flat = vector.image, vector.flat
                if rule.on_images is not None:
                    image, flat = None, flat if image is None else leaf.label
            elif rule.acts_on == "image":
                leaf, image = self._image_leaves.make(rule, node, scope, vector, self._numbering.next_draw())
                flat = None if image is not None else leaf.label
            else:
                check_flat(rule, node, vector)
                leaf = self._leaves.make(rule, node, scope, vector.width, self._numbering.next_draw(), (vector.key,))
                image, flat = None, rule.name
        except FreeblockError as error:
            if error.span is None:
                error.span = node.span
            raise
        if self._numbering.repeated and any(
                rule.parameters[name].fresh and name not in leaf.given for name in rule.parameters):
            self._facts.assume("equal-copies", "every copy sees the same statistics", f"`{leaf.label}` under a repeat")
        statistics = rule.depends_on == "statistics"
        if statistics and vector.normalized:
            leaf = replace(leaf, renormalizes=True)
        normalized = statistics or (rule.depends_on == "nothing" and vector.normalized)
        return leaf, Vector(leaf.rows, self._numbering.next_vector(), normalized, image, flat)

    def _let(self, found: syntax.Let, node: syntax.Name, vector: Vector) -> Pass[Resolved]:
        known = self._shared_input.setdefault(found.name, vector)
        if known.width != vector.width or not same_shape(known, vector):
            raise ShapeError(
                f"`{found.name}` is one random object on {known.words} inputs; "
                f"here it gets {vector.words}", node.span,
                f"write `{found.name} = …` without `let` for fresh weights at each use")
        self._numbering.begin_shared(found.name)
        result = yield self.block(found.body, self._scopes.of_body(found.span), vector)
        self._numbering.end_shared()
        return result

    def _serial(self, node: syntax.Chain, scope: Scope, vector: Vector) -> Pass[Resolved]:
        parts = []
        start = vector
        for part in node.parts:
            block, vector = yield self.block(part, scope, vector)
            parts.append(block)
        return Serial(tuple(parts), vector.width, start.width, label_of(node.span), node.span), vector

    def _parallel(self, node: syntax.Chain, scope: Scope, vector: Vector) -> Pass[Resolved]:
        parts = []
        outputs = []
        for part in node.parts:
            if isinstance(part, syntax.Negate):
                raise LanguageError("blocks are added, not subtracted", part.span,
                                    f"write `+ (-1) * {_shown(part.operand)}`")
            block, output = yield self.block(part, scope, vector)
            parts.append(block)
            outputs.append(output)
        kind: Literal["sum", "stack"] = "sum" if node.operator == "+" else "stack"
        image, flat = joined_shape(kind, parts, outputs, node.span)
        joined = join_branches(kind, parts, vector.width, node.span)
        return joined, Vector(joined.rows, self._numbering.next_vector(), False, image, flat)

    def _scaled(self, node: syntax.Product, scope: Scope, vector: Vector) -> Pass[Resolved]:
        *factors, last = node.parts
        if isinstance(last, (syntax.Reciprocal, syntax.Number)):
            value = last.operand if isinstance(last, syntax.Reciprocal) else last
            scale = f"(1/{_shown(value)})" if isinstance(last, syntax.Reciprocal) else _shown(value)
            rest = _shown(factors[0]) if len(factors) == 1 else f"({' * '.join(_shown(part) for part in factors)})"
            raise LanguageError("the factor stands before the block", last.span, f"write `{scale} * {rest}`")
        front = factors[0] if len(factors) == 1 else syntax.Product(
            tuple(factors), factors[0].span.to(factors[-1].span))
        factor = formula(front, scope)
        block, after = yield self.block(last, scope, vector)
        return Scale(factor, block, block.rows, block.columns, label_of(node.span), node.span), after


def _shown(node: syntax.Node) -> str:
    text = label_of(node.span)
    return f"({text})" if isinstance(node, syntax.Chain) and not text.startswith("(") else text


def _no_block(node: syntax.Node) -> LanguageError:
    shown = label_of(node.span)
    if isinstance(node, syntax.Negate):
        return LanguageError("a block has no sign", node.span, f"write `(-1) * {_shown(node.operand)}`")
    return LanguageError("a number stands where a block is expected", node.span,
                         f"`{shown} * id` scales the identity")
