"""Texts and names that would break out of a comment or hide what the code needs; long and nested formulas."""

from __future__ import annotations

import ast
import io
import itertools
import re
import tokenize
from pathlib import Path

import pytest
from exported_code import RUNNERS, Mathematica, c_library, exported, python_function
from julia_interpreter import Julia

import freeblock as fb
from freeblock.report.code.latex_macros import macro_word

COMMENTS = [
    "*/ int broken; /*", "*/\nint broken;", "\\", "??/", "*\\\n/ int broken;", "/* /* */ */", "*) Quit[] (*", "(* (* *)", "(*)", "\"\"\"",
    "''' \"\"\" \\", "=# broken = 1 #=", "#= broken", "coding: utf-7", "-*- coding: ascii -*- é", "λ é 中 \u202e \u2028 \ufeff",
    "\\end{document} % \\input{x} ^^M ^^J", "\\u000a \\N{BULLET} \\x0a", "\r\nbroken = 1", "*//", "/*/", "**/",
]
TARGETS = ["python", "numpy", "c", "julia", "mathematica"]


def _hostile(comment: str) -> str:
    lines = comment.replace("\r\n", "\n").split("\n")
    return "\n".join(f"# {line}" for line in lines) + "\n(dense >> relu)^L\n# " + lines[0]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("comment", COMMENTS)
def test_comments_end_where_they_should(comment: str, target: str, tmp_path: Path) -> None:
    function = exported(_hostile(comment), target, tmp_path)
    assert function("phi", {"L": 3.0, "sigma_w": 2.0}) == pytest.approx(8.0)


@pytest.mark.parametrize("comment", COMMENTS)
def test_the_code_itself_is_that_of_a_harmless_text(comment: str) -> None:
    harmless, hostile = fb.derive("(dense >> relu)^L"), fb.derive(_hostile(comment))
    for target in ("python", "numpy", "torch-init"):
        one, other = (ast.dump(ast.parse(result.export(target).encode())) for result in (harmless, hostile))
        assert one == other
    for target, code in (("c", r"#include.*"), ("julia", r"# The real number.*"), ("mathematica", r"assumptions =.*"),
                         ("latex-macros", r"\\providecommand.*")):
        one, other = (re.search(rf"^{code}", result.export(target), re.MULTILINE | re.DOTALL) for result in (harmless, hostile))
        assert one and other and one[0] == other[0]
        if target == "latex-macros":
            assert all(line.startswith(("%", r"\providecommand", r"\renewcommand")) for line in hostile.export(target).splitlines())


def test_the_first_lines_hold_nothing_of_the_user() -> None:
    """Python looks there for the encoding of a file."""
    text = fb.derive("# coding: utf-7\n(dense >> relu)^L").export("python")
    assert tokenize.detect_encoding(io.BytesIO(text.encode()).readline)[0] == "utf-8"


# Keywords and library names of the targets, names of the generated helpers, names that differ little.
NAMES = [
    "int", "double", "register", "number", "plus", "times", "value_of", "p", "linux", "unix", "NAN", "INFINITY", "M_PI", "isnan", "y1", "I",
    "E", "N", "D", "C", "O", "K", "Gamma", "Sin", "Pi", "Module", "phi", "kappa", "variance", "phi_2", "log_phi", "phi_number", "lambda",
    "end", "begin", "function", "scaled", "Scaled", "total", "root", "im", "gamma", "beta", "sqrt", "exp_", "abs_", "math", "float", "range",
    "map", "part1", "sum1", "product1", "step1", "l", "a_b", "aB", "a_B", "ab", "é", "ü_1", "中", "True", "None", "x_", "x__", "whole",
    "positive", "nearest", "logPhi", "assumptions", "moment", "np", "freeblock_values", "main", "errno", "signgam", "Float64", "Inf", "NaN",
    "z", "q", "j", "e1", "E1", "u00e9", "nothing", "missing", "DBL_MAX", "HUGE_VAL", "print", "type", "self",
]


def _accepted(name: str) -> bool:
    try:
        fb.derive(f"dense(var={name}/n)")
    except fb.FreeblockError:
        return False
    return True


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("count", [2, 9])
def test_names_that_mean_something(target: str, count: int, tmp_path: Path) -> None:
    """Every name in some network, with all others of its group: 2 indexed forms with a body of several parts."""
    names = [name for name in NAMES if _accepted(name)]
    assert len(names) > 75
    for group in itertools.zip_longest(*[iter(names)] * (9 * count)):
        used = [name for name in group if name]
        total = "+".join(f"{place + 2}*{name}/1000" for place, name in enumerate(used))
        text = f"serial[i_=1..3*L](dense(var=({total}+i_)/n)) >> sum[end=1..L](dense(var=({used[0]}+end)/n))"
        values = {name: 0.5 + place / 8 for place, name in enumerate(used)} | {"L": 2.0}
        weight = sum((place + 2) * values[name] / 1000 for place, name in enumerate(used))
        expected = 1.0
        for step in range(1, 7):
            expected *= weight + step
        # `end` is an index here, whatever else the network calls so.
        expected *= sum(values[used[0]] + step for step in (1, 2))
        result = fb.derive(text, assume_free=True)
        renamed = dict(zip(sorted(_python(name) for name in values), sorted(values, key=_python), strict=True))
        function = RUNNERS[target](result.export(target), tmp_path)
        given = {name: values[symbol] for name, symbol in renamed.items()} if target in {"python", "numpy"} else values
        assert function("phi", given) == pytest.approx(expected, rel=1e-9), used


def _python(name: str) -> str:
    from freeblock.formula.notations import python_name

    return python_name(name)


def test_macros_of_the_mathematical_header_are_avoided(tmp_path: Path) -> None:
    """Every macro that a compiler of C knows after math.h and float.h can be the name of a symbol."""
    import subprocess

    listed = subprocess.run(["gcc", "-dM", "-E", "-include", "math.h", "-include", "float.h", "-x", "c", "/dev/null"], capture_output=True, text=True, check=True)
    names = sorted({name for name in re.findall(r"^#define ([A-Za-z]\w*)", listed.stdout, re.MULTILINE) if _accepted(name)})
    assert len(names) > 60
    text = fb.derive(f"dense(var=({'+'.join(names)})/n)").export("c")
    c_library(text.replace("#include <float.h>", "#include <float.h>"), tmp_path)
    gnu = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Werror", "-fsyntax-only", str(next(tmp_path.glob("*.c")))], capture_output=True, text=True, check=False)
    assert gnu.returncode == 0, gnu.stderr


def test_macro_words_are_distinct() -> None:
    letters = ["a", "A", "o", "n", "e", "O", "1", "_", "é", "N", "i"]
    names = ["".join(word) for size in (1, 2, 3, 4) for word in itertools.product(letters, repeat=size) if word[0] not in "1_"]
    words = {macro_word(name) for name in [*names, "One", "blockOne", "block1", "block_1", "Under", "aUnder", "CharTwo", "é2"]}
    assert len(words) == len(set(names) | {"One", "blockOne", "block1", "block_1", "Under", "aUnder", "CharTwo", "é2"})
    assert all(re.fullmatch("[A-Za-z]+", word) for word in words)


@pytest.mark.parametrize("target", ["python", "numpy", "julia"])
def test_many_layers_and_deep_nesting(target: str, tmp_path: Path) -> None:
    wide = " >> ".join(f"(id + dense(var=a{place}/fan_in))" for place in range(300))
    nested = "id + (dense(var=a0/fan_in) >> (" * 60 + "id" + "))" * 60
    for text, count, expected in ((wide, 300, 1.5**300), (nested, 1, sum(0.5**power for power in range(61)))):
        function = exported(text, target, tmp_path, assume_free=True)
        assert function("phi", {f"a{place}": 0.5 for place in range(count)}) == pytest.approx(expected, rel=1e-10)


def test_shared_parts_are_written_once() -> None:
    """κ of a nested network holds φ of its inner blocks again and again."""
    text = "dense(var=a/n)"
    sizes = []
    for depth in range(1, 13):
        text = f"(id + (dense(var=b/n) >> ({text})))^2"
        if depth in {6, 12}:
            sizes.append(len(fb.derive(text, assume_free=True).export("python")))
    assert sizes[1] < 3 * sizes[0]


def test_files_are_the_same_every_time(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "freeblock", "export", "sum[l=1..L](dense(var=(a+l*b)/n)) >> (id + (dense>>relu>>dense))^K", "--assume-free", "--to"]
    for target in [*TARGETS, "latex-macros"]:
        texts = {subprocess.run([*command, target], capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}).stdout for seed in "12"}
        assert len(texts) == 1


def test_a_refused_variance_has_no_function(tmp_path: Path) -> None:
    result = fb.derive("(id + (bn >> relu >> dense))^L")
    text = result.export("python")
    assert "def phi(" in text and "def variance" not in text and "def kappa" not in text and "# Not given:" in text
    assert python_function(text)("phi", {"L": 2, "sigma_B": 1, "sigma_w": 1}) == pytest.approx(2.25)
    assert set(Julia(result.export("julia")).methods) >= {"phi"} and "variance" not in Julia(result.export("julia")).methods
    assert not hasattr(c_library(result.export("c"), tmp_path), "variance")
    file = Mathematica(result.export("mathematica"), tmp_path)
    assert str(file.session.evaluate("kappa")) == "Global`kappa"
