"""The derivation of a network's spectral moments: laws, steps, and the standing of every hypothesis, per order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from freeblock.calculus.hypotheses import Analysis
from freeblock.calculus.law import Law
from freeblock.calculus.limits import Limits, depth_limits
from freeblock.calculus.normal_form import normal_form
from freeblock.calculus.pieces import Use
from freeblock.calculus.premises import FREE_BLOCKS, INDEPENDENT_PATTERNS, Premises
from freeblock.calculus.steps import Contribution, Step, Steps, contributions
from freeblock.calculus.traits import INFINITE
from freeblock.formula.expression import ONE, ONE_MONOMIAL, Expression, number
from freeblock.formula.functions import facts_known
from freeblock.formula.order import is_at_least
from freeblock.formula.renaming import all_symbols
from freeblock.language.records import record
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed
from freeblock.network.tree import leaves
from freeblock.network.wording import in_words

if TYPE_CHECKING:
    from freeblock.calculus.overlap.proof import Proof
    from freeblock.calculus.positions.outcome import Outcome

Status = Literal["proved", "assumed", "refused"]
Prover = Callable[[Network, Block, int, frozenset[str]], "Proof | None"]
"""What may prove ϕ where the serial theorem does not, of a network with its root in normal form, to an order, with the
symbols that facts are stated of; None where it does not."""

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


@record
class Derivation:
    """The result. `proved` and `given` are orders: up to `given` the moments are stated, the rest is refused."""

    network: Network
    root: Block
    side: Literal["out", "in"]
    order: int
    law: Law
    proved: int
    given: int
    steps: tuple[Step, ...]
    step_hypotheses: dict[int, tuple[int, ...]] = field(compare=False)
    hypotheses: tuple[Hypothesis, ...] = field(compare=False)
    shares: tuple[Contribution, ...] = field(compare=False)
    border_free: Law | None = None
    """The law without borders, where images have borders that change it."""
    proof: Proof | None = None
    """Where the overlap theorem took the place of the serial one."""

    @property
    def phi(self) -> Expression | None:
        """φ, None where it is refused."""
        return self.law.phi if self.given >= 1 else None

    @property
    def variance(self) -> Expression | None:
        """ϕ, None where it is refused or not asked for."""
        return self.law.variance if self.given >= 2 else None

    @property
    def kappa(self) -> Expression | None:
        """κ, None where ϕ is refused or φ is zero."""
        return self.law.kappa if self.given >= 2 else None

    def moment(self, order: int) -> Expression | None:
        """φ_k, None beyond the orders given."""
        return self.law.moment(order) if 1 <= order <= min(self.given, self.order) else None

    def limits(self) -> Limits | None:
        """The limit of infinite depth, where the depth scales a branch and a limit exists."""
        return depth_limits(self.phi, self.kappa) if self.phi is not None else None

    def refusals(self) -> list[Hypothesis]:
        """What stands in the way."""
        return [hypothesis for hypothesis in self.hypotheses if hypothesis.status == "refused"]


def derive(
    network: Network, *, order: int = 2, side: Literal["out", "in"] = "out", premises: Premises | None = None,
    prover: Prover | None = None,
) -> Derivation:
    """Derive φ_1 … φ_order of JJᵀ (side out) or JᵀJ (side in), 1 ≤ order ≤ 12.

    `prover` is asked where ϕ is not proved, and nothing is assumed in the place of the proof.
    """
    with facts_known(network.facts, network.whole):
        return _derive(network, order, side, premises or Premises(), prover)


def _derive(
    network: Network, order: int, side: Literal["out", "in"], premises: Premises, prover: Prover | None
) -> Derivation:
    root = normal_form(network.block)
    stated = all_symbols(fact.difference for fact in network.facts)
    known = Steps(root, order, stated, network.whole, only_means=network.on_images and _is_restated(root))
    outcome = _at_positions(network, root, known, order) if network.on_images else None
    strict = Analysis(known.laws, Premises())
    piece = strict.run(root)
    proved = given = piece.to
    proof = None
    if prover is not None and proved < 2 <= order and not premises.grants(INDEPENDENT_PATTERNS):
        proof = prover(network, root, order, stated)
        if proof is not None:
            proved, given, network = 2, 2, proof.overlap.network
            root, known, strict = proof.root, proof.steps, proof.strict
    assumed, independent = strict, strict
    if proved < order and proof is None:
        if premises.free or premises.names:
            assumed = Analysis(known.laws, premises)
            given = assumed.run(root).to
        independent = Analysis(known.laws, Premises(names=frozenset({INDEPENDENT_PATTERNS})))
        independent.run(root)
    cap = _known_orders(root) if outcome is None else 2
    listed = _Listing(order, strict, assumed, independent, premises)
    listed.collect(known)
    listed.add_assumptions(network)
    listed.add_lengths(network, known.longer_than_one)
    law = known.laws[root]
    steps = list(known.steps)
    shares = () if outcome is not None else tuple(contributions(root, known.laws, side)) if proof is None \
        else proof.shares(side)
    if outcome is not None:
        network = _with_numbers(network, outcome.numbers)
    if side == "in":
        law = law.input_side()
        steps.append(_transposition(steps, known, root, law))
    return Derivation(network, root, side, order, law, min(proved, order, cap), min(given, order, cap), tuple(steps),
                      listed.by_step, tuple(listed.hypotheses()), shares,
                      None if outcome is None else outcome.border_free, proof)


def _is_restated(root: Block) -> bool:
    """Whether the positions of its images decide the law of the whole."""
    from freeblock.calculus.positions.outcome import positions_differ  # noqa: PLC0415 - networks on vectors do not load it

    return positions_differ(root)


def _at_positions(network: Network, root: Block, known: Steps, order: int) -> Outcome | None:
    """The law of a network in which the positions of images are not alike, put into the steps."""
    from freeblock.calculus.positions.outcome import positional  # noqa: PLC0415 - networks on vectors do not load it

    def free_name(stem: str) -> str:
        while any(name.startswith(stem) for name in network.mentioned | network.meanings.keys()):
            stem += "_"
        return stem

    outcome = positional(root, known, order, free_name)
    if outcome is None or outcome.positions_alike:
        if outcome is not None:
            known.laws[root] = outcome.law
        return None
    known.restate(root, outcome.law)
    return outcome


def _with_numbers(network: Network, numbers: Mapping[str, Fraction]) -> Network:
    """The network with the numbers that its borders bring along."""
    meanings = {name: f"factor that borders bring along, {float(value):.10g}" for name, value in numbers.items()}
    return replace(network, constants={**network.constants, **{name: number(value) for name, value in numbers.items()}},
                   meanings={**network.meanings, **meanings})


def _transposition(steps: Sequence[Step], known: Steps, root: Block, law: Law) -> Step:
    return Step(len(steps) + 1, "transpose", root, (known.premise(root),), law)


def _known_orders(root: Block) -> int:
    """A rule that gives two moments allows no third, whatever is assumed."""
    limited = any(leaf.jacobian.first is not None for leaf in leaves(root))
    return 2 if limited else INFINITE


class _Listing:
    """Gathers the uses of theorems into hypotheses, one entry for all uses that read alike."""

    def __init__(
        self, order: int, strict: Analysis, assumed: Analysis, independent: Analysis, premises: Premises
    ) -> None:
        self._order = order
        self._strict, self._assumed, self._independent = strict, assumed, independent
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
        return INDEPENDENT_PATTERNS if self._reaches(self._independent, block, key, order) else FREE_BLOCKS

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
