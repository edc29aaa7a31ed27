"""Networks to draw, and their scenes."""

from __future__ import annotations

from functools import cache

from freeblock.picture.layout import scene_of
from freeblock.picture.plan import figure
from freeblock.picture.plotting import PlotMetrics
from freeblock.picture.scene import Metrics, Scene
from freeblock.picture.shapes import Figure
from freeblock.picture.tikz import TikzMetrics
from freeblock.session import Result, derive_source
from freeblock.source import Source

RESNET = """\
layer(w)      = dense(w, var=2/fan_in)
bottleneck(w) = id + (bn >> relu >> layer(w) >> bn >> relu >> layer(w) >> bn >> relu >> layer(4*w))
down(w)       = layer(4*w) + (layer(w) >> bn >> relu >> layer(w) >> bn >> relu >> layer(4*w))
stage1 = down(64) >> bottleneck(64)^2
stage2 = down(128) >> bottleneck(128)^3
input 3072
resnet = layer(64) >> bn >> relu >> stage1 >> stage2 >> bn >> relu >> dense(1000, var=1/fan_in)
"""

NETWORKS = {
    "one": "dense",
    "identity": "id",
    "residual": "(id + (dense >> relu >> dense))^L",
    "refused": "(id + (bn >> relu >> dense))^L",
    "nothing proved": "((id + (dense >> relu >> dense)) >> relu)^2",
    "densenet": "grow(g) = id | (bn >> relu >> dense(g))\nnet = dense(4*n) >> grow(k)^3 >> dense(10)",
    "indexed": "serial[l=1..L](id + l^(-1/2) * (orthogonal >> dense(var=1/fan_in))) >> sum[i=1..M](i^(-1)*dense(k)) "
               ">> stack[j=1..M](dense(k))",
    "nested": "(id + (dense >> (id | ((1/2)*(dense >> (id + (dense >> relu >> dense))^4))) >> dense(n)))^L",
    "shared": "let W = dense\nlet B = relu >> dense\n(W >> relu)^3 >> W >> B >> B",
    "many branches": " + ".join(["id", "2*id", *(f"(dense(var=a_{i}) >> relu >> dense)" for i in range(5))]),
    "folded": "dense >> relu >> dense >> relu >> dense >> relu >> bn >> dense >> relu >> bn >> dense >> relu",
    "long": " >> ".join(f"dense(var=a_{i}/fan_in) >> relu" for i in range(30)),
    "long formulas": "(dense(k) | dense(m) | dense(3*q+7)) >> relu >> (dense(h)^L + dense(h, var=tau_1*tau_2))"
                     .replace("dense(h)^L", "dense(h)"),
    "long names": f"{'block_' * 15}x = dense(var={'very_long_name_' * 6}x/fan_in) >> dense({'w' * 95}) >> dense(n)\n{'block_' * 15}x^3",
    "hostile": "# \\end{x} <&>\ndense(var=σ_w*é/fan_in) >> dense(var=中_2) >> opaque(W, left, right)",
    "numbers": "((dense(var=17/23/fan_in) >> (id + (dense(var=3/7/fan_in) >> relu >> dense(var=1/3/fan_in))))^50)^12345",
    "zero": "dense(var=0) >> relu",
    "resnet": RESNET,
}


@cache
def derived(text: str, *assume: str) -> Result:
    return derive_source(Source("test", text), assume=assume)


@cache
def drawn(text: str, narrow: bool = False) -> Figure:
    result = derived(text)
    return figure(result.derivation, result.premises, narrow=narrow)


def scene(text: str, *, direction: str = "right", wrap: float = 700.0, metrics: Metrics | None = None) -> Scene:
    return scene_of(drawn(text, direction == "down"), metrics or PlotMetrics(), direction=direction, wrap=wrap)  # type: ignore[arg-type]


def tikz_scene(text: str) -> Scene:
    return scene(text, metrics=TikzMetrics())
