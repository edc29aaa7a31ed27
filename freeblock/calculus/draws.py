"""The identity of a draw that is derived from another one: no two of them are equal."""

from __future__ import annotations

_BRANCHES = 1_000_003
"""More than the branches of any stack."""


def on_branch(identity: int, place: int) -> int:
    """The identity of a leaf's part on one branch of a stack."""
    return identity * _BRANCHES + place + 1


def drawn_again(identity: int) -> int:
    """The identity of a fresh draw of the same leaf."""
    return (identity + 1) * _BRANCHES - 1
