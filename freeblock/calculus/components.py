"""The traits of a single component at its place, and what its law takes for granted there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from freeblock.calculus.keys import NO_KEYS, Keys
from freeblock.calculus.pieces import Piece, Use
from freeblock.calculus.traits import INFINITE, completed, with_flags
from freeblock.calculus.vectors import (
    INPUT,
    Vector,
    after_activation,
    after_balanced_weight,
    after_noise,
    after_shift,
    after_unknown,
    after_weight,
)
from freeblock.language.nodes import Number
from freeblock.network.nodes import Block, Leaf
from freeblock.rules.rule import Dependence, Premise

RENORMALIZED = "normalised-once"
GIVEN = "given"

_DIAGONAL_KINDS = frozenset({"sign", "value", "noise"})


def zero_piece(block: Block, vector: Vector) -> Piece:
    """J = 0: every theorem holds of it."""
    square = block.rows == block.columns
    traits = completed(square=square, left=True, right=True, central=True, isometric=True, coisometric=True,
                       diagonal=square)
    return Piece(block, traits, INFINITE, after_unknown(vector, NO_KEYS))


def leaf_piece(
    leaf: Leaf, vector: Vector, key: Keys, assumed: Callable[[str], bool]
) -> tuple[Piece, list[Use]]:
    """A component on a vector; `assumed` tells which named premises the user takes for granted."""
    kind = leaf.rule.depends_on
    weights = key if kind == "weights" else NO_KEYS
    seen = vector.keys if kind == "sign" and vector.symmetric else vector.sources
    marks = key if kind == "noise" else seen if kind in {"sign", "value"} else NO_KEYS
    if leaf.jacobian.opaque or (kind == "statistics" and "scalar" not in leaf.traits):
        marks = vector.sources
    alike = kind == "noise" or (vector.uniform if kind == "sign" else vector.identical)
    stated = leaf.traits if vector.spread or not _centres(leaf) else leaf.traits - {"right"}
    flags = _flags(stated, kind, leaf.rows == leaf.columns, alike)
    through = weights if "central" in leaf.traits else NO_KEYS
    traits = with_flags(flags, weights, marks, through)
    uses = _premises(leaf, vector, assumed)
    to = min([_known_orders(leaf), *(use.order for use in uses)])
    direct = weights if leaf.shared and traits.square and (traits.left or traits.right) else NO_KEYS
    return Piece(leaf, traits, to, _output(leaf, vector, key), direct), uses


@lru_cache(maxsize=1024)
def _flags(traits: frozenset[str], kind: Dependence, square: bool, alike: bool) -> tuple[bool, ...]:
    """The traits of a component apart from its keys; `alike` says that its diagonal has one law for all units."""
    flags = dict.fromkeys(traits, True)
    if "spatial" in traits:
        # Channel by channel a number: it commutes with all rotations of channels.
        flags["orthogonal"] = True
    if kind in _DIAGONAL_KINDS and "diagonal" in traits:
        flags["left_isotropic"] = flags.get("left_isotropic", False) or alike
        flags["right_isotropic"] = flags.get("right_isotropic", False) or alike
    if "balanced" in traits:
        # A weight whose sign is as likely the other one is independent of the signs that it made.
        flags["left_isotropic_given_masks"] = flags.get("left_isotropic", False)
        flags["right_isotropic_given_masks"] = flags.get("right_isotropic", False)
    if kind == "value" and "diagonal" not in traits:
        # What chooses one position of each window does so whatever the signs are.
        flags["left_isotropic_given_masks"] = flags.get("left_isotropic", False)
    if kind == "nothing":
        flags["left_deterministic"] = flags["right_deterministic"] = True
    if kind == "statistics" and "scalar" not in traits:
        flags["batchwise"] = True
    return completed(square=square, **flags).flags


def _known_orders(leaf: Leaf) -> int:
    return 2 if leaf.jacobian.first is not None else INFINITE


def _output(leaf: Leaf, vector: Vector, key: Keys) -> Vector:
    kind = leaf.rule.depends_on
    if kind == "weights":
        if "left" in leaf.traits and not leaf.jacobian.opaque:
            centred = vector.centred or (vector.level and _centres(leaf))
            output = after_weight(key, fresh=not leaf.shared, centred=centred)
        elif "balanced" in leaf.traits:
            output = after_balanced_weight(vector, key)
        else:
            return after_unknown(vector, key)
        if leaf.geometry is not None:
            output = output._replace(stationary=vector.stationary and leaf.geometry.stationary)
        return after_shift(output) if _is_shifted(leaf) else output
    if kind in {"sign", "value"}:
        after = after_activation(vector, odd=leaf.jacobian.means is not None and leaf.jacobian.means.odd)
        # More outputs than inputs are functions of their own of each unit, which only a symmetric law makes alike.
        return after if leaf.rows == leaf.columns or vector.symmetric else \
            after._replace(uniform=False, identical=False)
    if kind == "noise":
        return after_noise(vector, key)
    if kind == "statistics" and "scalar" not in leaf.traits:
        return after_unknown(vector, NO_KEYS)
    if kind == "statistics" and _takes_means_away(leaf):
        return vector._replace(centred=True, level=True, comparable=True)
    if leaf.geometry is not None and kind == "nothing":
        # Channels of zeros have a law of their own, and so have averages over the zeros of a padding.
        alike = vector.identical and "spatial" in leaf.traits
        return vector._replace(fresh=False, identical=alike,
                               stationary=vector.stationary and leaf.geometry.stationary)
    if leaf.rows != leaf.columns:
        return vector._replace(fresh=False)
    return vector


def _is_shifted(leaf: Leaf) -> bool:
    """Whether something that drops out of J, a bias, was added to the output."""
    return any(leaf.rule.parameters[name].ignored for name in leaf.given)


def _centres(leaf: Leaf) -> bool:
    """Whether each row of weights adds up to zero: it is blind to a mean that all inputs share."""
    return leaf.rule.sample is not None and leaf.rule.sample.name == "standardized"


def _takes_means_away(leaf: Leaf) -> bool:
    """Whether it is a normalisation over the batch, which subtracts each unit's mean over the data."""
    sample = leaf.rule.sample
    if sample is None or sample.name != "normalize" or "batch" not in leaf.rule.parameters:
        return False
    centred = sample.parameters.get("centred")
    return isinstance(centred, Number) and centred.value == 1


def _premises(leaf: Leaf, vector: Vector, assumed: Callable[[str], bool]) -> list[Use]:
    """The premises of the component's law, each with how far it is proved (all orders, or none)."""
    uses = []
    for premise in leaf.rule.premises:
        if premise.unless is not None and premise.unless in leaf.given:
            uses.append(Use("component", INFINITE, f"`{premise.unless}` is given", (leaf.label,), GIVEN, "stated"))
            continue
        holds, because = _holds(premise, vector)
        order = INFINITE if holds or assumed(premise.name) else 0
        ground = "stated" if holds and premise.holds_if in {"gaussian", "stated"} else "exact"
        uses.append(Use("component", order, because, (leaf.label,), premise.name, ground))
    if leaf.renormalizes:
        order = INFINITE if assumed(RENORMALIZED) else 1
        uses.append(Use("component", order, "two normalisations of one vector are dependent", (leaf.label,),
                        RENORMALIZED))
    if leaf.rule.depends_on in {"sign", "value"}:
        exact = leaf.rule.depends_on == "sign" and vector.fresh
        because = "the signs of a fresh symmetric vector" if exact else "gradient independence, as the widths grow"
        uses.append(Use("component", INFINITE, because, (leaf.label,), "gradient-independence",
                        "exact" if exact else "asymptotic"))
    return uses


def _holds(premise: Premise, vector: Vector) -> tuple[bool, str]:
    if premise.holds_if == "stated":
        return True, f"{premise.statement}, as stated"
    if premise.holds_if == "symmetric":
        if vector.symmetric:
            what = "the input is taken to be" if vector.keys == INPUT.keys else "the vector is"
            return True, f"{premise.statement}: {what} symmetric"
        return False, f"{premise.statement} is not proved: the vector need not be symmetric here"
    if premise.holds_if == "identical":
        if vector.identical:
            return True, f"{premise.statement}: all units have one law"
        return False, f"{premise.statement} is not proved: the units may have different laws here"
    if premise.holds_if == "comparable":
        if vector.comparable and vector.identical:
            return True, f"{premise.statement}: all units have one law"
        why = ("behind a weight, a mean of its input gives each unit a mean of its own, and an activation or dropout "
               "then a deviation of its own" if vector.identical else "the units may have different laws here")
        return False, f"{premise.statement} is not proved: {why}"
    if premise.holds_if == "level":
        if vector.level and vector.identical:
            return True, f"{premise.statement}: all units have one law, and one mean over the data"
        why = ("behind a weight, a mean of its input gives each unit a mean of its own; centred weights "
               "behind the activation would take it away" if vector.identical
               else "the units may have different laws here")
        return False, f"{premise.statement} is not proved: {why}"
    if premise.holds_if == "assumed":
        return False, f"{premise.statement}: nothing proves it"
    if vector.symmetric and vector.identical and vector.stationary and not vector.noise:
        return True, f"{premise.statement}, as stated"
    return False, f"{premise.statement} is not proved: the vector is not a fresh Gaussian one here"
