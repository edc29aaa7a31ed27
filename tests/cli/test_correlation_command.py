"""`freeblock correlation` and `solve` with chi: formats, exit statuses, pictures, and what is refused."""

from __future__ import annotations

import math
import re
import shlex
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import sympy
from command_line import run
from sheets import check_every_format, check_latex_compiles

from freeblock.__main__ import main

ROOT = Path(__file__).parents[2]
EVERY = [
    ("relu",), ("relu", "--var", "2", "--layers", "1,50"), ("prelu(slope=a)", "--bias", "b"), ("linear", "--var", "1"), ("tanh",), ("erf",),
    ("sin(w*x) + x",), ("x^3 - x", "--bias", "sigma_b^2"), ("tanh", "--var", "4", "--bias", "1/10", "--layers", "0,7"), ("x^2", "--var", "1/10", "--bias", "1/10", "--q", "1/9"),
    ("tanh", "--var", "1.760954639606739", "--bias", "1/20", "--layers", "10"), ("hard_tanh", "--var", "3", "--terms", "30"), ("cos(3*x)", "--var", "9", "--layers", "3"),
    ("activation(x*tanh(x))", "--var", "1/2", "--bias", "1/10"), ("tanh(a*x)", "--set", "a=2", "--set", "sigma_w=1", "--bias", "1/10"),
    ("relu", "--var", "3", "--layers", "10000", "--q", "7"),
]
SOLVED = [("dense >> relu",), ("dense(bias=1/20) >> tanh",), ("dense(bias=b) >> prelu(slope=a)",)]


def wanted(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return ("solve", *arguments, "--for", "sigma_w", "--where", "chi = 1" if "b)" not in arguments[0] else "chi = 1/3")


COMMANDS = [*(("correlation", *arguments) for arguments in EVERY), *map(wanted, SOLVED)]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_format_is_printed(arguments: tuple[str, ...]) -> None:
    check_every_format(arguments)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_the_latex_compiles(tmp_path: Path) -> None:
    check_latex_compiles(COMMANDS, tmp_path)


def test_the_printed_map_is_the_one_that_is_followed() -> None:
    """The formula of the text, evaluated here, gives the correlations of the table."""
    done = run("correlation", "leaky_relu(slope=1/5)", "--var", "1", "--bias", "1/3", "--layers", "1,2,3", "--c", "1/10")
    lines = dict(re.findall(r"^  (\S+) = (.*?)(?:   \(.*)?$", done.out, re.MULTILINE))
    known = {"pi": math.pi, "sqrt": math.sqrt, "arccos": math.acos, "c": 0.1, "chi_1": 0.52}
    for row in re.findall(r"^  [123]  +\S+ +(\S+)", done.out, re.MULTILINE):
        known["J"] = eval("lambda c: " + lines["J(c)"].replace("^", "**"), known)
        known["c"] = eval(lines["c'"], known)
        assert known["c"] == pytest.approx(float(row), rel=1e-9)


def test_the_json_has_one_shape() -> None:
    keys = {tuple(run("correlation", *arguments, "--format", "json").data) for arguments in EVERY[:4]}
    assert len(keys) == 1


def test_the_formulas_of_the_json_are_read_by_sympy() -> None:
    names = {name: sympy.Symbol(name, positive=True) for name in ("c", "q", "sigma_w", "a", "b")}
    for text in ("relu", "erf", "sin", "x^3 + x", "prelu(slope=a)"):
        data = run("correlation", text, "--bias", "b", "--format", "json").data
        joint, chi, following = (sympy.sympify(data[key], locals=names) for key in ("joint_mean", "chi_formula", "map"))
        point = {names["sigma_w"]: 0.6, names["a"]: 0.3, names["q"]: 0.8, names["b"]: 0.8 - 0.36 * joint.subs(
            {names["c"]: 1 - 1e-12, names["q"]: 0.8, names["a"]: 0.3})}
        at = sympy.diff(following, names["c"]).subs(point)
        assert float(following.subs(point).subs(names["c"], 1 - 1e-12)) == pytest.approx(1, abs=1e-5)
        assert float(at.subs(names["c"], 1 - 1e-9)) == pytest.approx(float(chi.subs(point)), rel=1e-3)


@pytest.mark.parametrize(("arguments", "status", "word"), [
    (("tanh", "--var", "9/10"), 1, "no fixed point but 0"), (("relu", "--var", "2", "--bias", "1"), 1, "grows in every layer"),
    (("gelu", "--var", "2", "--bias", "1/10"), 1, "its start decides"), (("exp(x^2)", "--var", "1"), 1, "no fixed point"),
    (("tanh", "--var", "1e300"), 2, "sigma_w^2"), (("tanh", "--var", "0"), 2, "variance 0"), (("tanh", "--var", "-1"), 2, "not negative"),
    (("relu", "--set", "sigma_w=1e300"), 2, "too large"), (("tanh", "--var", "1", "--bias", "1e300"), 2, "sigma_b^2"), (("tanh", "--var", "1e90"), 1, "no fixed point"),
    (("relu", "--var", "2", "--bias", "b"), 1, "grows in every layer"), (("x-x", "--var", "1"), 2, "f is 0"), (("1e200*x", "--var", "1"), 2, "too small or large"),
    (("sin(1000*x)", "--var", "1", "--bias", "1/10"), 1, "as far as"), (("tanh", "--var", "1/2", "--bias", "1e-20"), 1, "below what is looked at"), (("tanh", "--var", "2/fan_in"), 2, "all weights"),
    (("3",), 2, "does not depend on x"), (("c*x",), 2, "something else"), (("dense",), 2, "no function"), (("relu >> relu",), 2, "not a network"), (("tanh(" * 60 + "x" + ")" * 60,), 2, "nested"),
    (("sign(x)", "--var", "1"), 2, "jumps"), (("tanh(a*x)",), 2, "no closed form"), (("tanh", "--layers", "3"), 2, "no value"), (("tanh", "--var", "2", "--layers", "1e9"), 2, "no number of layers"),
    (("tanh", "--set", "v=1"), 2, "occurs neither"), (("tanh", "--var", "2", "--c", "2"), 2, "between"), (("tanh", "--q", "1"), 2, "has no value"), (("tanh", "--var", "x"), 2, "something else"),
    (("tanh", "--plot", "map.txt"), 2, "picture"), (("tanh", "--plot", "map.svg"), 2, "no value"), (("x = 1",), 2, "relation"), (("tanh", "--var", "a < b"), 2, "comparison"),
    (("sin(a*x)", "--phase-diagram", "x.svg"), 2, "no value"), (("tanh", "--set", "x=1"), 2, "variable"),
])
def test_what_is_not_so_is_not_printed(arguments: tuple[str, ...], status: int, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("correlation", *arguments)
    assert done.status == status and not done.out
    assert word in done.mistake.message + (done.mistake.hint or "")
    assert not list(tmp_path.iterdir())


def curves(path: Path) -> list[list[float]]:
    """The numbers of every long curve of a plot."""
    root = ElementTree.parse(path).getroot()
    return [[float(word) for word in element.get("d", "").split() if word not in {"M", "L", "C", "z", "Q"}]
            for element in root.iter("{http://www.w3.org/2000/svg}path") if len(element.get("d", "")) > 500]


def test_the_pictures_of_the_page_are_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "correlation.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\$ (freeblock correlation .*--phase-diagram.*)$", page, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    for name in ("correlation-tanh.svg", "correlation-map.svg"):
        assert f"]({name})" in page
        found, held = curves(tmp_path / name), curves(ROOT / "docs" / name)
        assert [len(path) for path in found] == [len(path) for path in held] and found
        for one, other in zip(found, held, strict=True):
            assert one == pytest.approx(other, rel=0.02, abs=4), "fonts of another version may move a plot a little"
