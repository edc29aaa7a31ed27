"""Every step of the JSON follows from its own premises: an evaluator that sees one step alone recomputes it."""

from __future__ import annotations

import pytest
from command_line import derive
from formula_strings import evaluate, random_values
from random_symbolic_networks import Maker
from step_evaluator import StepEvaluator, approximately

# expression, order, theorems that must occur
NETWORKS = [
    ("dense", 6, "component"),
    ("dense(m) >> relu >> orthogonal(k, gain=g) >> dropout >> dense", 4, "serial component"),
    ("(dense(m) >> leaky_relu(slope=s, p=p) >> dense(n))^L", 4, "repeat serial"),
    ("(id + (dense >> relu >> dense))^L", 4, "sum repeat"),
    ("(c * (id + (dense >> relu >> dense(var=v))))^3 >> tanh", 2, "scale sum"),
    ("dense(m) + dense(m, var=v/n) + orthogonal(m)", 4, "sum"),
    ("dense(m) | id | dense(k, var=v/n)", 4, "stack"),
    ("(id | (relu >> dense(g)))^3 >> dense(m)", 3, "stack serial"),
    ("relu(p) >> dropout >> leaky_relu(1/10, p=q)", 3, "diagonal-product"),
    ("dropout^L", 3, "diagonal-product"),
    ("relu(p) + (2 * id)", 3, "diagonal-sum"),
    ("prelu(s) + leaky_relu(t)", 2, "diagonal-sum"),
    ("serial[l=1..L](id + l^(-1/2) * (dense >> relu >> dense))", 2, "indexed-serial"),
    ("(serial[l=1..L](id | dense(g))) >> dense(k)", 2, "indexed-serial"),
    ("sum[l=1..L](l * dense)", 3, "indexed-sum"),
    ("stack[l=1..L](l * dense(m))", 3, "indexed-stack"),
    ("bn >> dense(var=a) >> ln >> dense(var=b) >> rms_norm >> smn", 3, "serial"),
    ("dense >> selu >> sws(m) >> prelu >> opaque(F, left, right)", 2, "serial"),
    ("let A = dense\n(A + A) >> (id + dense)", 3, "scale sum"),
    ("(dense(m) >> (relu | id)) >> dense", 4, "stack"),
]


@pytest.mark.parametrize("side", ["out", "in"])
@pytest.mark.parametrize(("text", "order", "theorems"), NETWORKS, ids=[row[0] for row in NETWORKS])
def test_steps_follow_from_their_premises(text, order, theorems, side):
    data = check_steps(text, order, side)
    assert set(theorems.split()) <= {step["theorem"] for step in data["steps"]}


@pytest.mark.parametrize("seed", range(24))
def test_steps_of_blocks_that_differ_in_names_only(seed):
    """What was worked out for one is renamed for the others."""
    check_steps(Maker(seed).alike(9), 3 if seed % 4 == 0 else 2, "out")


def check_steps(text, order, side):
    """Recompute every step from its premises, and return the JSON."""
    data = derive(text, "--order", str(order), "--side", side, "--assume-free").data
    values = {**random_values(data), "L": 4}
    for name, definition in data["definitions"].items():
        values[name] = evaluate(definition, values)
    index = {step["index"] for step in data["steps"] if "index" in step}
    for step in data["steps"]:
        at = {**values, **dict.fromkeys(index, 2)}
        phi, state = StepEvaluator(step, at, order).result()
        assert evaluate(step["phi"], at) == approximately(phi), step
        assert [evaluate(value, at) for value in step["state"]] == [approximately(value) for value in state], step
        assert evaluate(step["variance"], at) == approximately(state[0] * phi**2), step
    last = data["steps"][-1]
    assert (last["phi"], last["variance"]) == (data["phi"], data["variance"])
    return data


@pytest.mark.parametrize(("text", "order", "theorems"), NETWORKS, ids=[row[0] for row in NETWORKS])
def test_premises_are_what_earlier_steps_state(text, order, theorems):
    steps = derive(text, "--order", str(order), "--assume-free").data["steps"]
    used = set()
    for step in steps:
        for premise in step["premises"]:
            earlier = steps[premise["step"] - 1]
            assert earlier["number"] < step["number"]
            assert (premise["phi"], premise["state"]) == (earlier["phi"], earlier["state"])
            used.add(premise["step"])
    assert used == {step["number"] for step in steps[:-1]}


def test_refused_orders_are_null_in_the_steps():
    data = derive("(id + (bn >> relu >> dense))^L").data
    *earlier, last = data["steps"]
    assert (last["theorem"], last["variance"], last["state"]) == ("repeat", None, [])
    assert last["phi"] == data["phi"]
    assert all(step["variance"] is not None for step in earlier)


def test_ten_thousand_premises_are_written_in_proportion():
    sizes = [len(derive(" >> ".join(f"dense(var=a{place}/n)" for place in range(count))).out) for count in (200, 2000)]
    assert sizes[1] < 12 * sizes[0]
