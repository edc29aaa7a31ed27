"""Conditions on the results of a derivation, such as `phi = 1`, and the values of its symbols that meet them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from freeblock.calculus.constraints import constraints_of
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.linear_systems import leading_facts
from freeblock.calculus.quantities import Quantities, Side, Statement, order_needed, parse_statement
from freeblock.calculus.solutions import Outcome
from freeblock.calculus.solving import Comparison
from freeblock.calculus.systems import solve
from freeblock.formula.expression import Expression
from freeblock.formula.functions import facts_known
from freeblock.formula.traversal import symbols
from freeblock.language.names import spell
from freeblock.network.wording import in_words

EXAMPLE = "phi = 1"


def read_condition(text: str) -> Statement:
    """`phi = 1`, `1/2 <= phi <= 2`, `kappa < L/10` … Raises FreeblockError kinds with the caret in the condition."""
    return parse_statement("the condition", text, EXAMPLE)


def order_of(conditions: Iterable[Statement]) -> int:
    """The highest moment that conditions speak of."""
    return order_needed(conditions)


def solve_conditions(
    derivation: Derivation, unknowns: Sequence[str], conditions: Sequence[Statement], *, side: Side = "out",
    tolerance: Expression | None = None, mean_square: Expression | None = None,
    values: Mapping[str, Expression] | None = None,
) -> Outcome:
    """The values that meet all conditions; with a tolerance an equation may be missed by that much.

    `mean_square` is that of the network's input, for conditions on the output's; `values` are
    those of symbols of the text that were given one.

    Raises FreeblockError kinds: a refused result, an unknown name, no way to solve.
    """
    more = [name for value in (tolerance, mean_square) if value is not None for name in symbols(value)]
    quantities = Quantities(derivation, side, more, mean_square, values)
    network = derivation.network
    with facts_known(network.facts, network.whole):
        comparisons = []
        for condition in conditions:
            for left, operator, right in quantities.comparisons(condition):
                comparisons += _loosened(Comparison(left, operator, right, condition.text), tolerance)
        loose = "" if tolerance is None else f" to within {in_words(tolerance)}"
        texts = [condition.text + (loose if "=" in condition.node.operators else "") for condition in conditions]
        names = [spell(name) for name in unknowns]
        constraints = constraints_of(derivation)
        if len(names) > 1:
            facts = (*constraints.known.facts, *leading_facts(quantities.moments, names, constraints))
            constraints = replace(constraints, known=replace(constraints.known, facts=facts))
        return solve(comparisons, names, constraints, texts)


def _loosened(comparison: Comparison, tolerance: Expression | None) -> list[Comparison]:
    """|left − right| ≤ tolerance for left = right."""
    if tolerance is None or comparison.operator != "=":
        return [comparison]
    return [Comparison(comparison.left, "<=", comparison.right + tolerance, comparison.text),
            Comparison(comparison.left, ">=", comparison.right - tolerance, comparison.text)]
