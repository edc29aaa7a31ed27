"""User CPU time and memory of commands, beside a reference run at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

START_UP = [sys.executable, "-c", "import click, lark, yaml"]
SYMPY = [sys.executable, "-c", "import sympy"]
GROSS = 3
"""A benchmark fails beyond so many times its target only: a busy machine is no mistake in the code."""


@dataclass(frozen=True)
class Run:
    """What one process took, and what it said."""

    seconds: float
    megabytes: float
    status: int
    output: str


@dataclass(frozen=True)
class Comparison:
    """The fastest of several alternating runs of a command and of its reference, and the means of both."""

    best: Run
    reference: float
    mean: float
    mean_reference: float

    @property
    def ratio(self) -> float:
        """How many times the reference the command takes."""
        return self.best.seconds / self.reference

    @property
    def mean_ratio(self) -> float:
        """The same of the means: a clock of user time may tick every hundredth of a second."""
        return self.mean / self.mean_reference


def freeblock(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "freeblock", *arguments]


def run(command: list[str]) -> Run:
    """One process: user seconds and peak memory as the system counts them."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(usage.ru_utime, kilobytes / 1024, process.returncode, output)


def compare(command: list[str], reference: list[str], rounds: int = 3) -> Comparison:
    """Alternate the two, so that both meet the same machine."""
    runs, references = [], []
    for _ in range(rounds):
        references.append(run(reference).seconds)
        runs.append(run(command))
    return Comparison(min(runs, key=lambda one: one.seconds), min(references),
                      sum(one.seconds for one in runs) / rounds, sum(references) / rounds)


@dataclass(frozen=True)
class Reported:
    """One line of the table that ends a run."""

    what: str
    measured: float
    target: float


REPORT: list[Reported] = []


def report(what: str, measured: float, target: float) -> None:
    """Note a ratio; fail where it is grossly beyond its target."""
    REPORT.append(Reported(what, measured, target))
    assert measured <= GROSS * target, f"{what}: {measured:.2f}, the target is {target:g}"


def write(path: Path, text: str) -> str:
    """A program file; its path as a command line takes it."""
    path.write_text(text, encoding="utf-8")
    return str(path)
