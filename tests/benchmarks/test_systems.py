"""The depth-aware SeLU: freeblock's closed form beside scipy's iteration on the same two equations."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from measuring import compare, freeblock, report, write

EPSILONS = [0.01 + 0.0014 * place for place in range(100)]
TEXT = "dense(var=gamma_0/fan_in) >> selu(scale=lambda, alpha=alpha, q=gamma_0*q)"

SCIPY = """
import json, sys
from math import exp, sqrt
from scipy.optimize import fsolve
from scipy.stats import norm
a1, b1 = exp(2)*norm.cdf(-2), exp(1/2)*norm.cdf(-1)
found = []
for epsilon in json.loads(sys.argv[1]):
    def equations(x):
        scale, alpha = x
        return (scale**2*(alpha**2*a1 + 1/2) - 1 - epsilon, scale**2*(alpha**2*(a1 - 2*b1 + 1/2) + 1/2) - 1)
    found.append(list(fsolve(equations, (1.05, 1.67), xtol=1e-12)))
print(json.dumps(found))
"""

FREEBLOCK = """
import json, sys
import freeblock as fb
solved = fb.solve("assume epsilon > 0\\n" + sys.argv[2], ["lambda", "alpha"], ["phi = 1 + epsilon", "mean_square = q"], q="q",
                  values={"q": 1, "gamma_0": 1})
(values,) = solved.solutions
from math import erf, exp, sqrt
forms = [compile(values[name], name, "eval") for name in ("lambda", "alpha")]
print(json.dumps([[eval(form, {"sqrt": sqrt, "erf": erf, "exp": exp, "epsilon": epsilon}) for form in forms]
                  for epsilon in json.loads(sys.argv[1])]))
"""


def test_the_closed_form_beside_fsolve() -> None:
    wanted = json.dumps(EPSILONS)
    found = compare([sys.executable, "-c", FREEBLOCK, wanted, TEXT], [sys.executable, "-c", SCIPY, wanted])
    reference = compare([sys.executable, "-c", SCIPY, wanted], [sys.executable, "-c", "pass"], rounds=1)
    for (scale, alpha), (other, second) in zip(json.loads(found.best.output), json.loads(reference.best.output), strict=True):
        assert scale == pytest.approx(other, rel=1e-8) and alpha == pytest.approx(second, rel=1e-8)
    report("SeLU at 100 values of epsilon / scipy.optimize.fsolve", found.ratio, 1)


def test_one_system_on_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path / "selu.fb", f"assume epsilon > 0\n{TEXT}\n")
    options = ["--for", "lambda", "--for", "alpha", "--where", "phi = 1 + epsilon", "--where", "mean_square = q", "--q", "q",
               "--set", "q=1", "--set", "gamma_0=1", "--set", "epsilon=0.0716", "--format", "json", "--show", "lambda", "--show", "alpha"]
    found = compare(freeblock("solve", path, *options), [sys.executable, "-c", SCIPY, "[0.0716]"])
    assert found.best.status == 0
    (shown,) = json.loads(found.best.output)["shown"]
    assert float(shown["lambda"]) == pytest.approx(1.05055, abs=6e-6) and float(shown["alpha"]) == pytest.approx(1.67379, abs=6e-6)
    report("solve the SeLU system / scipy.optimize.fsolve", found.ratio, 1)
