"""Where the overlap theorem enters a derivation: the chain of blocks in a network, and its law among the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from freeblock.calculus.hypotheses import Analysis
from freeblock.calculus.law import Law, serial_law
from freeblock.calculus.pieces import Use
from freeblock.calculus.premises import Premises
from freeblock.calculus.steps import Contribution, Steps, contributions
from freeblock.calculus.traits import INFINITE
from freeblock.formula.expression import ONE
from freeblock.formula.products import product
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Repeat, Serial, Stack, Sum

if TYPE_CHECKING:
    from freeblock.calculus.overlap.theorem import Overlap

Theorem = Callable[[Network, Block, Mapping[Block, Law]], "Overlap | None"]
"""What may prove ϕ where the serial theorem does not: a network, a chain of blocks in normal form, and the laws of all
blocks in it; None where it is not for it."""
PAIRS = "pairs of blocks"
"""What is not a share of one block, but of the patterns that two blocks have in common."""
_BECAUSE = "the weights behind each activation are fresh and bi-invariant, and the stream is Gaussian"
_SETTLED = "each group of features is divided by a deviation of its own, which is known"


class Proof(NamedTuple):
    """A network of which ϕ is proved with the overlap theorem."""

    overlap: Overlap
    root: Block
    """With its chain of blocks as one part."""
    steps: Steps
    strict: Analysis
    plain: Law
    """The law of the whole if the patterns of different blocks were independent."""
    chain: Block

    def shares(self, side: Literal["out", "in"]) -> tuple[Contribution, ...]:
        """The share of each block in κ of JJᵀ (side out) or JᵀJ (side in), and that of the pairs."""
        overlap, root, chain = self.overlap, self.root, self.chain
        if overlap.kind == "residual":
            alone = contributions(root, {**self.steps.laws, chain: overlap.plain, root: self.plain}, side)
        else:
            alone = [Contribution(root.label, ONE, self.plain_on(side).state[0])]
        ratio = root.rows / chain.rows if side == "out" else root.columns / chain.columns
        return (*alone, Contribution(PAIRS, overlap.pairs, product(((overlap.added, 1), (ratio, 1)))))

    def plain_on(self, side: Literal["out", "in"]) -> Law:
        """The plain law of JJᵀ or of JᵀJ."""
        return self.plain if side == "out" else self.plain.input_side()


def proof_by_overlap(
    network: Network, root: Block, order: int, stated: frozenset[str], *, theorem: Theorem
) -> Proof | None:
    """The theorem at the chain of blocks of a network in normal form; None where it does not prove ϕ of the whole."""
    grouped, chain = _grouped(root)
    if chain is None:
        return None
    steps = Steps(chain, order, stated, network.whole)
    overlap = theorem(network, chain, steps.laws)
    if overlap is None or (overlap.kind == "dense" and chain is not root):
        return None
    steps.prove(chain, overlap.law, overlap.settled)
    if chain is not root:
        steps = Steps(grouped, order, stated, network.whole, after=steps)
    strict = Analysis(steps.laws, Premises())
    strict.run(grouped)
    if not _settle(strict, chain, overlap):
        return None
    laws = {**steps.laws, chain: overlap.plain}
    plain = overlap.plain
    if isinstance(grouped, Serial) and chain is not root:
        plain = laws[grouped] = serial_law([laws[part] for part in grouped.parts])
    return Proof(overlap, grouped, steps, strict, plain, chain)


def _grouped(root: Block) -> tuple[Block, Block | None]:
    """The chain of residual blocks or stacks in a network, and the network with it as one part."""
    if not isinstance(root, Serial):
        return root, root if isinstance(root, (Repeat, Indexed)) else None
    places = [place for place, part in enumerate(root.parts) if _is_block(part)]
    if not places or places != list(range(places[0], places[-1] + 1)):
        return root, None
    parts = root.parts[places[0]: places[-1] + 1]
    if len(parts) == len(root.parts):
        return root, root
    chain: Block = parts[0] if len(parts) == 1 else Serial(
        parts, parts[-1].rows, parts[0].columns, " >> ".join(part.label for part in parts), root.span)
    return replace(root, parts=(*root.parts[: places[0]], chain, *root.parts[places[-1] + 1:])), chain


def _is_block(part: Block) -> bool:
    inner = part.block if isinstance(part, Repeat) else part.body if isinstance(part, Indexed) else part
    return isinstance(inner, (Sum, Stack))


def _settle(strict: Analysis, chain: Block, overlap: Overlap) -> bool:
    """Put the theorem in the place of the serial one; False where more than the chain's own product is not proved."""
    place = (chain, "serial ")
    refused = [key for key, use in strict.uses.items() if use.order < 2 and key != place]
    if place not in strict.uses or any(
            key[0] not in overlap.settled or strict.uses[key].name != "equal-deviations" for key in refused):
        return False
    for key in refused:
        strict.uses[key] = strict.uses[key]._replace(order=INFINITE, because=_SETTLED)
    strict.uses[place] = Use("overlap", 2, _BECAUSE, (chain.label,), ground="asymptotic")
    return True
