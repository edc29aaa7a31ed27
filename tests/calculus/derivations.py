"""Derivations for the tests of the calculus, from a text and numbers for its symbols."""

from __future__ import annotations

from functools import cache

from freeblock.calculus.derivation import derive
from freeblock.calculus.premises import Premises
from freeblock.formula.evaluation import evaluate
from freeblock.language.parser import parse_program
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

FREE = Premises(free=True)


@cache
def catalogue():
    return load_catalogue()


def derived(text, order=4, premises=None, side="out"):
    """The derivation of a program's last block."""
    network = resolve(parse_program(Source("test", text)), catalogue())
    return derive(network, order=order, premises=premises, side=side)


def moments(text, order=4, premises=None, side="out", **values):
    """(order proved, [φ_1, φ_2, …] up to the order given) as floats; n is 1 where no value is given."""
    derivation = derived(text, order, premises, side)
    published = {name: evaluate(value, {}) for name, value in derivation.network.constants.items()}
    numbers = {"n": 1, **published, **values}
    given = [derivation.moment(k) for k in range(1, order + 1)]
    return derivation.proved, [evaluate(value, numbers).to_float() for value in given if value is not None]


def relative(values):
    """[φ, κ, φ_3/φ³, φ_4/φ⁴] from [φ_1, φ_2, φ_3, φ_4], as the theory tabulates them."""
    phi = values[0]
    return [phi, *(value / phi**k - (k == 2) for k, value in enumerate(values[1:], 2))]
