"""What is said of a part is true of it at its place: real forward passes, and derivations of the part alone."""

from __future__ import annotations

import pytest
from derivations import catalogue
from random_networks import COPIES, Maker, text_of
from test_positions import Pairs
from test_random_expressions import deviations

from freeblock.calculus.derivation import derive
from freeblock.calculus.placed_laws import PlacedLaw, placed_laws
from freeblock.calculus.premises import Premises
from freeblock.errors import ShapeError
from freeblock.formula.evaluation import evaluate
from freeblock.language.parser import parse_program
from freeblock.network.network import Network
from freeblock.network.nodes import Repeat, Serial
from freeblock.network.resolve import resolve
from freeblock.network.tree import children_first
from freeblock.source import Source

FROM_HERE = ("from here",)


def resolved(text: str) -> Network:
    return resolve(parse_program(Source("test", text)), catalogue())


def placed(text: str, premises: Premises | None = None) -> dict[str, PlacedLaw]:
    """Label → law; of equal labels the last."""
    network = resolved(text)
    laws = placed_laws(network, premises or Premises())
    return {block.label: laws[block] for block in children_first(network.block)}


def proved_moments(law: PlacedLaw, network: Network) -> list[float]:
    published = {name: evaluate(value, {}) for name, value in network.constants.items()}
    return [evaluate(law.law.moment(k), {"n": 1, "L": COPIES, **published}).to_float()
            for k in range(1, law.proved + 1)]


@pytest.mark.parametrize("wild", [False, True], ids=["tame", "wild"])
def test_the_second_of_two_parts_has_its_law_where_it_stands(wild: bool) -> None:
    wrong, orders = [], []
    for seed in range(20):
        maker = Maker(50_000 + seed, wild)
        _, lets = maker.network()
        first, second = maker._block(2, 2, 2)[0], maker._block(2, None, 2)[0]
        text = text_of(("serial", [first, second]), lets)
        try:
            network = resolved(text)
        except ShapeError:  # widths that agree only at L = 3
            continue
        assert isinstance(network.block, Serial)
        law = placed_laws(network, Premises())[network.block.parts[1]]
        orders.append(law.proved)
        found = law.proved and deviations(("serial", [first, FROM_HERE, second]), lets, proved_moments(law, network),
                                          seed)
        if found:
            wrong.append((text, law.proved, found))
    assert not wrong
    assert orders.count(2) >= 5 and len(set(orders)) > 1


def test_a_repeated_body_has_its_law_in_each_copy() -> None:
    wrong, orders = [], []
    for seed in range(16):
        maker = Maker(60_000 + seed, wild=True)
        _, lets = maker.network()
        body = maker._block(2, 2, 2)[0]
        text = text_of(("repeat", COPIES, body), lets)
        try:
            network = resolved(text)
        except ShapeError:
            continue
        if not isinstance(network.block, Repeat):
            continue
        law = placed_laws(network, Premises())[network.block.block]
        orders.append(law.proved)
        for before in range(COPIES if law.proved else 0):
            there = ("serial", [*[body] * before, FROM_HERE, body])
            found = deviations(there, lets, proved_moments(law, network), seed)
            if found:
                wrong.append((text, before, law.proved, found))
    assert not wrong
    assert orders.count(2) >= 4 and len(set(orders)) > 1


@pytest.mark.parametrize("seed", range(40))
def test_the_whole_is_what_is_derived(seed: int) -> None:
    for wild in (False, True):
        network, lets = Maker(70_000 + seed, wild).network()
        try:
            tree = resolved(text_of(network, lets))
        except ShapeError:
            continue
        for premises in (Premises(), Premises(names=frozenset({"independent-patterns"})), Premises(free=True)):
            derivation = derive(tree, order=2, premises=premises)
            law = placed_laws(tree, premises)[tree.block]
            assert (law.law.phi, law.law.kappa) == (derivation.law.phi, derivation.law.kappa)
            assert (law.proved, law.given) == (derivation.proved, derivation.given)


def test_a_part_that_begins_the_network_is_that_part_alone() -> None:
    for part in ("dense >> relu", "id + (relu >> dense)", "(id + (bn >> relu >> dense))^L", "relu | dense"):
        law, alone = placed(f"({part}) >> dense")[part], derive(resolved(part), order=2)
        assert (law.law.phi, law.law.kappa, law.proved) == (alone.law.phi, alone.law.kappa, alone.proved)


def test_a_mask_whose_input_is_not_balanced_is_refused() -> None:
    """A sum of two rectified vectors is positive with probability 3/4: φ of the mask is 3/4, not 1/2."""
    network = resolved("((dense >> relu) + (dense >> relu)) >> relu")
    assert isinstance(network.block, Serial)
    assert placed_laws(network, Premises())[network.block.parts[1]].proved == 0
    branch = ("serial", [("dense", 2, 1), ("relu",)])
    there = ("serial", [("sum", [branch, branch]), FROM_HERE, ("relu",)])
    assert deviations(there, {}, [0.5], 1) and not deviations(there, {}, [0.75], 1)


def test_copies_that_see_other_vectors_prove_less() -> None:
    """The input is symmetric, what comes out of the first copy is not."""
    assert placed("(dense >> relu >> tanh >> relu)^L")["dense >> relu >> tanh >> relu"].proved == 0
    laws = placed("(relu >> orthogonal(gain=sqrt(2)) >> relu)^2 >> dense")
    assert laws["relu >> orthogonal(gain=sqrt(2)) >> relu"].proved == 0


def test_assumptions_are_not_called_proved() -> None:
    text = "(id + (bn >> relu >> dense))^L"
    law = placed(text, Premises(names=frozenset({"independent-patterns"})))[text]
    assert (law.proved, law.given) == (1, 2)
    assert placed(text)[text].given == 1


def test_a_block_on_an_image_has_the_law_of_its_positions():
    network = resolved("input (8, 8, 8)\nblock = conv(padding=1, var=2/fan_in) >> relu\nnet = block^3 >> global_avg_pool")
    pairs = Pairs(8, 8)
    for _ in range(3):
        pairs.conv(8, 2 / 72, 3, 1, 1)
        pairs.mask(0.5, 0.5)
    (law, proved, _), = [found for block, found in placed_laws(network, Premises()).items() if isinstance(block, Repeat)]
    assert (float(law.phi.number()), float(law.kappa.number())) == pytest.approx(pairs.moments())
    assert proved == 2
