"""Networks of the size that is published, from their shapes to JSON; φ is held against a recursion over numbers."""

from __future__ import annotations

import math
import random
from pathlib import Path

from arithmetic import value_of
from measuring import START_UP, compare, freeblock, report
from networks import Answer

from freeblock.formula.magnitude import Magnitude

FOLDER = Path(__file__).parents[2] / "docs" / "networks"


def resnet(v: dict[str, float]) -> float:
    """A filter has φ = 2, a normalization 1/deviation², relu 1/2, behind the maximum p, after a sum a."""
    phi = 2 / v["s0"] ** 2 * v["p"]
    for stage, blocks in enumerate((3, 4, 6, 3), 1):
        first, other = 2 / v[f"s{stage}"] ** 2, 2 / v["t"] ** 2 / 2
        for place in range(blocks):
            shortcut = 1.0 if place else first
            phi *= (shortcut + first * other * other) * v["a"]
    return phi * v["sigma_w"] ** 2 / 7**2


def densenet(v: dict[str, float]) -> float:
    phi, channels = 2.0, 24
    for stage in range(3):
        for _ in range(16):
            phi *= (channels + 12 / (v["s"] * v["t"]) ** 2) / (channels + 12)
            channels += 12
        if stage < 2:
            phi /= v["s"] ** 2 * 2**2
            channels //= 2
    return phi / v["s"] ** 2 / 2 * v["sigma_w"] ** 2 / 8**2


def mobilenet(v: dict[str, float]) -> float:
    """Along one axis an output has the mean of the energies of three inputs, of which one may be missing."""
    phi, energies = v["sigma_w"] ** 2 / v["s0"] ** 2, [1.0] * 224
    for stride in (2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1):
        padded = [0.0, *energies, 0.0]
        energies = [sum(padded[place:place + 3]) / 3 for place in range(0, len(energies), stride)]
    return phi / (v["d"] * v["t"]) ** 26 * (sum(energies) / 7) ** 2 / 7**2


NETWORKS = {
    "resnet50": (resnet, ("independent-patterns", "independent-positions", "borders-neglected")),
    "densenet_bc_100_12": (densenet, ("equal-deviations", "borders-neglected")),
    "mobilenet_v1": (mobilenet, ("equal-deviations", "independent-patterns")),
}


def test_published_networks() -> None:
    draw = random.Random(50)
    values = {name: draw.uniform(0.7, 1.4) for name in ("s", "s0", "s1", "s2", "s3", "s4", "t", "d", "sigma_w")}
    values |= {"p": 0.8, "a": 0.7}
    for name, (by_hand, assumed) in NETWORKS.items():
        options = [word for one in assumed for word in ("--assume", one)]
        found = compare(freeblock("derive", str(FOLDER / f"{name}.fb"), "--format", "json", *options), START_UP, rounds=10)
        assert found.best.status == 0
        data = Answer(found.best.output).data
        known = {key: Magnitude(value) for key, value in values.items()}
        for key, formula in data["definitions"].items():
            known[key] = value_of(formula, known)
        assert math.isclose(value_of(data["phi"], known).natural_log(), math.log(by_hand(values)), rel_tol=1e-9, abs_tol=1e-9)
        report(f"{name} to JSON / import of click, lark, yaml", found.mean_ratio, 3)
