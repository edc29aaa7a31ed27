"""The standing of every hypothesis: proved, assumed or refused, with the reason, per order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from freeblock.calculus.hypotheses import Analysis
from freeblock.calculus.pieces import Use
from freeblock.calculus.premises import FREE_BLOCKS, INDEPENDENT_PATTERNS, Premises
from freeblock.calculus.steps import Steps
from freeblock.formula.expression import ONE, ONE_MONOMIAL, number
from freeblock.formula.order import is_at_least
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed
from freeblock.network.wording import in_words

Status = Literal["proved", "assumed", "refused"]

SHOWN = 4
"""A hypothesis names the blocks of so many uses."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One hypothesis and its standing; equal ones at different places are counted, not repeated.

    `theorem` that needs it, `order` it reaches, `status` (proved, assumed, refused), `name` to assume it by, `blocks`
    it is about, `because` in words, `count` of the places.
    """

    theorem: str
    order: int
    status: Status
    name: str
    blocks: tuple[str, ...]
    because: str
    count: int


class Standings:
    """Gathers the uses of theorems into hypotheses, one entry for all uses that read alike."""

    def __init__(
        self, root: Block, order: int, strict: Analysis, assumed: Analysis, premises: Premises
    ) -> None:
        self._order = order
        self._root, self._strict, self._assumed = root, strict, assumed
        self._premises = premises
        self._places: dict[tuple[object, ...], int] = {}
        self._proved: dict[tuple[str, str, str, str], list[int]] = {}
        """The entries of uses proved to all orders: they read alike wherever they are."""
        self._entries: list[tuple[str, int, Status, str, str]] = []
        self._blocks: list[list[tuple[str, ...]]] = []
        self._counts: list[int] = []
        self.by_step: dict[int, tuple[int, ...]] = {}

    def collect(self, known: Steps) -> None:
        """Every use, in the order of the steps."""
        for (block, key), use in self._strict.uses.items():
            proved = use.order >= self._order and use.ground != "stated"
            alike = (use.theorem, use.because, use.name, use.ground)
            found = self._proved.get(alike) if proved else None
            if found is None:
                found = [self._entry(block, key, use, order) for order in self._orders(use)]
                if proved:
                    self._proved[alike] = found
            else:
                for place in found:
                    self._count(place, use.blocks)
            step = known.step_of[block]
            before = self.by_step.get(step)
            self.by_step[step] = tuple(found) if before is None else tuple(dict.fromkeys((*before, *found)))

    def _orders(self, use: Use) -> Sequence[int]:
        if use.theorem == "positions" and use.name:
            return range(use.order + 1, self._order + 1)
        return range(1, self._order + 1) if use.theorem != "component" else (self._order,)

    def _entry(self, block: Block, key: str, use: Use, order: int) -> int:
        status: Status = "refused"
        if use.order >= order:
            status = "proved"
        elif self._premises.free or self._reaches(self._assumed, block, key, order):
            status = "assumed"
        name = use.name or ("freeness" if status == "proved" else self._missing(block, key, order))
        if use.ground == "stated" and status == "proved":
            status = "assumed"
        because = use.because if status == "proved" or use.name else _failing(use, name)
        if use.ground == "asymptotic":
            because = f"asymptotically: {because}" if not because.startswith("gradient") else because
        return self._place(use.theorem, order, status, name, use.blocks, because)

    def _reaches(self, analysis: Analysis, block: Block, key: str, order: int) -> bool:
        use = analysis.uses.get((block, key))
        return use is not None and use.order >= order

    def _missing(self, block: Block, key: str, order: int) -> str:
        """The name under which the user may assume what is not proved."""
        supplied = self._reaches(self._with_independent_patterns, block, key, order)
        return INDEPENDENT_PATTERNS if supplied else FREE_BLOCKS

    @cached_property
    def _with_independent_patterns(self) -> Analysis:
        analysis = Analysis(self._strict.laws, Premises(names=frozenset({INDEPENDENT_PATTERNS})))
        analysis.run(self._root)
        return analysis

    def _place(
        self, theorem: str, order: int, status: Status, name: str, blocks: tuple[str, ...], because: str
    ) -> int:
        key: tuple[object, ...] = (theorem, order, status, name, because, blocks if status != "proved" else None)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self._entries)
            self._entries.append((theorem, order, status, name, because))
            self._blocks.append([])
            self._counts.append(0)
        self._count(place, blocks)
        return place

    def _count(self, place: int, blocks: tuple[str, ...]) -> None:
        shown = self._blocks[place]
        if len(shown) < SHOWN and blocks not in shown:
            shown.append(blocks)
        self._counts[place] += 1

    def add_assumptions(self, network: Network) -> None:
        """What the resolution of the network had to take for granted."""
        for assumption in network.assumptions:
            if assumption.name != "note":
                block = assumption.because.replace("`", "")
                self._place("parameter", self._order, "assumed", assumption.name, (block,),
                            str(assumption.statement))

    def add_lengths(self, network: Network, blocks: Sequence[Indexed]) -> None:
        """Two blocks at least, where that is not certain."""
        for block in blocks:
            offset = number(block.upper.terms.get(ONE_MONOMIAL, 0))
            last, least = block.upper - offset, block.lower + ONE - offset
            if not is_at_least(last, least, network.facts, network.whole):
                statement = f"{in_words(last)} >= {in_words(least)}"
                self._place("parameter", self._order, "assumed", "domain", (block.label,), statement)

    def hypotheses(self) -> list[Hypothesis]:
        """The entries, each with the blocks it concerns (the first few)."""
        result = []
        for entry, blocks, count in zip(self._entries, self._blocks, self._counts, strict=True):
            names = tuple(dict.fromkeys(name for group in blocks for name in group))
            result.append(Hypothesis(*entry[:4], names, entry[4], count))
        return result


def _failing(use: Use, name: str) -> str:
    """Why an order beyond the proved one is not proved, what is missing, and what would supply it."""
    reached = f"proved to order {use.order} only, because {use.because}" if use.order else \
        f"no condition of the {use.theorem} theorem holds"
    if use.theorem == "diagonals":
        return f"{use.because}, so their moments do not multiply; a weight between them would make them independent"
    if name == INDEPENDENT_PATTERNS:
        return (f"{reached}: the activation patterns of the two blocks look at the same vector and are not "
                "independent; a fresh weight before the activation would make them so")
    if use.theorem == "positions":
        return use.because if use.name else f"{reached}; of higher orders nothing is known"
    missing = {"serial": "the first is not left-Gram and the second is not right-Gram; a fresh dense or orthogonal "
                         "block between them would supply it",
               "sum": "neither branch is invariant from both sides; a branch that begins and ends with a fresh "
                      "weight would be",
               "stack": "neither branch is right-Gram; a branch that begins with a fresh weight would be"}
    return f"{reached}: {missing.get(use.theorem, 'their freeness is not proved')}"
