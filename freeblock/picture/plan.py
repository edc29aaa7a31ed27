"""From a derivation to the shapes of its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.diagonals import is_identity
from freeblock.calculus.placed_laws import PlacedLaw, placed_laws
from freeblock.calculus.premises import Premises
from freeblock.errors import LimitError
from freeblock.formula.expression import Expression
from freeblock.network.image import Image
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import children_first, leaves, parts_of
from freeblock.picture.captions import LEGEND, ON_BOX, Captions, broken
from freeblock.picture.folding import Kinds, Run, fresh
from freeblock.picture.names import given_names
from freeblock.picture.shapes import (
    Box,
    Captioned,
    Factor,
    Figure,
    Frame,
    Line,
    Rails,
    Row,
    Shape,
    Terminal,
    Wire,
)

BOXES = 300
"""A picture of more boxes is not legible."""
DEPTH = 30
"""Nor is one of more levels inside each other."""
LABEL_COLUMNS, LABEL_LINES = 15, 4
LONGEST_NAME, TITLE = 40, 210
"""Letters of a name and of a title that are shown."""
_TIMES = "\N{MULTIPLICATION SIGN}"

Progress = Callable[[int, int], None]


def figure(
    derivation: Derivation, premises: Premises, *, title: str | None = None, narrow: bool = False,
    progress: Progress | None = None,
) -> Figure:
    """The picture of a derivation's network; `narrow` captions stand beside what they are about, not below.

    Raises LimitError for a network that is too large to be read.
    """
    block = derivation.network.block
    kinds = Kinds(block)
    names = given_names(block)
    _check_size(block, kinds, names)
    plan = _Plan(derivation, placed_laws(derivation.network, premises, progress), kinds, names, narrow=narrow)
    return plan.figure(title, premises)


def _check_size(block: Block, kinds: Kinds, names: Mapping[Block, str]) -> None:
    """Count what is left after folding, children first."""
    boxes: dict[Block, int] = {}
    levels: dict[Block, int] = {}
    for part in children_first(block):
        inner = parts_of(part)
        levels[part] = 1 + max((levels[one] for one in inner), default=0)
        drawn: Sequence[Block] = inner
        if isinstance(part, Serial):
            links = _links(part, names)
            drawn = [links[run.start + place] for run in kinds.runs(links) for place in range(run.length)]
        boxes[part] = 1 if isinstance(part, Leaf) else sum(boxes[one] for one in drawn)
    hint = "write equal blocks as `block^L` or `serial[l=1..L](…)`, or draw one of its parts with --name"
    if boxes[block] > BOXES:
        raise LimitError(f"a picture has at most {BOXES} boxes, and this one would have {boxes[block]}", block.span,
                         hint)
    if levels[block] > DEPTH:
        raise LimitError(f"a picture shows at most {DEPTH} levels inside each other, and this network has "
                         f"{levels[block]}", block.span, hint)


def _links(block: Serial, names: Mapping[Block, str]) -> list[Block]:
    """The parts of a chain, chains without a name of their own opened."""
    links: list[Block] = []
    waiting = list(reversed(block.parts))
    while waiting:
        part = waiting.pop()
        if isinstance(part, Serial) and part not in names:
            waiting.extend(reversed(part.parts))
        else:
            links.append(part)
    return links


class _Plan:
    """Walks the tree as it was written; what is drawn is no deeper than DEPTH."""

    def __init__(
        self, derivation: Derivation, laws: Mapping[Block, PlacedLaw], kinds: Kinds, names: Mapping[Block, str], *,
        narrow: bool,
    ) -> None:
        self._derivation = derivation
        self._laws = dict(laws)
        self._kinds = kinds
        self._captions = Captions(derivation, narrow=narrow)
        self._names = names
        self._replaced: dict[Expression, list[Expression]] = {}
        """The symbol of a place → those that stand for it in copies that are not drawn."""
        self._root = derivation.network.block

    def figure(self, title: str | None, premises: Premises) -> Figure:
        root = self._root
        given = self._derivation.network
        network = Row((self._terminal(root.columns, given.image), *self._items(root),
                       self._terminal(root.rows, given.output)))
        name = self._derivation.network.name if title is None else title
        heading = [Line(piece, "title") for piece in broken(_cut(name, TITLE), 70)] if name else []
        law = self._captions.law(self._laws[root], LEGEND / 2)
        if law[0].math:
            latex, plain = law[0].text.removeprefix(r"\phi"), law[0].plain.removeprefix("φ")
            law[0] = replace(law[0], text=rf"\phi(JJ^{{\top}}){latex}", plain=f"φ(JJᵀ){plain}")
        heading += law
        return Figure(heading, network, self._legend(premises))

    def _terminal(self, width: Expression, image: Image | None) -> Terminal:
        """The width of a vector, or the three sizes of an image where they are known."""
        sizes: tuple[Expression, ...] = (width,)
        if image is not None and image.height is not None and image.width is not None:
            sizes = (image.channels, image.height, image.width)
        printed = [self._captions.formula(size, ON_BOX) for size in sizes]
        return Terminal(Line(r" \times ".join(latex for latex, _ in printed), "formula", math=True,
                             plain=" × ".join(plain for _, plain in printed)))

    def _legend(self, premises: Premises) -> list[Line]:
        lines = self._captions.legend()
        for symbol, others in self._replaced.items():
            printed = [self._captions.formula(other, LEGEND) for other in dict.fromkeys(others)]
            shown, text = self._captions.formula(symbol, LEGEND)
            if len(printed) > 6:
                printed = [*printed[:3], (r"\dots", "…"), printed[-1]]
            lines.append(Line(rf"{shown} \to {', '.join(latex for latex, _ in printed)}", "formula", math=True,
                              plain=f"{text} → {', '.join(plain for _, plain in printed)}",
                              words="in the copies that are not drawn:"))
        stated = [f"assumed: {item.statement} ({item.because.replace('`', '')})"
                  for item in self._derivation.network.assumptions if item.name != "note"]
        lines += [Line(piece, "note") for text in dict.fromkeys(stated) for piece in broken(text, 100)]
        if any(map(_is_drawn_once, leaves(self._root))):
            lines.append(Line("double border: drawn once by `let`, the same wherever it stands", "note"))
        if self._captions.assumed:
            *before, last = broken(f"on the assumption of {', '.join(sorted(premises.names)) or 'every refusal'}:", 90)
            lines += [Line(piece, "note") for piece in before]
            lines.append(Line(r"\overset{\ast}{=}", "formula", math=True, plain="=*", words=last))
        return lines

    def _shape(self, block: Block) -> Shape:
        """A block as one shape."""
        items = self._items(block)
        return items[0] if len(items) == 1 else Row(tuple(items))

    def _items(self, block: Block) -> list[Shape]:
        """A block as the shapes of a chain."""
        if isinstance(block, Leaf):
            return [self._leaf(block)]
        if isinstance(block, Scale):
            latex, plain = self._captions.formula(block.factor, ON_BOX)
            return [*self._items(block.block), Factor(Line(rf"\times\, {latex}", "formula", True, f"× {plain}"))]
        if isinstance(block, Serial):
            return self._chain(block)
        if isinstance(block, (Sum, Stack)):
            join: Shape = Rails("sum" if isinstance(block, Sum) else "stack", tuple(map(self._branch, block.parts)))
            return [self._captioned(join, block, "sum" if isinstance(block, Sum) else "stack")]
        assert isinstance(block, (Repeat, Indexed)), "a tree as it was written has no other forms"
        return [self._copies(block)]

    def _leaf(self, leaf: Leaf) -> Shape:
        law = self._captions.law(self._laws[leaf], ON_BOX)
        if is_identity(leaf):
            return Wire(leaf.label)
        pieces = broken(leaf.label, LABEL_COLUMNS)
        if len(pieces) > LABEL_LINES:
            pieces = [*pieces[:LABEL_LINES - 1], pieces[LABEL_LINES - 1][:LABEL_COLUMNS - 1] + "…"]
        name = self._names.get(leaf)
        tag = [Line(short(name), "tag")] if name and leaf.shared else []
        title = f"{leaf.label}: {', '.join(line.spoken for line in law)}"
        lines = (*tag, *(Line(piece, "label") for piece in pieces), *law)
        return Box(leaf.rule.kind, lines, title, _is_drawn_once(leaf))

    def _branch(self, block: Block) -> Shape:
        """A branch with its law, unless a box says it already."""
        shape = self._shape(block)
        says_it = isinstance(block, (Leaf, Sum, Stack, Repeat, Indexed))
        return shape if says_it else self._captioned(shape, block, "branch")

    def _captioned(self, shape: Shape, block: Block, what: str) -> Shape:
        """The shape with its name, or what it is, and its law; the root's law stands in the heading."""
        if block is self._root:
            return shape
        return Captioned(shape, self._captions.beside(self._laws[block], short(self._names.get(block, what))))

    def _chain(self, block: Serial) -> list[Shape]:
        shapes: list[Shape] = []
        parts = _links(block, self._names)
        for run in self._kinds.runs(parts):
            group = parts[run.start:run.start + run.length]
            if run.copies > 1:
                shapes.append(self._fold(parts, run))
                continue
            for part in group:
                name = self._names.get(part)
                if isinstance(part, Serial) and name:
                    shapes.append(self._framed(name, part, Row(tuple(self._items(part)))))
                else:
                    shapes += self._items(part)
        return shapes

    def _fold(self, parts: Sequence[Block], run: Run) -> Shape:
        """A run drawn once: what holds of the drawn copy holds of all, with the symbols of their places."""
        period = parts[run.start:run.start + run.length]
        for copy in range(1, run.copies):
            start = run.start + copy * run.length
            for drawn, other in zip(period, parts[start:start + run.length], strict=True):
                self._merge(drawn, other)
        items = [item for part in period for item in self._items(part)]
        return Frame(Line(f"{_TIMES} {run.copies}", "tag"), Row(tuple(items)), f"{run.copies} equal neighbours")

    def _merge(self, drawn: Block, other: Block) -> None:
        """The drawn copy claims no more than is proved of the other."""
        for mine, its in zip(children_first(drawn), children_first(other), strict=True):
            law, like = self._laws[mine], self._laws[its]
            self._laws[mine] = law._replace(proved=min(law.proved, like.proved), given=min(law.given, like.given))
            if isinstance(mine, Leaf) and isinstance(its, Leaf):
                others = fresh(its)
                for name, symbol in fresh(mine).items():
                    if others[name] != symbol:
                        self._replaced.setdefault(symbol, []).append(others[name])

    def _copies(self, block: Repeat | Indexed) -> Shape:
        (body,) = parts_of(block)
        content = self._items(body)
        inner: Shape = content[0] if len(content) == 1 else Row(tuple(content))
        if isinstance(body, (Serial, Scale)):
            inner = self._captioned(inner, body, "one copy")
        tag, title = self._tag(block, self._names.get(block), self._names.get(body))
        in_series = isinstance(block, Repeat) or block.kind == "serial"
        frame: Shape = Frame(tag, inner, title, deck=not in_series)
        if isinstance(block, Indexed) and block.kind != "serial":
            frame = Rails(block.kind, (frame,))
        if block is self._root:
            return frame
        words = short(self._names.get(block, "all copies"))
        return Captioned(frame, self._captions.beside(self._laws[block], words))

    def _framed(self, name: str, block: Block, content: Shape) -> Shape:
        frame = Frame(Line(short(name), "tag"), content, name)
        return Captioned(frame, self._captions.beside(self._laws[block], short(name)))

    def _tag(self, block: Repeat | Indexed, name: str | None, body: str | None) -> tuple[Line, str]:
        """`stage: block × L`, or the range of the index."""
        words = ": ".join(dict.fromkeys(short(part) for part in (name, body) if part))
        if isinstance(block, Repeat):
            latex, plain = self._captions.formula(block.count, ON_BOX)
            range_of, text = rf"\times\, {latex}", f"{_TIMES} {plain}"
        else:
            lower, upper = (self._captions.formula(bound, ON_BOX) for bound in (block.lower, block.upper))
            index = self._captions.index(block.index)
            range_of, text = rf"{index} = {lower[0]}, \dots, {upper[0]}", f"{block.index} = {lower[1]}, …, {upper[1]}"
        title = f"{words} {text}".strip()
        return Line(range_of, "tag", math=True, plain=text, words=words), title


def _is_drawn_once(leaf: Leaf) -> bool:
    """Whether its matrix is one random object wherever it stands; a mask follows its input, `let` or not."""
    return leaf.shared and (leaf.rule.depends_on in {"weights", "noise"} or leaf.jacobian.opaque)


def short(name: str) -> str:
    """A name of the user, as long as a tag may be."""
    return _cut(name, LONGEST_NAME)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[:letters - 1] + "…"
