"""Every kind of report compiles with plain pdflatex, without an overfull line or an undefined reference."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from latex_derivations import FREE, PATTERNS, compiled, derived

from freeblock.report.latex import latex_report

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")

FLAGSHIP = "(id + (bn >> relu >> dense(var=sigma_w^2/fan_in)))^L"
DENSENET = "grow(g) = id | (relu >> dense(g,var=2/fan_in))\ngrow(k)^L"
RESIDUALS = " >> ".join(f"(id + (dense(var=a{i}/fan_in)>>relu>>dense(var=b_{i}/fan_in)))" for i in range(60))
HOSTILE = "# \\end{verbatim} \\input{x} $ % & ^ ~ # λ 中 {{\ndense(var=σ_w*é/fan_in)>>dense(var=中_2) # }{ \\\\"

DOCUMENTS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "flagship": (FLAGSHIP, 2, {}),
    "flagship assumed": (FLAGSHIP, 2, {"premises": PATTERNS}),
    "chain": ("(dense >> relu)^L", 2, {}),
    "chain to order 6": ("(dense(k)>>relu>>dense(n))^L", 6, {}),
    "first moment": ("(id + (dense>>relu))^L", 1, {}),
    "residual to order 4": ("(id + (dense>>relu))^4", 4, {}),
    "stack": ("(dense(var=2/fan_in) | dense(var=1/(5*fan_in))) >> relu", 2, {}),
    "stack to order 4": ("(dense(var=a/fan_in) | dense(k,var=b/fan_in)) >> relu", 4, {}),
    "wide stack": (" | ".join(f"dense(k{i},var=a_{i})" for i in range(20)), 2, {}),
    "wide sum": (" + ".join(f"(dense(var=a_{i}) >> relu >> dense)" for i in range(20)), 3, {}),
    "densenet": (DENSENET, 2, {}),
    "densenet assumed": (DENSENET, 3, {"premises": FREE}),
    "indexed product": ("serial[l=1..L](id + (1/sqrt(l))*(dense(var=tau/fan_in)>>orthogonal))", 2, {}),
    "indexed sum": ("sum[l=1..L](l^(-1)*dense(var=tau/fan_in))", 3, {}),
    "indexed stack": ("stack[l=1..L](dense(k,var=l/fan_in))", 3, {}),
    "opaque": ("opaque(F,left,right)>>relu>>dense(k)>>opaque(sigma,left,right)", 3, {}),
    "opaque labels": ("opaque(W,left,right)>>dense>>opaque(W_1,left,right)>>opaque(I,left,right)", 2, {}),
    "all assumed": ("((id + (dense >> relu >> dense)) >> relu)^2", 2, {"premises": FREE}),
    "all refused": ("((id + (dense >> relu >> dense)) >> relu)^2", 2, {}),
    "limit": ("(id+(1/sqrt(L))*(dense>>relu>>dense))^L", 2, {}),
    "zero": ("dense(var=0)>>relu", 3, {}),
    "zero branch": ("(dense(var=0)>>relu) | dense", 3, {}),
    "large powers": ("(dense(var=2/fan_in)>>relu)^(10^6)>>(2*dense(var=3/(7*fan_in)))^12345678", 3, {}),
    "long fractions": ("(id + (dense(var=1/3/fan_in)>>relu>>dense(var=17/23/fan_in)))^50", 4, {}),
    "tanh": ("(dense>>tanh)^3", 2, {}),
    "selu": ("(dense(var=1/fan_in)>>selu)^L", 3, {}),
    "selu unknown": ("dense(var=2/fan_in)>>selu(q=q)>>dense>>selu(alpha=a,q=2)", 3, {}),
    "shared": ("let W = dense\n(W >> relu)^3", 2, {}),
    "input side": ("dense(k)>>relu>>dense(q)", 3, {"side": "in"}),
    "bottleneck": ("dense(k)>>relu>>dropout>>dense(n)>>leaky_relu(a)", 4, {}),
    "diagonals": ("(relu(p=p)>>dropout)^L >> dense >> (id + relu)", 3, {"premises": FREE}),
    "orthogonal": ("orthogonal(a)>>orthogonal(b)>>orthogonal(c)", 2, {}),
    "long names": (f"dense(var={'very_long_name_' * 6}x/fan_in)>>dense({'w' * 95})", 2, {}),
    "clashing names": ("dense(var=a1/fan_in)>>dense(var=a_1/fan_in)>>dense(N)>>dense(var=J*W*kappa*phi)", 2, {}),
    "sixty residual blocks": (RESIDUALS, 2, {}),
    "sixty layers to order 4": (" >> ".join(f"dense(var=a{i}/fan_in)>>relu" for i in range(60)), 4, {}),
    "nested": ("id + (dense(var=a0)>>(" * 20 + "id" + "))" * 20, 2, {}),
    "wide power": (f"dense^({'+'.join(f'n_{i}' for i in range(60))})", 2, {}),
    "twelve branches": (" + ".join(f"(dense(var=a_{i}/fan_in)>>leaky_relu(s_{i})>>dense(var=b_{i}/fan_in))" for i in range(12)), 2, {}),
    "fifteen widths": (" >> ".join(f"dense(w_{i},var=a_{i}/fan_in)>>leaky_relu(slope_{i})" for i in range(15)), 2, {}),
    "leaky stack to order 4": ("(dense(k)>>leaky_relu(a)>>dense(n)>>leaky_relu(b)) | dense(k) | (dense>>leaky_relu)", 4, {}),
    "long names in broken terms": (" >> ".join(
        f"(id + (dense(var=variance_{i}_in/fan_in)>>leaky_relu(slope_{i})>>dense(var=variance_{i}_out/fan_in)))"
        for i in range(4)), 2, {"premises": FREE}),
    "wide sums in powers": ("(dense(var=(a+b+c+d+f+g+h+o+p+q)^2/fan_in)>>leaky_relu(a+b+c+d+f+g+h+o+p+q+r+s+t+u+v))^L", 3, {}),
    "hostile": (HOSTILE, 2, {}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_compiles_without_an_overfull_line(name: str, tmp_path: Path) -> None:
    text, order, options = DOCUMENTS[name]
    result = compiled(latex_report(derived(text, order, **options), expression=text, document=True), tmp_path)
    assert result.complaints == []
    assert result.status == 0


@pytest.mark.parametrize("steps", ["none", "summary"])
@pytest.mark.parametrize("name", ["flagship", "stack to order 4", "all refused", "sixty residual blocks"])
def test_document_with_fewer_steps_compiles(name: str, steps: Any, tmp_path: Path) -> None:
    text, order, options = DOCUMENTS[name]
    report = latex_report(derived(text, order, **options), expression=text, steps=steps, document=True)
    result = compiled(report, tmp_path)
    assert (result.status, result.complaints) == (0, [])


@pytest.mark.parametrize("name", ["flagship assumed", "selu", "hostile"])
def test_fragment_needs_amsmath_only(name: str, tmp_path: Path) -> None:
    text, order, options = DOCUMENTS[name]
    fragment = latex_report(derived(text, order, **options), expression=text)
    whole = "\n".join([r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", fragment, r"\end{document}"])
    result = compiled(whole, tmp_path)
    assert result.status == 0
    assert [line for line in result.complaints if "Citation" not in line and "undefined references" not in line] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_lines_are_broken_before_a_sign_and_outside_of_brackets(name: str) -> None:
    text, order, options = DOCUMENTS[name]
    report = latex_report(derived(text, order, **options), expression=text)
    for display in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end", report, re.DOTALL):
        first, *rows = display.split(" \\\\\n")
        assert re.match(r"[^&]+&(=|\\approx) ", first)
        for row in rows:
            # A new equation, a further value of the last one, or a sign that goes on with a term or with a factor.
            assert re.match(r"[^&]+&(=|\\approx) |&(=|\\approx) |&\\quad \{\}[-+] |&\\q?quad \{\}(\\cdot)? ?|&\\quad ", row), row
            assert not re.match(r"&\\q?quad (\{\}[-+] )?[-+] ", row)
        for row in (first, *rows):
            assert row.count(r"\left") == row.count(r"\right") and row.count("{") == row.count("}")
            if r"\left" not in row and "[" not in row:
                assert row.count("(") == row.count(")"), row
