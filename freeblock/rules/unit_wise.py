"""What a rule that gives a function need not say: its variable's law, how it is sampled, what it takes for granted."""

from __future__ import annotations

from functools import cache

from freeblock.language.nodes import Name, Relation
from freeblock.language.parser import parse_formula
from freeblock.rules.document import Mapping, Value
from freeblock.rules.rule import Parameter, Premise, Sampler
from freeblock.rules.schema import MEAN_SQUARE
from freeblock.source import Source, Span

GAUSSIAN = Premise("gaussian-pre-activation", f"the pre-activations are N(0, {MEAN_SQUARE})", "gaussian")

_NAMED = Source("library", MEAN_SQUARE)
FUNCTION_SAMPLER = Sampler("function", {MEAN_SQUARE: Name(MEAN_SQUARE, Span(_NAMED, 0, len(MEAN_SQUARE)))})


def states_function(jacobian: Value | None) -> bool:
    """Whether a Jacobian states its law by a function or a derivative."""
    return isinstance(jacobian, Mapping) and not jacobian.entries.keys().isdisjoint(("function", "derivative"))


@cache
def variance_parameter() -> Parameter:
    """q, the variance of a pre-activation, 1 unless it is said."""
    default, domain = parse_formula(Source("library", "1")), parse_formula(Source("library", f"{MEAN_SQUARE} > 0"))
    assert isinstance(domain, Relation) and not isinstance(default, Relation)
    return Parameter(MEAN_SQUARE, "variance of a pre-activation", default, domain)
