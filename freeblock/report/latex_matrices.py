"""The Jacobian as a matrix product: a letter for every component, the tree as products, sums and stacks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from freeblock.calculus.derivation import Derivation
from freeblock.errors import OptionError
from freeblock.formula.expression import Expression
from freeblock.formula.notations import latex_name
from freeblock.formula.printing import ATOM, OPEN, PRODUCT, SUM, Text
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import children_first, parts_of
from freeblock.report.latex_formulas import Formulas, Piece
from freeblock.report.latex_symbols import printed_index
from freeblock.report.latex_width import width_of
from freeblock.report.letters import Letters

_LETTERS = {"linear": "W", "activation": "D", "normalization": "N", "structure": "B"}
_KEPT = 4
"""A long product shows so many factors at either end."""
_COUNT = 60.0
"""A number of copies wider than this is given a name."""
_LONGEST = 16
"""More factors than this are not all written."""
WIDEST = 200.0
"""A block inside another is given a name of its own if it is wider than this."""


class Matrices:
    """The letters of one derivation's components and the formula of every block."""

    def __init__(self, derivation: Derivation, letters: Letters | None = None) -> None:
        self._own = letters or Letters()
        self._names: dict[object, str] = {}
        self._parts_of_split: dict[tuple[str, int, int], list[str]] = {}
        self._count: dict[str, int] = {}
        places = list(_leaves(derivation.network.block))
        self.used = dict.fromkeys(printed_index(index, self._own) for _, indices in places for index in indices)
        single = _single_letters(places)
        for leaf, indices in places:
            self._name(leaf, indices, single)
        self._split(derivation.root)
        self._check_jacobian()
        self._step_of = {step.block: step.number for step in derivation.steps if step.theorem != "transpose"}
        self._root = derivation.root
        self.used |= dict.fromkeys([letter for letter, _ in single] + [*self._count, self._own.jacobian])
        self.used |= dict.fromkeys(self._own.matrix_of(step.number) for step in derivation.steps if step.premises)

    def _check_jacobian(self) -> None:
        """The whole may not be called like a component. Raises OptionError."""
        said = self._own.notation.symbols.get("J")
        if said is not None and said.text in self._names.values():
            raise OptionError(f"`J` would be printed like the matrix of a component, {said.text}", said.span,
                              "take another letter for the Jacobian")

    def _name(self, leaf: Leaf, indices: tuple[str, ...], single: set[tuple[str, bool]]) -> None:
        key = leaf_key(leaf)
        if key in self._names:
            return
        letter, opaque = letter_of(leaf), leaf.jacobian.opaque
        if letter == "I":
            self._names[key] = "I"
            return
        shown_indices = ", ".join(printed_index(index, self._own) for index in indices)
        above = f"^{{({shown_indices})}}" if indices and not leaf.shared else ""
        if opaque and (letter in self.used or letter in self._count):
            letter = rf"\widehat{{{letter}}}"
        shown = letter + above
        if (letter_of(leaf), opaque) not in single or shown in self.used:
            shown = self._next_index(letter, above)
        self._names[key] = shown
        self._parts_of_split[(leaf.rule.name, leaf.span.start, leaf.span.end)] = [shown]
        self.used[shown] = None

    def _next_index(self, letter: str, above: str) -> str:
        """The letter with the next number that makes it a name of its own."""
        while True:
            self._count[letter] = self._count.get(letter, 0) + 1
            shown = _subscripted(letter, str(self._count[letter])) + above
            if shown not in self.used:
                return shown

    def _split(self, root: Block) -> None:
        """A unit-wise block moved into the branches of a stack is there in parts: D', D'' …"""
        for block in children_first(root):
            if not isinstance(block, Leaf) or leaf_key(block) in self._names:
                continue
            if letter_of(block) == "I":
                self._names[leaf_key(block)] = "I"
                continue
            family = self._parts_of_split.setdefault(
                (block.rule.name, block.span.start, block.span.end), [letter_of(block)])
            self._names[leaf_key(block)] = f"{family[0]}^{{[{len(family)}]}}"
            family.append(self._names[leaf_key(block)])
            self.used[self._names[leaf_key(block)]] = None

    @property
    def has_split(self) -> bool:
        """Whether some unit-wise block was divided over a stack."""
        return any(len(family) > 1 for family in self._parts_of_split.values())

    def of_leaf(self, leaf: Leaf) -> str:
        """The letter of a component."""
        return self._names[leaf_key(leaf)]

    def of_step(self, block: Block) -> str:
        """How steps call a block: the letter of a component, J for the whole, J_k for what step k derived."""
        if isinstance(block, Leaf):
            return self.of_leaf(block)
        return self._own.jacobian if block is self._root else self._own.matrix_of(self._step_of[block])

    def product_of_step(self, block: Block, formulas: Formulas) -> str:
        """The block of a step in terms of its premises."""
        names = {part: (self.of_step(part), ATOM) for part in parts_of(block)}
        return joined(_composed(block, names, formulas)[0])

    def whole(self, block: Block, formulas: Formulas) -> list[tuple[str, list[Piece]]]:
        """The formula of a whole tree, J first, then those of the wide blocks inside it that got a name."""
        done: dict[Block, Text] = {}
        named: list[tuple[str, list[Piece]]] = []
        for part in children_first(block):
            if isinstance(part, Leaf):
                done[part] = (self.of_leaf(part), ATOM)
                continue
            pieces, strength = _composed(part, done, formulas)
            text = joined(pieces)
            if part is not block and width_of(text) > WIDEST:
                name = rf"\mathcal{{B}}_{{{len(named) + 1}}}"
                named.append((name, pieces))
                text, strength = name, ATOM
            done[part] = (text, strength)
        whole = [Piece("", done[block][0], "")] if isinstance(block, Leaf) else _composed(block, done, formulas)[0]
        return [(self._own.jacobian, whole), *reversed(named)]


def joined(pieces: Sequence[Piece]) -> str:
    """The pieces on one line."""
    return " ".join(f"{piece.sign} {piece.text}".strip() for piece in pieces)


def letter_of(leaf: Leaf) -> str:
    """W, D, N, I by kind; the label of an opaque block."""
    if leaf.jacobian.opaque:
        for name, parameter in leaf.rule.parameters.items():
            if parameter.label and name in leaf.arguments:
                ((monomial, _),) = leaf.arguments[name].terms.items()
                ((label, _),) = monomial
                return latex_name(str(label))
    if leaf.rule.depends_on == "nothing" and "scalar" in leaf.traits:
        return "I"
    return _LETTERS[leaf.rule.kind]


def leaf_key(leaf: Leaf) -> object:
    """What makes two leaves the same matrix."""
    if letter_of(leaf) == "I":
        return ("I", leaf.rule.name)
    return ("shared", leaf.identity) if leaf.shared else (leaf.identity, leaf.rule.name)


def _leaves(block: Block) -> list[tuple[Leaf, tuple[str, ...]]]:
    """The leaves in the order data meets them, each with the indices it stands under."""
    found: list[tuple[Leaf, tuple[str, ...]]] = []
    waiting: list[tuple[Block, tuple[str, ...]]] = [(block, ())]
    while waiting:
        here, indices = waiting.pop()
        if isinstance(here, Leaf):
            found.append((here, indices))
        inner = (*indices, here.index) if isinstance(here, Indexed) else indices
        waiting.extend((part, inner) for part in reversed(parts_of(here)))
    return found


def _single_letters(places: Sequence[tuple[Leaf, tuple[str, ...]]]) -> set[tuple[str, bool]]:
    """The letters (and whether they are labels of opaque blocks) that only one matrix has."""
    keys: dict[tuple[str, bool], set[object]] = {}
    for leaf, _ in places:
        keys.setdefault((letter_of(leaf), leaf.jacobian.opaque), set()).add(leaf_key(leaf))
    return {letter for letter, members in keys.items() if len(members) == 1}


def _subscripted(letter: str, index: str) -> str:
    if re.fullmatch(r"[^{}]*_\{[^{}]*\}", letter):
        return f"{letter[:-1]},{index}}}"
    return f"{letter}_{{{index}}}"


def _composed(block: Block, done: Mapping[Block, Text], formulas: Formulas) -> tuple[list[Piece], int]:
    """One block from the formulas of its parts: pieces between which a line may end."""
    if isinstance(block, (Serial, Commuting)):
        first, *later = block.parts
        factors = [*[_bracket(done[part], PRODUCT) for part in reversed(later)], _bracket(done[first], OPEN)]
        return _pieces(factors, ""), OPEN if done[first][1] == OPEN else PRODUCT
    if isinstance(block, Sum):
        return _pieces([done[part][0] for part in block.parts], "+"), SUM
    if isinstance(block, Stack):
        rows = r" \\ ".join(_elided([done[part][0] for part in block.parts], r"\vdots"))
        return [Piece("", rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}", "")], ATOM
    if isinstance(block, Scale):
        wide = not formulas.fits(block.factor, WIDEST)
        factor = rf"{formulas.named(block.factor, WIDEST) if wide else formulas.factor(block.factor)}\,"
        return _pieces([factor, _bracket(done[block.block], OPEN)], ""), min(PRODUCT, max(OPEN, done[block.block][1]))
    if isinstance(block, Repeat):
        return _copies(done[block.block], block.count, formulas), PRODUCT
    assert isinstance(block, Indexed)
    strength = PRODUCT if block.kind == "stack" else OPEN
    return [Piece("", _indexed(block, done[block.body], formulas), "")], strength


def _pieces(texts: Sequence[str], sign: str) -> list[Piece]:
    return [Piece(sign if place else "", text, "{}" + sign)
            for place, text in enumerate(_elided(texts, r"\cdots"))]


def _elided(texts: Sequence[str], dots: str) -> list[str]:
    if len(texts) <= _LONGEST:
        return list(texts)
    return [*texts[:_KEPT], dots, *texts[-_KEPT:]]


def _bracket(text: Text, least: int) -> str:
    """The formula, in brackets where it binds less than wanted."""
    return text[0] if text[1] >= least else rf"\bigl({text[0]}\bigr)"


def _copies(body: Text, count: Expression, formulas: Formulas) -> list[Piece]:
    shown = body[0] if body[0].startswith(r"\begin") else rf"\bigl({body[0]}\bigr)"
    if count.number() == 2:
        return _pieces([f"{shown}_{{2}}", f"{shown}_{{1}}"], "")
    return _pieces([rf"{shown}_{{{formulas.named(count, _COUNT)}}}", r"\cdots", f"{shown}_{{1}}"], "")


def _indexed(block: Indexed, body: Text, formulas: Formulas) -> str:
    index = formulas.notation.name(block.index)[0]
    lower, upper = formulas.named(block.lower, _COUNT), formulas.named(block.upper, _COUNT)
    span = f"_{{{index} = {lower}}}^{{{upper}}}"
    inner = body[0] if body[1] == ATOM else rf"\bigl({body[0]}\bigr)"
    if block.kind == "serial":
        return rf"\prod{span} {inner}"
    if block.kind == "sum":
        return rf"\sum{span} {inner}"
    return rf"\bigl[\, {body[0]} \,\bigr]{span}"
