"""What is printed is the same in every run: nothing in it rests on how sets are laid out in memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NETWORKS = [
    ("(id + (orthogonal(gain=g) >> selu >> dense(var=e1/fan_in))) >> (id + (orthogonal(gain=h) >> selu >> dense(var=pi1/fan_in)))", "4"),
    ("(id | (relu >> dense(k)))^L >> (dense(a) | dense(b) | leaky_relu(s))", "3"),
    ("serial[l=1..L](id + (dense(var=(a+b*l)/fan_in) >> relu)) + orthogonal(gain=sqrt(a+b)) + dense(m*n/m, var=c)", "2"),
]


@pytest.mark.parametrize("form", ["text", "latex", "json"])
@pytest.mark.parametrize(("text", "order"), NETWORKS)
def test_output_does_not_depend_on_hashes(text: str, order: str, form: str) -> None:
    command = [sys.executable, "-m", "freeblock", "derive", text, "--order", order, "--format", form, "--assume-free"]
    outputs = {subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
               for seed in ("0", "1", "2", "3", "5")}
    assert len(outputs) == 1
