"""Laws the calculus obeys whatever the network: compared exactly, or at random numbers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from freeblock.calculus.derivation import Derivation, derive
from freeblock.formula.evaluation import evaluate
from freeblock.language.parser import parse_program
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.session import read_values
from freeblock.source import Source

ORDER = 4
BLOCKS = ("dense(var=2/fan_in)", "orthogonal(gain=3/2)", "(dense(var=1/fan_in) >> relu >> dense(var=3/fan_in))",
          "(id + dense(var=1/(2*fan_in)))", "(dense(2*n, var=1/fan_in) >> leaky_relu(slope=1/2) >> dense(n, var=1/fan_in))")


def derived(text: str, order: int = ORDER, side: str = "out", **values: object) -> Derivation:
    network = resolve(parse_program(Source("law", text)), load_catalogue(), values=read_values(values))
    return derive(network, order=order, side=side)  # type: ignore[arg-type]


def moments(text: str, order: int = ORDER, at: dict[str, float] | None = None, **options: object) -> list[float]:
    result = derived(text, order, **options)  # type: ignore[arg-type]
    assert result.proved >= order, text
    return [evaluate(result.law.moment(k), {"n": 12, **(at or {})}).to_float() for k in range(1, order + 1)]


def chain(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [rng.choice(BLOCKS) for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_series_is_associative_and_id_is_neutral(seed: int) -> None:
    a, b, c = chain(3, seed)
    left = moments(f"({a} >> {b}) >> {c}")
    assert moments(f"{a} >> ({b} >> {c})") == pytest.approx(left, rel=1e-12)
    assert moments(f"id >> {a} >> id >> {b} >> {c} >> id") == pytest.approx(left, rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("sign", ["+", "|"])
def test_branches_commute_and_associate(seed: int, sign: str) -> None:
    a, b, c = (block for block in random.Random(seed).sample(BLOCKS, 3))
    one = moments(f"({a} {sign} {b}) {sign} {c}")
    assert moments(f"{a} {sign} ({b} {sign} {c})") == pytest.approx(one, rel=1e-12)
    assert moments(f"{c} {sign} {a} {sign} {b}") == pytest.approx(one, rel=1e-12)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("copies", [1, 2, 3, 6])
def test_n_copies_are_the_power(block: str, copies: int) -> None:
    written_out = moments(" >> ".join([block] * copies))
    assert moments(f"{block}^{copies}") == pytest.approx(written_out, rel=1e-12)
    assert moments(f"{block}^L", at={"L": copies}) == pytest.approx(written_out, rel=1e-10)


@pytest.mark.parametrize("block", BLOCKS)
def test_scaling(block: str) -> None:
    plain = moments(block)
    scaled = moments(f"(2/3) * {block}")
    assert scaled == pytest.approx([value * (4 / 9) ** k for k, value in enumerate(plain, 1)], rel=1e-12)


@pytest.mark.parametrize("body", [
    "id + l^(-1/2) * (dense >> orthogonal)", "dense(var=tau/fan_in)", "id + tau^(1/2) * (orthogonal >> dense)",
    "dense(var=l/fan_in)", "orthogonal(gain=2^l)", "id + (1/l) * (dense >> relu >> dense)",
])
@pytest.mark.parametrize("kind", ["serial", "sum", "stack"])
def test_the_symbolic_index_is_the_numeric_one(body: str, kind: str) -> None:
    if kind != "serial" and body.startswith("id"):
        body = body[5:]  # a sum of identities is not free
    at = {"L": 5, "tau": 0.7, "sigma_w": 1.3}
    symbolic = derived(f"{kind}[l=1..L]({body})", 2)
    numeric = derived(f"{kind}[l=1..5]({body})", 2)
    for order in (1, 2):
        assert order <= min(symbolic.proved, numeric.proved)
        expected = evaluate(numeric.law.moment(order), {"n": 12, **at}).to_float()
        assert evaluate(symbolic.law.moment(order), {"n": 12, **at}).to_float() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("text", ["dense(5*n, var=1/fan_in)", "dense(2*n) >> relu >> orthogonal(3*n)",
                                  "id | dense(2*n, var=1/fan_in)"])
def test_the_two_sides(text: str) -> None:
    """φ_k(JᵀJ) = (m/n)·φ_k(JJᵀ)."""
    out = derived(text)
    ratio = evaluate(out.law.rows / out.law.columns, {"n": 12}).to_float()
    at = {"n": 12, "sigma_w": 1.1}
    for order in range(1, ORDER + 1):
        inside = evaluate(derived(text, side="in").law.moment(order), at).to_float()
        assert inside == pytest.approx(ratio * evaluate(out.law.moment(order), at).to_float(), rel=1e-10)
    two = derived(text, order=2, side="in").law
    assert evaluate(two.moment(2), at).to_float() == pytest.approx(
        ratio * evaluate(out.law.moment(2), at).to_float(), rel=1e-10)


@pytest.mark.parametrize("block", [*BLOCKS, "id | dense(3*n, var=1/fan_in)"])
def test_a_higher_order_changes_nothing_below(block: str) -> None:
    assert moments(block, 2) == pytest.approx(moments(block, 6)[:2], rel=1e-12)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_rank_bounds_kappa(block: str) -> None:
    """rank JJᵀ ≤ n, so κ ≥ m/n − 1 (and ϕ ≥ 0)."""
    for width in ("n", "2*n", "5*n", "n/3"):
        result = derived(f"{block} >> dense({width}, var=1/fan_in)", 2)
        kappa = evaluate(result.law.state[0], {"n": 12}).to_float()
        rows = evaluate(result.law.rows, {"n": 12}).to_float()
        assert kappa >= max(rows / 12 - 1, 0) - 1e-12


def test_the_zero_block() -> None:
    assert moments("dense(var=0) >> relu") == [0, 0, 0, 0]
    assert moments("id + dense(var=0)") == [1, 1, 1, 1]
    assert moments("id | dense(var=0)") == [0.5, 0.5, 0.5, 0.5]
    assert derived("(0 * dense)^L").law.is_zero
    assert derived("dense(var=0)").law.kappa is None


@pytest.mark.parametrize("seed", range(6))
def test_symbols_first_or_numbers_first(seed: int) -> None:
    rng = random.Random(seed)
    values = {name: Fraction(rng.randint(1, 9), rng.randint(1, 5)) for name in ("a", "b", "sigma_w")}
    text = "(id + (dense(var=a/fan_in) >> leaky_relu(slope=b) >> dense))^L >> dense(k)"
    symbolic = derived(text, 3)
    numeric = derived(text, 3, L=3, k=7, n=14, **values)
    for order in (1, 2, 3):
        exact = numeric.law.moment(order).number()
        assert exact is not None
        at = {**values, "L": 3, "k": 7, "n": 14}
        assert evaluate(symbolic.law.moment(order), at).to_float() == pytest.approx(float(exact), rel=1e-9)
