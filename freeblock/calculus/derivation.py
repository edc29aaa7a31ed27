"""The derivation of a network's spectral moments: laws, steps, and the standing of every hypothesis, per order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from freeblock.calculus.hypotheses import Analysis
from freeblock.calculus.law import Law
from freeblock.calculus.limits import Limits, depth_limits
from freeblock.calculus.normal_form import normal_form
from freeblock.calculus.premises import INDEPENDENT_PATTERNS, Premises
from freeblock.calculus.standings import Hypothesis, Standings
from freeblock.calculus.steps import Contribution, Step, Steps, contributions
from freeblock.calculus.traits import INFINITE
from freeblock.formula.expression import Expression, number
from freeblock.formula.functions import facts_known
from freeblock.formula.renaming import all_symbols
from freeblock.language.records import record
from freeblock.network.network import Network
from freeblock.network.nodes import Block
from freeblock.network.tree import leaves

if TYPE_CHECKING:
    from freeblock.calculus.overlap.proof import Proof
    from freeblock.calculus.positions.outcome import Outcome

Prover = Callable[[Network, Block, int, frozenset[str]], "Proof | None"]
"""What may prove ϕ where the serial theorem does not, of a network with its root in normal form, to an order, with the
symbols that facts are stated of; None where it does not."""

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
    assumed = strict
    if proved < order and proof is None:
        if premises.free or premises.names:
            assumed = Analysis(known.laws, premises)
            given = assumed.run(root).to
    cap = _known_orders(root) if outcome is None else 2
    listed = Standings(root, order, strict, assumed, premises)
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
