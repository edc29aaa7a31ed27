"""What is known about the randomness of one block: the premises of every theorem.

U and V are independent Haar rotations; G = JJᵀ is the left Gram matrix, JᵀJ the right one. "Given all masks"
means: conditionally on every data-dependent diagonal, on average over the weights.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from freeblock.calculus.keys import NO_KEYS, Keys

INFINITE = 1_000_000
"""`to` of a theorem that holds at every order."""

TRAIT_MEANINGS: dict[str, str] = {
    "left": "J has the law of UJ",
    "right": "J has the law of JV",
    "conjugate": "J is square and has the law of UJUᵀ",
    "isometric": "JᵀJ = cI with c non-random",
    "coisometric": "JJᵀ = cI with c non-random",
    "orthogonal": "isometric and coisometric",
    "scalar": "J = cI with c non-random",
    "diagonal": "J is diagonal",
    "nonnegative": "J is diagonal without negative entries, so that E d^j is the moment formula at k = j/2",
    "central": "E J = 0 given everything but one of its weights",
    "circular": "linear in a left- or right-invariant factor, so that tr(JXJY) → 0 for all X, Y without that factor",
    "left_gram": "JJᵀ has the law of UJJᵀUᵀ",
    "right_gram": "JᵀJ has the law of VJᵀJVᵀ",
    "skip_left": "J = cI + a left block (the branch)",
    "skip_right": "J = cI + a right block (the branch)",
    "left_isotropic": "E JJᵀ = cI",
    "right_isotropic": "E JᵀJ = cI",
    "left_isotropic_given_masks": "E JJᵀ = cI given all masks",
    "right_isotropic_given_masks": "E JᵀJ = cI given all masks",
    "left_deterministic": "given all masks, E JGJᵀ is non-random for every bounded non-random G",
    "right_deterministic": "given all masks, E JᵀGJ is non-random for every bounded non-random G",
    "batchwise": "J acts across the samples of a batch; nothing is granted about its freeness from other blocks",
}


Flags: TypeAlias = tuple[bool, ...]
"""Everything about a block's traits but the keys."""


class Traits(NamedTuple):
    """The traits of one block, with the weights it contains and the marks its diagonals look at."""

    square: bool
    left: bool = False
    right: bool = False
    conjugate: bool = False
    isometric: bool = False
    coisometric: bool = False
    scalar: bool = False
    diagonal: bool = False
    central: bool = False
    circular: bool = False
    left_gram: bool = False
    right_gram: bool = False
    skip_left: bool = False
    skip_left_branch_isotropic: bool = False
    """The branch of the skip-left form is right-isotropic."""
    skip_right: bool = False
    skip_right_branch_isotropic: bool = False
    """The branch of the skip-right form is left-isotropic."""
    left_isotropic: bool = False
    right_isotropic: bool = False
    left_isotropic_given_masks: bool = False
    right_isotropic_given_masks: bool = False
    left_deterministic: bool = False
    right_deterministic: bool = False
    batchwise: bool = False
    weights: Keys = NO_KEYS
    marks: Keys = NO_KEYS
    central_through: Keys = NO_KEYS
    """Weights any one of which alone makes the block central."""

    @property
    def orthogonal(self) -> bool:
        """Isometric and coisometric."""
        return self.isometric and self.coisometric

    @property
    def flags(self) -> Flags:
        """Everything but the weights, the marks and the weights it is central through."""
        values: tuple[Any, ...] = self
        return values[:_KEYS_FROM]

    @property
    def bi_invariant(self) -> bool:
        """Left and right."""
        return self.left and self.right


_KEYS_FROM = Traits._fields.index("weights")
FLAG_NAMES = Traits._fields[:_KEYS_FROM]


def with_flags(
    flags: Flags, weights: Keys, marks: Keys, central_through: Keys
) -> Traits:
    """Traits from `Traits.flags` and the keys."""
    return Traits._make((*flags, weights, marks, central_through))


def completed(
    *, square: bool, weights: Keys = NO_KEYS, marks: Keys = NO_KEYS, central_through: Keys = NO_KEYS, **flags: bool
) -> Traits:
    """The traits with everything the given ones imply."""
    scalar = flags.get("scalar", False)
    left, right = flags.get("left", False), flags.get("right", False)
    circular = flags.get("circular", False) or left or right
    conjugate = flags.get("conjugate", False) or scalar or (left and right and square)
    both = flags.get("orthogonal", False) or scalar
    isometric = flags.get("isometric", False) or both
    coisometric = flags.get("coisometric", False) or both
    left_gram = flags.get("left_gram", False) or left or conjugate or coisometric
    right_gram = flags.get("right_gram", False) or right or conjugate or isometric
    skip_left, skip_right = flags.get("skip_left", False), flags.get("skip_right", False)
    left_given = flags.get("left_isotropic_given_masks", False) or left_gram or skip_left
    right_given = flags.get("right_isotropic_given_masks", False) or right_gram or skip_right
    return Traits(
        square=square,
        left=left,
        right=right,
        conjugate=conjugate,
        isometric=isometric,
        coisometric=coisometric,
        scalar=scalar,
        diagonal=flags.get("diagonal", False) or scalar,
        central=flags.get("central", False) or circular,
        circular=circular,
        left_gram=left_gram,
        right_gram=right_gram,
        skip_left=skip_left,
        skip_left_branch_isotropic=flags.get("skip_left_branch_isotropic", False),
        skip_right=skip_right,
        skip_right_branch_isotropic=flags.get("skip_right_branch_isotropic", False),
        left_isotropic=flags.get("left_isotropic", False) or left_given,
        right_isotropic=flags.get("right_isotropic", False) or right_given,
        left_isotropic_given_masks=left_given,
        right_isotropic_given_masks=right_given,
        left_deterministic=flags.get("left_deterministic", False) or left_given,
        right_deterministic=flags.get("right_deterministic", False) or right_given,
        batchwise=flags.get("batchwise", False),
        weights=weights,
        marks=marks,
        central_through=central_through,
    )


def without_flags(traits: Traits) -> Traits:
    """Only the shape and the keys."""
    return Traits(square=traits.square, weights=traits.weights, marks=traits.marks)


IMPLICATIONS: tuple[tuple[str, str], ...] = (
    ("left or right", "circular"),
    ("circular", "central"),
    ("scalar", "conjugate, orthogonal, diagonal"),
    ("left and right and square", "conjugate"),
    ("left, conjugate or coisometric", "left_gram"),
    ("right, conjugate or isometric", "right_gram"),
    ("left_gram or skip_left", "left_isotropic_given_masks"),
    ("right_gram or skip_right", "right_isotropic_given_masks"),
    ("left_isotropic_given_masks, or non-random", "left_deterministic"),
    ("right_isotropic_given_masks, or non-random", "right_deterministic"),
    ("left_isotropic_given_masks", "left_isotropic"),
    ("right_isotropic_given_masks", "right_isotropic"),
)
"""What `completed` adds, as the documentation prints it."""
