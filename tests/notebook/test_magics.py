"""`%fb` and `%%fb` in a real shell of IPython."""

from __future__ import annotations

import builtins
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import freeblock as fb
from freeblock.session import Result


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    vars(builtins).pop("_", None)  # a doctest in this process leaves one, and the shell would keep it
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "freeblock")
    yield shell
    InteractiveShell.clear_instance()


def ran(shell: Any, cell: str) -> tuple[Any, str]:
    """The value of a cell and what was printed."""
    with capture_output() as captured:
        result = shell.run_cell(cell, store_history=True)
    return (result.result if result.success else result.error_in_exec), captured.stdout + captured.stderr


def test_a_line(shell: Any) -> None:
    result, _ = ran(shell, "%fb --order 3 (dense >> relu)^L")
    assert isinstance(result, Result) and result.derivation.order == 3
    assert ran(shell, "_.kappa")[0] == fb.derive("(dense >> relu)^L").kappa


def test_options_are_those_of_derive(shell: Any) -> None:
    result, _ = ran(shell, "%fb --set sigma_w='sqrt( 2 )' --set tau=3 --side in dense(k) >> dense(k, var=tau/fan_in)")
    same = fb.derive("dense(k) >> dense(k, var=tau/fan_in)", values={"sigma_w": "sqrt(2)", "tau": 3}, side="in")
    assert (result.phi, result.variance) == (same.phi, same.variance)
    assumed, _ = ran(shell, "%fb --assume independent-patterns (id + (relu >> dense))^2")
    assert assumed.variance is not None
    refused, said = ran(shell, "%fb --require variance (id + (relu >> dense))^2")
    assert isinstance(refused, fb.FreeblockError) and "--assume independent-patterns" in said


def test_a_cell_is_a_program_and_can_be_bound(shell: Any) -> None:
    result, _ = ran(shell, "%%fb --as d --name block\nblock = id + (dense >> relu >> dense)\nnet = block^L\n")
    assert result is shell.user_ns["d"] and result.derivation.network.name == "block"
    assert result.expression.startswith("block = id")
    assert ran(shell, "x = %fb dense\nx.phi")[0] == fb.derive("dense").phi


MISTAKES = [
    ("%fb dense >> rleu", "   |\n 1 | dense >> rleu\n   |          ^^^^\nhint: did you mean `relu`?"),
    ("%%fb\nblock = dense\n\nblock >> rleu\n", "  --> %%fb:4:10\n   |\n 4 | block >> rleu\n   |          ^^^^"),
    ("%fb", "error: there is nothing to derive"),
    ("%fb --order 99 dense", "error: Invalid value for '--order'"),
    ("%fb --nothing dense", "error: No such option '--nothing'"),
    ("%fb --as 1 dense", "error: `1` is no name of a variable"),
    ("%fb --as class dense", "error: `class` is no name of a variable"),
    ("%fb --set 'sigma_w dense", "error: a quotation mark is not closed"),
    ("%%fb dense\nrelu", "error: `dense` stands behind the options of a cell"),
    ("%fb nowhere.fb", "error: "),
    ("import freeblock\nfreeblock.derive('dense >>')", " 1 | dense >>\n   |       ^^"),
]


@pytest.mark.parametrize(("cell", "expected"), MISTAKES, ids=[cell for cell, _ in MISTAKES])
def test_a_mistake_is_shown_with_its_place_and_without_a_traceback(shell: Any, cell: str, expected: str) -> None:
    error, said = ran(shell, cell)
    assert isinstance(error, fb.FreeblockError)
    assert expected in said and "Traceback" not in said and "notebook.py" not in said


def test_help_is_printed(shell: Any) -> None:
    value, said = ran(shell, "%fb --help")
    assert value is None and "--as NAME" in said and "--order" in said
    assert "--format" not in said
    assert "%%fb [OPTIONS]" in (shell.find_line_magic("fb").__doc__ or "")


def shown(shell: Any, value: object) -> dict[str, str]:
    data: dict[str, str] = shell.display_formatter.format(value)[0]
    return data


def test_a_result_shows_itself(shell: Any) -> None:
    data = shown(shell, fb.derive("(id + (bn >> relu >> dense))^L"))
    assert "φ(JJᵀ)" in data["text/plain"]
    assert data["text/latex"].startswith("$$") and r"\frac{\sigma_{w}^{2}}" in data["text/latex"]
    assert "<details open><summary>refused" in data["text/html"] and r"\frac{\sigma_{w}^{2}}" in data["text/html"]


def test_html_is_escaped(shell: Any) -> None:
    text = "# <script>alert(1)</script> $x$ `</pre>`\ndense(var=a) >> opaque(F) >> relu"
    html = shown(shell, fb.derive(text))["text/html"]
    assert "<script" not in html and "&lt;script&gt;" in html and html.count("<pre>") == html.count("</pre>") == 1
    assert "a < b" not in shown(shell, fb.derive("assume a < b\ndense(var=a/b)"))["text/html"]


def test_a_check_shows_itself(shell: Any) -> None:
    result = fb.check("(id + (relu >> dense))^2", width=32, samples=50, seed=1)
    data = shown(shell, result)
    assert "measured" in data["text/plain"] and "not proved" in data["text/plain"]
    assert data["text/html"].count("<tr>") == 3 and data["text/latex"].count(r"\\") == 2
    assert f"{result.orders[0].measured:.6g}" in data["text/html"] and "free value; not proved" in data["text/html"]


def test_a_picture_shows_itself(shell: Any) -> None:
    result = fb.derive("dense >> relu")
    data = shown(shell, result.draw())
    assert data["image/svg+xml"].startswith("<?xml") and "SVG" in data["text/plain"]


def test_importing_freeblock_imports_no_ipython_and_no_matplotlib() -> None:
    code = ("import sys, freeblock as fb; d = fb.derive('dense >> relu'); d._repr_mimebundle_(); "
            "fb.load_ipython_extension; print({'IPython', 'matplotlib', 'sympy'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "set()"
