"""What a person waits for at a prompt: help, a mistyped text, a short network."""

from __future__ import annotations

import sys

from measuring import START_UP, compare, freeblock, report, run


def test_help() -> None:
    found = compare(freeblock("--help"), START_UP, rounds=5)
    assert found.best.status == 0
    assert "derive" in found.best.output
    report("--help / import of click, lark, yaml", found.ratio, 1.2)


def test_syntax_errors() -> None:
    for command in ("derive", "check"):
        found = compare(freeblock(command, "dense >> >> relu"), START_UP, rounds=5)
        assert found.best.status == 2
        report(f"{command} with a syntax error / the same import", found.ratio, 1.2)


def test_a_short_network() -> None:
    found = compare(freeblock("derive", "(dense >> relu)^L"), START_UP, rounds=5)
    assert found.best.status == 0
    assert r"\left(\frac{\sigma_w^2}{2}\right)^{L}" in found.best.output.replace("_{w}^{2}", "_w^2")
    report("derive (dense >> relu)^L in LaTeX / the same import", found.ratio, 2)


def test_a_short_network_does_without_sympy() -> None:
    script = ("import sys; from freeblock.__main__ import main; status = main(['derive', '(dense >> relu)^L']); "
              "print('sympy' in sys.modules, 'numpy' in sys.modules, status)")
    assert run([sys.executable, "-c", script]).output.splitlines()[-1] == "False False 0"
