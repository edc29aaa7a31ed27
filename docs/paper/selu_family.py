"""Draws selu-family.svg: python docs/paper/selu_family.py FILE"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import sympy
from matplotlib.figure import Figure

import freeblock as fb

CONDITIONS = ["phi = 1 + epsilon", "mean_square = q"]


def family() -> tuple[list[float], list[float], list[float]]:
    """ε up to its bound, (1 + ε)³² and κ of the activation."""
    text = (Path(__file__).parent / "selu.fb").read_text(encoding="utf-8")
    solved = fb.solve(text, ["lambda", "alpha"], CONDITIONS, q="q", show=["phi^32", "kappa - 1"],
                      values={"gamma_0": 1, "q": 1})
    epsilon = sympy.Symbol("epsilon", positive=True)
    shown = [sympy.lambdify(epsilon, sympy.sympify(formula, locals={"epsilon": epsilon}), "math")
             for formula in solved.data()["shown"][0].values()]
    values = [0.001 * place for place in range(1, 160)]
    return values, *([formula(value) for value in values] for formula in shown)  # type: ignore[return-value]


def draw(path: str) -> None:
    """Both curves over one axis."""
    values, powers, kappas = family()
    with matplotlib.rc_context({"svg.hashsalt": "selu", "font.size": 9}):
        picture = Figure(figsize=(6, 3), layout="constrained")
        left = picture.subplots()
        right = left.twinx()
        left.semilogy(values, powers, color="#0072b2")
        right.plot(values, kappas, color="#d55e00")
        left.set_xlabel("ε")
        left.set_ylabel("φ after 32 blocks", color="#0072b2")
        right.set_ylabel("κ of the activation", color="#d55e00")
        least = min(range(len(values)), key=kappas.__getitem__)
        right.plot(values[least], kappas[least], "o", color="#d55e00")
        picture.savefig(path, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    draw(sys.argv[1])
