"""Random networks whose parameters are symbols, some with names that are easily confused in print."""

from __future__ import annotations

import random

NAMES = ["a1", "a_1", "a_b_c", "lambda", "lambda_", "kappa", "phi", "phi_2", "J", "W", "D_2", "H_L", "E", "z_", "z",
         "sigma_1", "sigma1", "theta_10", "Gamma", "Phi", "A_1", "A1", "S", "i", "N", "c_2", "rho", "keep_2", "m", "xi"]
UNIT_WISE = ["relu", "relu", "leaky_relu(slope={})", "prelu({})", "dropout(keep={})", "selu", "bn", "ln",
             "leaky_relu(1/10, p={})"]
WEIGHTS = ["dense", "dense(var={}/fan_in)", "dense(var=({}+2)/fan_in)", "orthogonal(gain={})", "dense(var=sqrt({})/n)"]

ALIKE = [
    "id + (dense(var={0}/fan_in) >> relu >> dense(var={1}/fan_in))", "dense(var={0}/fan_in) + orthogonal(gain={1})",
    "id + ({0} * (dense(k, var={1}) >> leaky_relu(slope={2}) >> dense(n, var={3}/fan_in)))",
    "(dense(var={0}) >> prelu({1})) | (dense(k, var={2}) >> dropout(keep={3}))) >> dense(n",
    "dense(var=({0}+{1})/n) >> leaky_relu(slope={2}) >> orthogonal(gain={3})", "(dense(var={0}) + dense(var={1}))^L",
    "(dense(var={0}/n) >> relu >> dense(var={1}*{2}/n)) + (orthogonal(gain={2}) >> selu >> dense(var={3}))",
]


class Maker:
    """Texts of networks; every block maps n to n but for a last one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def network(self) -> str:
        """A chain of two or three blocks, the last one to another width now and then."""
        parts = [self._block(2) for _ in range(self._random.choice([1, 2, 2, 3]))]
        if self._random.random() < 0.3:
            parts.append(f"dense(k, var={self._name()}/fan_in)")
        return " >> ".join(parts)

    def alike(self, count: int) -> str:
        """Many blocks of one or two forms, whose names repeat, differ and compare in many ways."""
        forms = self._random.sample(ALIKE, self._random.choice([1, 2]))
        few = self._random.choice([["t_1", "t_2", "t_3"], ["t_1", "t_2", "t_3", "t_4"], self._random.sample(NAMES, 3)])
        blocks = []
        for _ in range(count):
            names = [self._random.choice(few) for _ in range(4)]
            blocks.append(f"({self._random.choice(forms).format(*names)})")
        return " >> ".join(blocks)

    def _name(self) -> str:
        return self._random.choice(NAMES)

    def _leaf(self, kinds: list[str]) -> str:
        return self._random.choice(kinds).format(self._name())

    def _branch(self) -> str:
        return f"{self._leaf(WEIGHTS)} >> {self._leaf(UNIT_WISE)} >> {self._leaf(WEIGHTS)}"

    def _block(self, depth: int) -> str:
        inner = self._block(depth - 1) if depth else self._branch()
        wide = f"dense(k) >> {self._leaf(UNIT_WISE)} >> dense(n, var={self._name()}/fan_in)"
        return self._random.choice([
            f"({self._branch()})", f"({self._branch()})", f"({wide})", f"({wide})^L", f"(id + ({self._branch()}))",
            f"({inner})^L", f"({inner} >> {self._leaf(UNIT_WISE)})^3", f"({self._name()} * ({inner}))",
            f"(({inner}) + {self._leaf(WEIGHTS)})", f"((id | {self._leaf(WEIGHTS)}) >> dense(n))",
            f"((id | dense(k, var={self._name()}/fan_in)) >> dense(n))",
            f"serial[l=1..L](id + l^(-1/2) * ({self._branch()}))",
            f"serial[l=1..L](dense(var=(l^2 + {self._name()})/n))", f"serial[l_1=1..L](dense(var={self._name()}^l_1/n))",
            f"sum[l=1..L]((1/l) * dense(var={self._name()}/fan_in))", "sum[l=1..L](dense(var=sqrt(l)/n))",
            f"(stack[l=1..L](dense(var={self._name()}*l/fan_in)) >> dense(n))",
        ])
