"""Every command reads `-` as standard input and writes files whole or not at all; `--version`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run

from freeblock.version import __version__

ROOT = Path(__file__).parents[2]
LIBRARY = """\
half:
  title: Half of everything
  kind: linear
  parameters:
    scale: {default: 1/2, meaning: the factor, domain: scale > 0}
  jacobian:
    moments: scale^(2*k)
    traits: {scalar: true}
  depends_on: nothing
  source: by definition
"""
WRONG = """\
wrong:
  title: Weights of variance 1/fan_in with the law of other weights
  kind: linear
  jacobian: {s_transform: 1/(2 + 2*z)}
  depends_on: weights
  sample: {sampler: gaussian, var: 1/fan_in}
  source: an error
"""
CHECK = ("check", "orthogonal", "--width", "32", "--samples", "2")
COMMANDS = [("derive", "(dense >> relu)^L"), (*CHECK, "--format", "json"), ("library",), ("library", "relu"),
            ("library", "--format", "json"), ("library", "dense", "--format", "latex"), ("completion", "fish")]


def without_times(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if '"seconds"' not in line)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_holds_what_is_printed(command: tuple[str, ...], tmp_path: Path) -> None:
    printed = run(*command)
    written = run(*command, "-o", str(tmp_path / "out"))
    assert (printed.status, written.status, written.out, written.err) == (0, 0, "", "")
    assert without_times((tmp_path / "out").read_text(encoding="utf-8")) == without_times(printed.out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert run(*command, "-o", "-").out.splitlines()[0] == printed.out.splitlines()[0]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_cannot_be_written_is_told(command: tuple[str, ...], tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "no" / "such"):
        outcome = run(*command, "--output", str(target))
        assert outcome.status == 2 and "cannot be written" in outcome.mistake.message
    assert not list(tmp_path.iterdir())


def test_a_mistake_leaves_the_old_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("old", encoding="utf-8")
    for command in (("derive", "dense >>"), ("check", "dense >>"), ("library", "nothing"), ("completion", "ksh")):
        assert run(*command, "-o", str(kept)).status == 2
    assert kept.read_text(encoding="utf-8") == "old"


def test_a_check_that_disagrees_is_written_too(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    outcome = run("check", "wrong", "--library", str(tmp_path / "wrong.yaml"), "--width", "64", "--format", "json", "-o",
                  str(tmp_path / "out.json"), "--samples", "20")
    assert (outcome.status, outcome.out) == (1, "")
    assert not json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["orders"][0]["agrees"]


def test_standard_input() -> None:
    assert run("derive", "-", "--format", "json", stdin=b"orthogonal").data["phi"] == "1"
    assert run("check", "-", *CHECK[2:], stdin=b"orthogonal").status == 0
    library = LIBRARY.encode()
    assert run("derive", "half", "--library", "-", "--format", "json", stdin=library).data["phi"] == "1/4"
    assert "half" in run("library", "--library", "-", stdin=library).out
    assert run("library", "half", "--library", "-", "--format", "json", stdin=library).data["law"] == {
        "moments": "scale^(2*k)"}


@pytest.mark.parametrize("command", [
    ("derive", "-", "--library", "-"), ("check", "-", "--library", "-"), ("library", "--library", "-", "--library", "-"),
    ("derive", "-", "--notation", "-")])
def test_standard_input_is_read_once(command: tuple[str, ...]) -> None:
    outcome = run(*command, stdin=b"dense")
    assert (outcome.status, outcome.mistake.message) == (
        2, "two arguments are `-`, and standard input can be read once")


def test_the_json_of_the_library_says_what_the_text_says() -> None:
    data = {entry["name"]: entry for entry in run("library", "--format", "json").data}
    assert list(data) == [line.split()[0] for line in run("library").out.splitlines()]
    for name, entry in data.items():
        text = run("library", name).out
        assert entry == run("library", name, "--format", "json").data
        assert text.startswith(f"{name}: {entry['title']}")
        for parameter in entry["parameters"]:
            assert f"  {parameter['name']}" in text and parameter["meaning"] in text
            assert ("(required)" in text) >= parameter["required"]
        for trait, condition in entry["traits"].items():
            assert (trait if condition is True else f"{trait} where {condition}") in text
        assert f"Source: {entry['source']}" in text and f"Outputs: {entry['outputs']}" in text
        for law in [entry["law"], *(given["law"] for given in entry["given"].values())]:
            for formula in [] if law is None else [law.get("moments"), law.get("s_transform")]:
                assert formula is None or f"= {formula}" in text


def test_version() -> None:
    outcome = run("--version")
    assert outcome.status == 0
    first, packages, texts = outcome.out.splitlines()
    assert first == f"freeblock {__version__}"
    assert packages.startswith(f"Python {platform.python_version()}, ")
    for package in ("sympy", "mpmath", "numpy", "lark", "PyYAML", "click"):
        assert f", {package} {importlib.metadata.version(package)}" in packages
    for kind, name in (("grammar", "freeblock.lark"), ("library", "components.yaml")):
        digest = hashlib.sha256((ROOT / kind / name).read_bytes()).hexdigest()
        assert f"{kind} {digest[:16]}" in texts


def test_version_loads_nothing_heavy() -> None:
    script = ("import sys; from freeblock.__main__ import main; status = main(['--version']); "
              "print([name for name in ('sympy', 'numpy', 'lark', 'yaml', 'freeblock.calculus', 'freeblock.language.parser')"
              " if name in sys.modules], status)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize("arguments", [
    ["solve", "-", "--for", "sigma_w"], ["verify", "-", "--claim", "phi = sigma_w^2/2"], ["draw", "-"],
    ["export", "-", "--to", "python"], ["compare", "He=-"], ["derive", "-"],
])
def test_a_dash_is_standard_input(arguments: list[str]) -> None:
    assert run(*arguments, stdin=b"dense >> relu\n").status == 0
    twice = run(*arguments, "--library", "-", stdin=b"dense >> relu\n")
    assert twice.status == 2 and "standard input can be read once" in twice.err


def test_a_paper_is_not_read_from_standard_input() -> None:
    outcome = run("weave", "-")
    assert outcome.status == 2 and "not read from standard input" in outcome.err
