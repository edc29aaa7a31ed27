"""Depth: equal blocks cost nothing, distinct ones a constant each, and high orders little."""

from __future__ import annotations

import math
import random

from measuring import compare, freeblock, report, run
from networks import Answer, Expected

DEPTHS = ("10", "10^6", "L")


def test_the_depth_of_a_repeat_is_free() -> None:
    runs = {depth: [run(freeblock("derive", f"(id + (dense >> relu >> dense))^({depth})", "--format", "json"))
                    for _ in range(5)] for depth in DEPTHS}
    for depth, found in runs.items():
        depth_now = 10**6 if depth == "10^6" else 10
        # One block: φ = 1 + σ⁴/2 and ϕ = 2·(σ⁴/2) + 3·(σ⁴/2)², since κ of the branch is 1 + 1 + 1.
        part = 1.3**4 / 2
        kappa = (2 * part + 3 * part**2) / (1 + part) ** 2
        Answer(found[0].output).check(Expected(
            {"sigma_w": 1.3, "n": 64, "L": depth_now}, depth_now * math.log(1 + part), depth_now * kappa))
    best = {depth: min(one.seconds for one in found) for depth, found in runs.items()}
    report("block^L: the slowest of L = 10, 10^6, L / the fastest", max(best.values()) / min(best.values()), 1.2)


def test_distinct_residual_blocks_are_linear() -> None:
    seconds = {}
    for depth in (50, 1_000):
        text = f"serial[l=1..{depth}](id + l^(-1/2) * (dense >> relu >> dense))"
        found = min((run(freeblock("derive", text, "--format", "json")) for _ in range(2)),
                    key=lambda one: one.seconds)
        seconds[depth] = found.seconds
        parts = [1.1**4 / 2 / place for place in range(1, depth + 1)]
        Answer(found.output).check(Expected(
            {"sigma_w": 1.1, "n": 64}, sum(math.log1p(part) for part in parts),
            sum((2 * part + 3 * part**2) / (1 + part) ** 2 for part in parts)))
    report("1 000 distinct residual blocks / 50 (linear: 20)", seconds[1_000] / seconds[50], 20)


def test_fifty_symbolic_blocks_to_order_eight() -> None:
    networks = {
        "chains": " >> ".join(f"dense(var=a{place}) >> relu(p=p{place})" for place in range(50)),
        "residual blocks": " >> ".join(f"(id + (dense(var=a{place}) >> relu >> dense))" for place in range(50)),
    }
    draw = random.Random(8)
    for name, text in networks.items():
        found = compare(freeblock("derive", text, "--order", "8", "--format", "json"),
                        freeblock("derive", "dense", "--order", "8", "--format", "json"))
        values = {"n": 16.0, "sigma_w": 0.9}
        log_phi = kappa = 0.0
        for place in range(50):
            variance, share = draw.uniform(0.02, 0.1), draw.uniform(0.2, 0.9)
            values[f"a{place}"] = variance
            if name == "chains":
                values[f"p{place}"] = share
                log_phi += math.log(16 * variance * share)
                kappa += 1 + 1 / share - 1
            else:
                part = 16 * variance * 0.9**2 / 2
                log_phi += math.log1p(part)
                kappa += (2 * part + 3 * part**2) / (1 + part) ** 2
        answer = Answer(found.best.output)
        answer.check(Expected(values, log_phi, kappa))
        assert len(answer.data["moments"]) == 8
        report(f"50 symbolic {name} to order 8, seconds beyond one block / 0.5",
               (found.best.seconds - found.reference) / 0.5, 1)
