"""A closed form in a symbolic depth agrees with the same network written out, for every depth from 1 to 6."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from command_line import derive
from formula_strings import number

VALUES = {"n": 5.0, "m": 2.0, "k": 3.0, "a": 0.7, "tau": 0.4, "s": 0.3, "v": 0.9, "sigma_w": 0.8}
TAU, A = VALUES["tau"], VALUES["a"]

# An indexed form of dense layers, and φ of the layer at index l.
LAYERS: list[tuple[str, Callable[[int], float]]] = [
    ("dense(var=(l+12)/fan_in)", lambda l: l + 12),
    ("dense(var=(3*l+2)/fan_in)", lambda l: 3 * l + 2),
    ("dense(var=(l-1/2)/fan_in)", lambda l: l - 0.5),
    ("dense(var=(tau*l+a)/(l+a)/fan_in)", lambda l: (TAU * l + A) / (l + A)),
    ("dense(var=1/(l+tau)^2/fan_in)", lambda l: (l + TAU) ** -2),
    ("dense(var=(1+tau/l)/fan_in)", lambda l: 1 + TAU / l),
    ("dense(var=tau^l/fan_in)", lambda l: TAU**l),
    ("dense(var=tau^(l^2)/fan_in)", lambda l: TAU ** (l * l)),
    ("dense(var=2^l*3^(-l)/fan_in)", lambda l: (2 / 3) ** l),
    ("dense(var=2^(l/2)/fan_in)", lambda l: 2 ** (l / 2)),
    ("dense(var=l*2^l/fan_in)", lambda l: l * 2**l),
    ("dense(var=1/(l*(l+1))/fan_in)", lambda l: 1 / l / (l + 1)),
    ("dense(var=l^3/fan_in)", lambda l: l**3),
    ("dense(var=l^(2/3)/fan_in)", lambda l: l ** (2 / 3)),
    ("dense(var=l^l/fan_in)", lambda l: l**l),
    ("dense(var=(tau+l)^2/fan_in)", lambda l: (TAU + l) ** 2),
    ("dense(var=exp(-l)/fan_in)", lambda l: math.exp(-l)),
    ("dense(var=log(l+1)/fan_in)", lambda l: math.log(l + 1)),
    ("dense(var=(l^2+a)/fan_in)", lambda l: l * l + A),
    ("(1/l)*dense(var=a/fan_in)", lambda l: A / l**2),
]


@pytest.mark.parametrize("start", [1, 3])
@pytest.mark.parametrize(("layer", "phi"), LAYERS, ids=[layer for layer, _ in LAYERS])
def test_products_sums_and_means_over_an_index(layer: str, phi: Callable[[int], float], start: int) -> None:
    for kind in ("serial", "sum", "stack"):
        data = derive(f"{kind}[l={start}..L+{start - 1}]({layer})").data
        for depth in range(1, 7):
            parts = [phi(index) for index in range(start, start + depth)]
            expected = math.prod(parts) if kind == "serial" else math.fsum(parts) / (depth if kind == "stack" else 1)
            known = {name: value for name, value in {**VALUES, "L": float(depth)}.items() if name in data["symbols"]}
            assert number(data["phi"], data, known) == pytest.approx(expected, rel=1e-9)


FORMS = [
    "(id + (dense >> relu >> dense))^L", "(id + L^(-1/2)*(dense >> relu >> dense))^(2*L)", "(dense(m) >> relu >> dense(n))^L",
    "serial[l=1..L](id + l^(-1/2) * (orthogonal >> dense(var=tau/fan_in)))",
    "serial[l=1..L](dense(var=(1+tau/l)/fan_in) >> leaky_relu(s))", "serial[l=1..L](orthogonal(gain=1+1/l))",
    "serial[l=1..L](dropout(keep=l/(l+1)) >> dense)", "(id | dense(k, var=v/fan_in))^L", "serial[l=1..L](id | dense(k))",
    "dense(m) >> (id | (relu >> dense(k)))^L >> dense(m)", "serial[l=1..L](id + (1/(l+tau))*(dense(k) >> dense(n)))",
    "serial[l=1..L](sum[j=1..l](dense(var=j/fan_in)))", "serial[l=1..L](dense(var=(L-l+1)/fan_in))",
    "sum[l=1..L](l^(-1/2)*(dense >> relu >> dense))", "stack[l=1..L](l*dense(m)) >> dense(k)", "(id + dense(var=1/L/fan_in))^(L^2)",
    "stack[l=1..L](dense(m)) >> relu", "stack[l=1..L](relu >> dense(var=l/fan_in)) >> leaky_relu(s) >> dense",
    "sum[l=1..L](bn >> relu >> dense(var=l/fan_in))", "stack[l=1..L](l*(dropout(a) >> dense(k))) >> dropout(s) >> relu",
]


@pytest.mark.parametrize("form", FORMS)
def test_orders_two_and_three_agree_with_the_network_written_out(form: str) -> None:
    for order, side in (("2", "in"), ("3", "out")):
        options = ("--order", order, "--side", side, "--assume-free")
        data = derive(form, *options).data
        for depth in (1, 2, 5):
            written = derive(form, *options, "--set", f"L={depth}").data
            for symbolic, plain in zip(data["moments"], written["moments"], strict=True):
                values = {name: VALUES.get(name, float(depth)) for name in data["symbols"]}
                assert number(symbolic, data, values) == pytest.approx(number(plain, written, values), rel=1e-8)


@pytest.mark.parametrize("form", [
    "stack[l=1..L](dense(m)) >> relu", "stack[l=1..L](relu >> dense) >> relu >> dense", "sum[l=1..L](relu >> dense(var=l/fan_in))",
    "sum[l=1..L](smn >> relu >> dense) >> relu", "stack[l=1..L](dense(m) >> relu) >> dropout >> dense",
])
def test_what_is_proved_of_the_network_written_out_is_proved_for_every_depth(form: str) -> None:
    """Branches that begin alike, and units that are looked at after a stack, are the same network."""
    for depth in (2, 5):
        assert derive(form, "--set", f"L={depth}", "--require", "variance").data["variance"] is not None
    assert derive(form, "--require", "variance").data["variance"] is not None


LIMITS: list[tuple[str, float]] = [
    ("(id + (1/sqrt(L)) * dense(var=a/fan_in))^L", math.exp(A)),
    ("(id + (1/L) * dense(var=a/fan_in))^L", 1.0),
    ("(id + (1/sqrt(L)) * (dense(var=a/fan_in) >> relu >> dense(var=3/fan_in)))^(2*L)", math.exp(3 * A)),
    ("serial[l=1..L](id + (1/sqrt(2*L)) * dense(var=tau/fan_in))", math.exp(TAU / 2)),
    ("((1/2) * id + (1/sqrt(L)) * dense(var=a/fan_in))^L", 0.0),
    ("(id + sqrt(a/L) * orthogonal)^L", math.exp(A)),
]


@pytest.mark.parametrize(("text", "limit"), LIMITS, ids=[text for text, _ in LIMITS])
def test_limits_are_what_deep_networks_approach(text: str, limit: float) -> None:
    data = derive(text, "--assume-free").data
    known = {name: value for name, value in {**VALUES, "L": 1.0}.items() if name in data["symbols"]}
    stated = number(data["limits"]["L"]["phi"], data, known) if "limits" in data else None
    assert stated is None or stated == pytest.approx(limit)
    for depth, tolerance in ((10**3, 1e-2), (10**5, 1e-4)):
        deep = number(data["phi"], data, {**known, "L": float(depth)})
        assert deep == pytest.approx(limit, rel=tolerance, abs=tolerance)
        if stated is not None and data["limits"]["L"]["kappa"] is not None:
            kappa = number(data["limits"]["L"]["kappa"], data, known)
            assert number(data["kappa"], data, {**known, "L": float(depth)}) == pytest.approx(kappa, rel=2 * tolerance, abs=2 * tolerance)


SET = ["(dense(var=a) >> leaky_relu(s))^L >> dense(m)", "dense(var=a/fan_in) | dense(m, var=tau/fan_in)",
       "id + (dense(var=a/fan_in) >> relu >> dense(var=tau/fan_in))", "serial[l=1..L](dense(var=(l+tau)/fan_in))"]


@pytest.mark.parametrize("text", SET)
def test_set_is_the_value_put_into_the_text(text: str) -> None:
    chosen = {"a": "7/10", "tau": "v^2/3", "s": "0.25"}
    used = {name: value for name, value in chosen.items() if name in derive(text).data["symbols"]}
    options = [option for name, value in used.items() for option in ("--set", f"{name}={value}")]
    written = re.sub(r"\b(a|tau|s)\b", lambda match: f"({chosen[match[0]]})", text)
    first, second = derive(text, "--order", "3", *options).data, derive(written, "--order", "3").data
    assert first["moments"] == second["moments"] and first["kappa"] == second["kappa"]


@pytest.mark.parametrize("text", [*FORMS[:10], "dense(m) | id | dense(k, var=v/n)", "id + (relu >> dense)"])
def test_a_higher_order_says_the_same_of_the_lower_ones(text: str) -> None:
    low, high = derive(text, "--assume-free").data, derive(text, "--assume-free", "--order", "4").data
    known = {name: VALUES.get(name, 4.0) for name in high["symbols"]}
    for key in ("phi", "variance", "kappa"):
        assert number(high[key], high, known) == pytest.approx(number(low[key], low, known), rel=1e-9)
    assert number(high["moments"][1], high, known) == pytest.approx(number(low["moments"][1], low, known), rel=1e-9)


@pytest.mark.parametrize(("text", "assumed"), [
    ("serial[l=3..L](dense)", "L >= 2"), ("sum[l=k..L](dense(var=l/n))", "L >= k"),
    ("serial[l=1..L](serial[j=l..L](dense(var=j/n)))", None), ("serial[l=0..L](dense)", None),
])
def test_a_form_that_may_be_empty_says_so(text: str, assumed: str | None) -> None:
    found = [item["because"] for item in derive(text).data["hypotheses"] if item["theorem"] == "parameter"]
    assert found == ([] if assumed is None else [assumed])
