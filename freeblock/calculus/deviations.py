"""Mean squares behind a normalisation that takes one deviation for all units."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation
from freeblock.errors import RefusedError
from freeblock.formula.expression import symbol
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.network.tree import leaves
from freeblock.rules.schema import STATE


def check_deviations(derivation: Derivation) -> None:
    """Raise RefusedError where a mean square rests on one deviation of all units, and they may have several.

    Without an epsilon each unit is divided by its own, and the mean square is 1 whatever these are.
    """
    refused = {(label, one.name): one.because for one in derivation.hypotheses if one.status == "refused"
               for label in one.blocks}
    for leaf in leaves(derivation.network.block) if refused else ():
        forward = leaf.rule.forward
        unknown = [name for name in forward.statistics if name not in leaf.given] if forward is not None else []
        if forward is None or forward.mean_square is None or not unknown:
            continue
        scope = {**leaf.arguments, **{name: symbol(name) for name in STATE}}
        met = symbols(to_expression(forward.mean_square, scope, free=False))
        for premise in leaf.rule.premises:
            because = refused.get((leaf.label, premise.name))
            if because is not None and any(met & symbols(leaf.arguments[name]) for name in unknown):
                raise RefusedError(f"the mean square behind `{leaf.label}` is not known: {because}", leaf.span,
                                   f"to go on with it as an assumption add --assume {premise.name}")
