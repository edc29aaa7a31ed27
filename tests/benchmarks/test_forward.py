"""A forward table of 1 000 blocks beside plain loops of the same recursions."""

from __future__ import annotations

import json
import sys

import pytest
from measuring import compare, freeblock, report

RESIDUAL = "(id + (ln >> leaky_relu(slope=1/10) >> dense(var=1/fan_in)))^1000"
TANH = "(dense(var=1/fan_in) >> activation(x*tanh(x)) >> ln)^1000"

NUMPY = """
import json
import numpy as np
slope, q, p, rows = 0.1, 1.0, 0.3, []
for block in range(1000):
    c = p / q
    kernel = ((1 + slope)**2*c + (1 - slope)**2*2/np.pi*(np.sqrt(1 - c*c) + c*np.arcsin(c)))/4
    square = (1 + slope**2)/2
    phi = 1 + square/q
    before, q, p = q, q + square, p + kernel
    rows.append([q, p/q, phi, np.sqrt(phi*before/q)])
print(json.dumps(rows))
"""

QUADRATURE = """
import json
import numpy as np
z, weights = np.polynomial.hermite_e.hermegauss(96)
weights = weights/np.sqrt(2*np.pi)
x, y = np.meshgrid(z, z)
f = lambda x: x*np.tanh(x)
slope = lambda x: np.tanh(x) + x/np.cosh(x)**2
q, p, rows = 1.0, 0.3, []
for block in range(1000):
    c = p/q
    square, mean = weights@f(np.sqrt(q)*z)**2, weights@f(np.sqrt(q)*z)
    product = weights@(f(np.sqrt(q)*x)*f(np.sqrt(q)*(c*x + np.sqrt(1 - c*c)*y)))@weights
    variance = square - mean**2
    phi = weights@slope(np.sqrt(q)*z)**2/variance
    before, q, p = q, 1.0, (product - mean**2)/variance
    rows.append([q, p, phi, np.sqrt(phi*before/q)])
print(json.dumps(rows))
"""


GELU = "(id + (ln >> gelu >> dense(var=1/fan_in)))^300"

GELU_LOOP = """
import json
from math import erf
import numpy as np
z, weights = np.polynomial.hermite_e.hermegauss(96)
weights = weights/np.sqrt(2*np.pi)
x, y = np.meshgrid(z, z)
erfs = np.vectorize(erf)
f = lambda x: x*(1 + erfs(x/np.sqrt(2)))/2
slope = lambda x: (1 + erfs(x/np.sqrt(2)))/2 + x*np.exp(-x*x/2)/np.sqrt(2*np.pi)
q, p, rows = 1.0, 0.3, []
for block in range(300):
    c = p/q
    square, growth = weights@f(z)**2, weights@slope(z)**2
    product = weights@(f(x)*f(c*x + np.sqrt(1 - c*c)*y))@weights
    phi = 1 + growth/q
    before, q, p = q, q + square, p + product
    rows.append([q, p/q, phi, np.sqrt(phi*before/q)])
print(json.dumps(rows))
"""


@pytest.mark.parametrize(("expression", "reference", "what", "target"), [
    (RESIDUAL, NUMPY, "forward, 1 000 residual blocks / numpy loop, closed forms", 4),
    (TANH, QUADRATURE, "forward, 1 000 layers of x*tanh(x) / numpy loop, 96x96 Gauss", 4),
    (GELU, GELU_LOOP, "forward, 300 residual blocks of gelu / numpy loop, 96x96 Gauss", 2),
])
def test_a_table_of_many_blocks(expression: str, reference: str, what: str, target: float) -> None:
    command = freeblock("forward", expression, "--c", "3/10", "--depth-table", "--format", "json")
    loop = [sys.executable, "-c", reference]
    found = compare(command, loop, rounds=2)
    rows = json.loads(compare(loop, loop, rounds=1).best.output)
    blocks = json.loads(found.best.output)["blocks"]
    for block, (q, c, phi, gsc) in zip(blocks, rows, strict=True):
        assert (block["q"], block["phi"], block["gsc"]) == pytest.approx((q, phi, gsc), rel=1e-7)
        assert block["c"] == pytest.approx(c, abs=1e-6)
    report(what, found.ratio, target)
