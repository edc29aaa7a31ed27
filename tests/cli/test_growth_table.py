"""The table of growth of one layer, √g without norm, behind layer norm and behind batch norm: every cell from a command.

What is expected is worked out here with mpmath, and to five digits by hand: √g = √(E f′²/E f²), √(E f′²/Var f).
"""

from __future__ import annotations

import mpmath
import pytest
from command_line import run

LAMBDA, ALPHA = mpmath.mpf("1.0507009873554804934"), mpmath.mpf("1.6732632423543772848")
FUNCTIONS = {
    "activation(x)": (lambda x: x, lambda x: 1),
    "relu": (lambda x: max(x, 0), lambda x: int(x > 0)),
    "leaky_relu(slope=0.1)": (lambda x: x if x > 0 else x / 10, lambda x: 1 if x > 0 else mpmath.mpf(1) / 10),
    "tanh": (mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    "hard_tanh": (lambda x: max(-1, min(1, x)), lambda x: int(abs(x) < 1)),
    "selu": (lambda x: LAMBDA * (x if x > 0 else ALPHA * mpmath.expm1(x)),
             lambda x: LAMBDA * (1 if x > 0 else ALPHA * mpmath.exp(x))),
    "sin": (mpmath.sin, mpmath.cos),
}
TABLE = {  # E f², E f′², √g LN, √g BN, as the theory prints them but for the digits that it has wrong, see below
    "activation(x)": (1, 1, 1, 1), "relu": (0.5, 0.5, 1, 1.21117), "leaky_relu(slope=0.1)": (0.505, 0.505, 1, 1.15879),
    "tanh": (0.394294, 0.464403, 1.08527, 1.08527), "hard_tanh": (0.516059, 0.682689, 1.15017, 1.15017),
    "selu": (1, 1.071575, 1.03517, 1.03517), "sin": (0.432332, 0.567668, 1.14588, 1.14588),
}
"""The theory has 1.15877 for leaky ReLU, 1.15016 for hard tanh, 1.071595 and 1.03518 for SELU."""


def mean(function):
    return mpmath.quad(lambda x: function(x) * mpmath.npdf(x), [-12, -4, -1, 0, 1, 4, 12])


def forward(text, *options):
    outcome = run("forward", text, "--format", "json", *options)
    assert outcome.status == 0, outcome.err
    return outcome.data


@pytest.mark.parametrize("name", TABLE)
def test_growth_at_unit_variance(name):
    function, slope = FUNCTIONS[name]
    square, slopes = mean(lambda x: function(x) ** 2), mean(lambda x: slope(x) ** 2)
    spread = square - mean(function) ** 2
    layer = forward(f"dense(var=1/fan_in) >> ln >> {name}")
    batch = forward(f"dense(var=1/fan_in) >> bn >> {name} >> dense(var=1/fan_in) >> bn")
    cells = (layer["blocks"][-1]["q"], layer["blocks"][-1]["phi"], layer["gsc"], batch["gsc"])
    exact = (square, slopes, mpmath.sqrt(slopes / square), mpmath.sqrt(slopes / spread))
    for cell, value, printed in zip(cells, exact, TABLE[name], strict=True):
        assert cell == pytest.approx(float(value), rel=1e-9)
        assert cell == pytest.approx(printed, abs=5.1e-6)
    shown = run("forward", f"dense(var=1/fan_in) >> ln >> {name}").out
    assert f"GSC ~ {float(exact[2]):.6g}, GSC^2 ~ {float(exact[2] ** 2):.6g}" in shown


@pytest.mark.parametrize(("layer", "expected"), [
    ("dense(var=1/fan_in)", 1), ("dense(var=2/fan_in) >> relu", 1), ("dense(var=2/1.01/fan_in) >> leaky_relu(slope=0.1)", 1),
    ("dense(var=1/fan_in) >> selu", 1.03517),
])
def test_growth_at_a_fixed_point(layer, expected):
    for block in forward(f"({layer})^3", "--depth-table")["blocks"]:
        assert block["gsc"] == pytest.approx(expected, abs=5.1e-6) and block["q"] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("name", "limit"), [("tanh", 5e-6), ("sin", 5e-6), ("hard_tanh", 1e-3)])
def test_growth_on_the_way_to_the_fixed_point_0(name, limit):
    """q falls like 1/2l for tanh, 1/l for sin and like 1/log l for hard tanh, so that √g tends to 1."""
    growths = [block["gsc"] - 1 for block in forward(f"(dense(var=1/fan_in) >> {name})^{100 if name == 'hard_tanh' else 300}", "--depth-table")["blocks"]]
    assert growths == sorted(growths, reverse=True) and 0 <= growths[-1] < limit


def test_depth_in_formulas():
    found = forward("(dense >> bn >> relu)^L")
    assert found["gsc_squared"] == "(pi - 1)*(pi/(pi - 1))**L/pi"
    for name in ("gsc", "gsc_squared"):
        at_depth = [eval(found[name], {"pi": mpmath.pi, "sqrt": mpmath.sqrt, "L": depth}) for depth in (1, 7)]  # noqa: S307
        growth = (mpmath.pi / (mpmath.pi - 1)) ** (6 if name == "gsc_squared" else 3)
        assert at_depth[0] == pytest.approx(1) and at_depth[1] == pytest.approx(float(growth))
    assert "\n  GSC = sqrt(pi - 1)*(pi/(pi - 1))^(L/2)/sqrt(pi)\n" in run("forward", "(dense >> bn >> relu)^L").out


@pytest.mark.parametrize("batch", ["30", "B"])
def test_across_a_batch_index_it_is_refused(batch):
    outcome = run("forward", f"(dense(var=1/fan_in) >> bn(batch={batch}))^30")
    assert outcome.status == 1 and "no rule says what" in outcome.err
