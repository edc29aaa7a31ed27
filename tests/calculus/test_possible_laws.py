"""A rule whose law no matrix has is refused: what is derived from it would be called proved."""

from __future__ import annotations

import pytest
from derivations import catalogue

from freeblock.calculus.derivation import derive
from freeblock.errors import FreeblockError, LibraryError
from freeblock.language.parser import parse_program
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source

RULE = """foo:
  title: t
  kind: linear
  depends_on: weights
  source: s
  parameters: {{c: {{default: 1, meaning: m}}}}
  shape: {{width: {width}}}
  jacobian: {{{law}, traits: {{{traits}}}}}
"""


def derived(text, law, traits="", width="fan_in"):
    source = Source("mine.yaml", RULE.format(law=law, traits=traits, width=width))
    return derive(resolve(parse_program(Source("test", text)), load_catalogue([source])), order=2)


@pytest.mark.parametrize(("law", "traits", "width"), [
    ("s_transform: -c", "left: true, right: true", "fan_in"),  # φ = −1
    ("moments: c/k", "left: true", "fan_in"),  # φ_2 = 1/2 < φ² = 1
    ("first: 2*c, second: c", "left: true", "fan_in"),
    ("s_transform: 1 + c*z", "left: true", "fan_in"),  # κ = −1
    ("moments: c", "left: true", "3*fan_in"),  # the rank is at most n: κ ≥ 2
    ("first: c, second: 2*c", "isometric: true", "fan_in"),
    ("first: c, second: 2*c", "coisometric: true", "fan_in"),
    ("first: c, second: 2*c", "scalar: true", "fan_in"),
    ("moments: 3*c", "diagonal: true", "3*fan_in"),
])
def test_what_no_matrix_has_is_refused(law, traits, width):
    for text in ("foo", "foo >> dense", "foo(c=1) >> dense", "dense | foo"):
        with pytest.raises(LibraryError, match="no matrix is what `foo"):
            derived(text, law, traits, width)


@pytest.mark.parametrize("traits", ["out=2*n, diagonal", "out=m, scalar", "out=3*n, conjugate", "out=2*n, orthogonal",
                                    "out=2*n, coisometric", "out=1, isometric"])
def test_the_traits_of_an_opaque_block_may_contradict_its_width(traits):
    program = parse_program(Source("test", f"input 7\ndense >> opaque(F, {traits})".replace("n,", "7,")))
    with pytest.raises(FreeblockError, match="no matrix is what") as caught:
        derive(resolve(program, catalogue()))
    assert (caught.value.span.line, caught.value.span.column) == (2, 10)


@pytest.mark.parametrize(("law", "traits", "width", "kappa"), [
    ("moments: 3^(k - 1)*c", "left: true", "3*fan_in", 2),  # the least there is: one direction in three
    ("first: c, second: 2*c", "left: true", "fan_in", 1),
    ("moments: c", "orthogonal: true", "fan_in", 0),
])
def test_what_a_matrix_may_have_is_derived(law, traits, width, kappa):
    assert derived("foo", law, traits, width).kappa.number() == kappa


def test_an_odd_width_is_an_assumption():
    stated = {item.statement for item in derived("foo", "moments: c", "", "fan_in/3").network.assumptions}
    assert stated == {"n/3 is a whole number", "n/3 >= 1"}
