"""Random networks, their text in our language, and an own simulation of them: a real forward pass in numpy.

Widths count units of n/2. A network is a nested tuple; nothing here uses the package under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

HALVES = {1: "n/2", 2: "n", 3: "3*n/2", 4: "2*n", 5: "5*n/2", 6: "3*n"}
WIDEST = 4
COPIES = 3
"""The value of the symbol L."""
CONTROLS = 10


def text_of(network, lets):
    """The program: `let` lines, then the expression."""
    lines = [f"let {name} = {_text(block, 2)[0]}" for name, block in lets.items()]
    return "\n".join([*lines, _text(network, 2, lets)[0]])


def _text(block, width, lets=None):
    """(text, output width) of a block on `width` halves."""
    kind, *rest = block
    if kind == "dense":
        return f"dense({HALVES[rest[0]]}, var={rest[1]}/fan_in)", rest[0]
    if kind == "orthogonal":
        return f"orthogonal({HALVES[rest[0]]}, gain={rest[1]})", rest[0]
    if kind == "leaky_relu":
        return f"leaky_relu(slope={rest[0]})", width
    if kind == "dropout":
        return f"dropout(keep={rest[0]})", width
    if kind == "bn":
        return f"bn(std={rest[0]})", width
    if kind in {"relu", "id"}:
        return kind, width
    if kind == "let":
        return rest[0], _text(lets[rest[0]], width, lets)[1]
    if kind == "scale":
        inner, out = _text(rest[1], width, lets)
        return f"({rest[0]}) * ({inner})", out
    if kind == "repeat":
        inner, out = _text(rest[1], width, lets)
        return f"({inner})^{rest[0]}", out
    if kind == "indexed":
        inner, out = _text(rest[1], width, lets)
        return f"{rest[0]}[l=1..L]((1/l) * ({inner}))", out * (COPIES if rest[0] == "stack" else 1)
    if kind == "serial":
        pieces = []
        for part in rest[0]:
            piece, width = _text(part, width, lets)
            pieces.append(f"({piece})" if part[0] in {"serial", "sum", "stack", "scale"} else piece)
        return " >> ".join(pieces), width
    pieces = [_text(part, width, lets) for part in rest[0]]
    sign = " + " if kind == "sum" else " | "
    shown = sign.join(f"({text})" if part[0] in {"serial", "sum", "stack", "scale"} else text
                      for part, (text, _) in zip(rest[0], pieces, strict=True))
    return shown, pieces[0][1] if kind == "sum" else sum(out for _, out in pieces)


@dataclass(frozen=True)
class State:
    """Data (samples, width), Jacobians (samples, width, n), and whether the data are the output of a new weight."""

    x: np.ndarray
    jacobian: np.ndarray
    fresh: bool


class Draw:
    """`samples` forward passes at once, with control variates: numbers whose mean is exactly zero.

    A new weight W has E|WJ|² = c|J|²; the pattern of a new weight's output is balanced whatever the rows of J
    are, since turning the sign of a row of W turns the pattern and no row's length; so is dropout.
    """

    def __init__(self, network, lets, half, samples, generator):
        self.lets, self.half, self.samples, self.generator = lets, half, samples, generator
        self.shared = {}
        self.sharing = []
        self.controls = []
        x = generator.standard_normal((samples, 2 * half), dtype=np.float32)
        eye = np.broadcast_to(np.eye(2 * half, dtype=np.float32), (samples, 2 * half, 2 * half))
        self.jacobian = self._apply(network, State(x, eye, True)).jacobian

    def moments(self, order):
        """tr((JJᵀ)^k)/m for k = 1 … order ≤ 4, per sample."""
        jacobian = self.jacobian.astype(np.float64)
        rows, columns = jacobian.shape[1:]
        turned = jacobian.transpose(0, 2, 1)
        gram = jacobian @ turned if rows <= columns else turned @ jacobian
        square = gram @ gram
        traces = [np.trace(gram, axis1=1, axis2=2), (gram * gram).sum((1, 2)), (gram * square).sum((1, 2)),
                  (square * square).sum((1, 2))]
        return np.stack(traces[:order], axis=1) / rows

    def estimate(self, order):
        """(means, standard errors) of the moments, with the controls regressed out."""
        values = self.moments(order)
        if self.controls:
            columns = np.stack(self.controls, axis=1)
            columns = np.concatenate([columns[:, :CONTROLS], columns[:, CONTROLS:].sum(1, keepdims=True)], axis=1)
            slopes = np.linalg.lstsq(columns - columns.mean(0), values - values.mean(0), rcond=None)[0]
            values = values - columns @ slopes
        return values.mean(0), values.std(0, ddof=1) / np.sqrt(self.samples)

    def _control(self, excess, scale):
        spread = np.abs(scale).mean()
        if spread > 0:
            self.controls.append((excess / spread).astype(np.float64))

    def _apply(self, block, state):
        kind, *rest = block
        if kind in {"dense", "orthogonal"}:
            return self._weighted(kind, rest[0] * self.half, float(rest[1]), state)
        if kind in {"relu", "leaky_relu", "dropout"}:
            return self._masked(kind, float(rest[0]) if rest else 0.0, state)
        if kind == "bn":
            return self._apply(("scale", 1 / rest[0], ("id",)), state)
        if kind == "id":
            return state
        if kind == "from here":  # the Jacobian of what follows, on the vector that has come to it
            self.controls.clear()
            eye = np.broadcast_to(np.eye(state.x.shape[1], dtype=np.float32), (self.samples, *[state.x.shape[1]] * 2))
            return State(state.x, eye, state.fresh)
        if kind == "let":
            self.sharing.append([rest[0], 0])
            result = self._apply(self.lets[rest[0]], state)
            self.sharing.pop()
            return result
        if kind == "scale":
            inner = self._apply(rest[1], state)
            factor = np.float32(rest[0])
            return State(factor * inner.x, factor * inner.jacobian, inner.fresh)
        if kind == "repeat":
            return self._apply(("serial", [rest[1]] * (COPIES if rest[0] == "L" else rest[0])), state)
        if kind == "indexed":
            copies = [("scale", Fraction(1, index), rest[1]) for index in range(1, COPIES + 1)]
            return self._apply((rest[0], copies), state)
        if kind == "serial":
            for part in rest[0]:
                state = self._apply(part, state)
            return state
        outcomes = [self._apply(part, state) for part in rest[0]]
        data, jacobians = [one.x for one in outcomes], [one.jacobian for one in outcomes]
        if kind == "sum":
            return State(sum(data), sum(jacobians), False)
        return State(np.concatenate(data, 1), np.concatenate(jacobians, 1), False)

    def _weighted(self, kind, rows, parameter, state):
        columns = state.x.shape[1]
        weight, new = self._once(lambda: self._weight(kind, rows, columns, parameter))
        jacobian = weight @ state.jacobian
        if new:
            gain = parameter * rows / columns if kind == "dense" else parameter**2 * min(1, rows / columns)
            size = gain * (state.jacobian**2).sum((1, 2))
            self._control((jacobian**2).sum((1, 2)) - size, size)
        return State((weight @ state.x[:, :, None])[:, :, 0], jacobian, new)

    def _masked(self, kind, parameter, state):
        if kind == "dropout":
            keep, shape = np.float32(parameter), state.x.shape
            mask, new = self._once(lambda: (self.generator.random(shape) < keep).astype(np.float32) / keep)
            mean = 1 / parameter
        else:
            mask = np.where(state.x > 0, np.float32(1), np.float32(parameter))
            new, mean = state.fresh, (1 + parameter**2) / 2
        if new:
            lengths = (state.jacobian**2).sum(2)
            self._control(((mask**2 - mean) * lengths).sum(1), mean * lengths.sum(1))
        return State(mask * state.x, mask[:, :, None] * state.jacobian, state.fresh and kind == "dropout")

    def _once(self, draw):
        """(draw, whether it is new); the same draw at the same place of every use of a `let`."""
        if not self.sharing:
            return draw(), True
        key = tuple(self.sharing[-1])
        self.sharing[-1][1] += 1
        new = key not in self.shared
        if new:
            self.shared[key] = draw()
        return self.shared[key], new

    def _weight(self, kind, rows, columns, parameter):
        if kind == "dense":
            weight = self.generator.standard_normal((self.samples, rows, columns), dtype=np.float32)
            return weight * np.float32(np.sqrt(parameter / columns))
        tall = self.generator.standard_normal((self.samples, max(rows, columns), min(rows, columns)))
        basis, triangle = np.linalg.qr(tall)
        basis = basis * np.sign(np.diagonal(triangle, axis1=1, axis2=2))[:, None, :]
        return (parameter * (basis if rows >= columns else basis.transpose(0, 2, 1))).astype(np.float32)


def simulate(network, lets, halves, samples, order, seed):
    """(estimate, standard error) of φ_1 … φ_order at infinite width, from widths in geometric progression.

    Three widths remove the terms 1/width and 1/width² of the bias, two the first one.
    """
    means, errors = [], []
    for half, count in zip(halves, samples, strict=True):
        generator = np.random.default_rng([seed, half])
        mean, error = Draw(network, lets, half, count, generator).estimate(order)
        means.append(mean)
        errors.append(error)
    weights = {1: [1.0], 2: [-1.0, 2.0], 3: [1 / 3, -2.0, 8 / 3]}[len(halves)]
    estimate = sum(weight * mean for weight, mean in zip(weights, means, strict=True))
    error = np.sqrt(sum((weight * each) ** 2 for weight, each in zip(weights, errors, strict=True)))
    return estimate, error


class Maker:
    """Draws networks: dense and orthogonal of all shapes, unit-wise maps, and everything that combines them."""

    def __init__(self, seed, wild=False):
        """`wild` networks have fewer weights and more patterns, skips and shared blocks."""
        self.random = np.random.default_rng(seed)
        self.wild = wild

    def network(self):
        """(network, lets)"""
        self.lets = {}
        for name in "AB"[: self._pick([1, 2] if self.wild else [0, 0, 1, 1, 2])]:
            self.lets[name] = self._let()
        depth = self._pick([2, 2, 3, 3])
        return self._block(2, None, depth)[0], self.lets

    def _pick(self, options):
        return options[self.random.integers(len(options))]

    def _let(self):
        kind = self._pick(["dense", "dense", "orthogonal", "relu", "dropout", "chain"])
        if kind == "chain":
            chain = ("serial", [self._unit_wise(), self._weight(2)])
            return ("sum", [("id",), chain]) if self.wild and self._pick([True, False]) else chain
        if kind in {"dense", "orthogonal"}:
            return (kind, 2, self._number(kind))
        return ("relu",) if kind == "relu" else ("dropout", Fraction(1, 2))

    def _number(self, kind):
        return self._pick([Fraction(1, 2), 1, 2] if kind == "dense" else [Fraction(1, 2), 1])

    def _weight(self, out):
        kind = self._pick(["dense", "dense", "orthogonal"])
        return (kind, out, self._number(kind))

    def _unit_wise(self):
        kind = self._pick(["relu", "relu", "relu", "leaky_relu", "dropout", "bn"])
        if kind == "relu":
            return ("relu",)
        return (kind, {"leaky_relu": Fraction(3, 10), "dropout": Fraction(1, 2), "bn": 2}[kind])

    def _leaf(self, width, out):
        if out is not None and out != width:
            return self._weight(out), out
        kind = self._pick(["weight", "unit", "unit", "unit", "id", "let", "let", "rectangular"] if self.wild else
                          ["weight", "weight", "weight", "unit", "unit", "id", "let", "rectangular"])
        if kind == "let" and width == 2 and self.lets:
            return ("let", self._pick(sorted(self.lets))), 2
        if kind == "rectangular" and out is None:
            out = self._pick([1, 2, 3, 4])
            return self._weight(out), out
        if kind == "unit":
            return self._unit_wise(), width
        return (("id",), width) if kind == "id" else (self._weight(width), width)

    def _block(self, width, out, depth):
        if depth == 0:
            return self._leaf(width, out)
        kind = self._pick(["serial", "serial", "serial", "sum", "sum", "stack", "repeat", "indexed", "scale", "leaf"])
        if kind == "serial":
            return self._serial(width, out, depth)
        if kind == "sum":
            out = out or self._pick([width, width, 2])
            parts = [self._block(width, out, depth - 1)[0] for _ in range(self._pick([2, 2, 3]))]
            return ("sum", parts), out
        if kind == "stack":
            return self._stack(width, out, depth)
        if kind == "repeat" and out in (None, width):
            return ("repeat", self._pick([2, 3, "L"]), self._block(width, width, depth - 1)[0]), width
        if kind == "indexed":
            return self._indexed(width, out, depth)
        if kind == "scale":
            inner, out = self._block(width, out, depth - 1)
            return ("scale", self._pick([Fraction(1, 2), 2, -1]), inner), out
        return self._leaf(width, out)

    def _indexed(self, width, out, depth):
        kind = self._pick(["serial", "sum", "stack"])
        if kind == "serial" and out in (None, width):
            return ("indexed", kind, self._block(width, width, depth - 1)[0]), width
        if kind == "stack" and out in (None, COPIES):
            return ("indexed", kind, self._block(width, 1, depth - 1)[0]), COPIES
        out = out or width
        return ("indexed", "sum", self._block(width, out, depth - 1)[0]), out

    def _serial(self, width, out, depth):
        parts = []
        count = self._pick([2, 3, 3, 4])
        for place in range(count):
            part, width = self._block(width, out if place == count - 1 else None, depth - 1)
            parts.append(part)
        return ("serial", parts), width

    def _stack(self, width, out, depth):
        outs = [] if out is None else [self.random.integers(1, out).item()] if out > 1 else None
        if outs is None:
            return self._leaf(width, out)
        first = outs[0] if outs else None
        one, first = self._block(width, first, depth - 1)
        other, second = self._block(width, None if out is None else out - first, depth - 1)
        if first + second > WIDEST:
            return one, first
        return ("stack", [one, other]), first + second
