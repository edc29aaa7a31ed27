"""k-dilution: how far a skip dilutes the growth of the branch beside it (Philipp, Song and Carbonell 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose, sqrt

from freeblock.calculus.premises import Premises
from freeblock.errors import RefusedError
from freeblock.network.network import Network
from freeblock.signals.passing import Progress
from freeblock.signals.table import Table, forward_table

_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Diluted:
    """One block f = S + ρ: k² = q_S/q_ρ, and the squared growth of S and ρ, each alone."""

    label: str
    place: int | None
    k_squared: float
    skip: float
    """R_S = φ(J_S)·q_in/q_S, 1 for an identity or orthogonal skip."""
    branch: float
    """R = φ(J_ρ)·q_in/q_ρ = (1 + r)²."""

    @property
    def exact(self) -> float:
        """GSC² = (k²R_S + R)/(k² + 1)."""
        return (self.k_squared * self.skip + self.branch) / (self.k_squared + 1)

    @property
    def first_order(self) -> float | None:
        """1 + r/(k² + 1), the published form of GSC; None where the skip grows by itself."""
        if not isclose(self.skip, 1, rel_tol=_CLOSE):
            return None
        return 1 + (sqrt(self.branch) - 1) / (self.k_squared + 1)

    @property
    def remainder(self) -> float | None:
        """GSC − (1 + r/(k² + 1)), which is r²k²/2(k² + 1)² to the order r²."""
        return None if self.first_order is None else sqrt(self.exact) - self.first_order


@dataclass(frozen=True, slots=True)
class Dilution:
    """The blocks with a skip."""

    blocks: tuple[Diluted, ...]
    table: Table


def dilution(
    network: Network, q: float, c: float, *, premises: Premises, progress: Progress | None = None
) -> Dilution:
    """The dilution of each sum in the chain. Raises RefusedError where there is none or GSC is refused."""
    table = forward_table(network, q, c, premises=premises, depth=True, progress=progress)
    if table.log_gsc_squared is None:
        raise RefusedError(f"the gradient scale coefficient is not given: {table.refused}", network.block.span)
    found, before = [], q
    for row in table.rows:
        split = row.split
        if split is not None and split.skip_phi is not None and split.branch_phi is not None and split.skip:
            found.append(Diluted(row.label, row.place, split.skip / split.branch, split.skip_phi * before / split.skip,
                                 split.branch_phi * before / split.branch))
        before = row.q
    if not found:
        raise RefusedError("no block of this network is a skip beside a branch", network.block.span,
                           "such a block is `id + branch`, where only the branch has an activation")
    return Dilution(tuple(found), table)
