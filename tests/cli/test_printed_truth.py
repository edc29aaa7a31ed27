"""Every format states the same: LaTeX, text and Unicode are read by evaluators of their own and compared with JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from command_line import derive, run
from formula_strings import evaluate, number, random_values, read
from latex_evaluator import as_key, evaluate_latex
from random_symbolic_networks import Maker
from report_equations import equations
from shown_evaluator import evaluate_shown

NO_VALUE = re.compile(r"S\(z\)|\\phi_([a-z]|\\ell)|J|J_\{?\d+\}?|\\mathcal\{B\}.*|\\text.*|\\lim.*|([a-z]|\\mu|\\delta)_(L/|i).*")
"""Left sides that are no number: laws in general, matrices, shares, limits, ratios of widths by premise."""

FUNCTION = {as_key("f(x)"), as_key("f'(x)")}

PUBLISHED = {"lambda_selu": r"\lambda_{\mathrm{selu}}", "alpha_selu": r"\alpha_{\mathrm{selu}}"}

CHOSEN = [
    ("(dense >> relu)^L", 4),
    ("dense(m) >> relu >> orthogonal(k, gain=g) >> dropout >> dense", 4),
    ("(dense(m) >> leaky_relu(slope=s, p=p) >> dense(n))^L", 3),
    ("(id + (dense >> relu >> dense))^L", 4),
    ("(c * (id + (dense >> relu >> dense(var=v))))^3 >> tanh", 2),
    ("dense(m) + dense(m, var=v/n) + orthogonal(m)", 4),
    ("dense(m) | id | dense(k, var=v/n)", 4),
    ("(id | (relu >> dense(g)))^3 >> dense(m)", 2),
    ("(id | (relu >> dense(k)))^L", 2),
    ("relu(p) >> dropout >> leaky_relu(1/10, p=q)", 3),
    ("relu(p) + (2 * id)", 3),
    ("dense(var=sqrt(a+b)) >> dense(var=(a+b)^(-3/2)) >> leaky_relu(exp(-x))", 3),
    ("serial[l=1..L](dense(var=(l^2+a)/n)) >> dense(k, var=b)", 3),
    ("dense(k, var=b) >> serial[l=1..L](dense(var=(l^2+a)/n))", 2),
    ("serial[l=1..L](dense(var=(l^2+a)/n)) + dense(var=b)", 3),
    ("serial[l=1..L](dense(var=(l^2+a)/n)) | dense(k, var=b)", 3),
    ("(serial[l=1..L](dense(var=(l^2+a)/n)))^K", 3),
    ("sum[l=1..L](dense(var=sqrt(l)/n)) >> dense(k) >> relu", 3),
    ("stack[l=1..L](l * dense(m))", 3),
    ("opaque(F, left, right) + opaque(G, left, right) + dense(var=phi_F)", 3),
    ("serial[lambda=1..Lambda](id + lambda^(-1/2) * (dense(var=tau/fan_in) >> orthogonal))", 2),
    ("dense(var=a1) >> dense(var=a_1) >> dense(var=A_1/n) >> dense(var=lambda) >> dense(var=lambda_)", 3),
    ("dense >> tanh(q=z_) >> dense(var=z) >> selu(q=2)", 2),
    ("serial[l_1=1..L](dense(var=l_1/n)) >> dense(var=l1)", 2),
    ("dense(var=Gamma*(1+a)) >> serial[l=1..L](dense(var=(l+t)/n))", 2),
    ("dense(var=H_L) >> sum[l=1..L](dense(var=1/(l*n)))", 3),
    ("dense(min(a,b)) >> dense(max(c,d)) >> orthogonal(q)", 3),
]


def approximately(value: float) -> Any:
    """The report rounds long numbers to six digits."""
    return pytest.approx(value, rel=1e-4, abs=1e-9)


class Reading:
    """One network in every format, at random values of its symbols."""

    def __init__(self, text: str, order: int, side: str) -> None:
        self._options = ("derive", text, "--order", str(order), "--side", side, "--assume-free")
        self.data = derive(text, *self._options[2:]).data
        self.known = random_values(self.data)
        self.product = r"J^{\top}J" if side == "in" else r"JJ^{\top}"
        names = [entry["latex"] for entry in self.data["symbols"].values()]
        assert len(set(names)) == len(names), "two symbols print alike"
        self.latex_values = {entry["latex"]: self.known[name] for name, entry in self.data["symbols"].items()}
        self.published = {name: evaluate(self.data["definitions"][name], {}) for name in PUBLISHED
                          if name in self.data["definitions"]}
        self.latex_values |= {PUBLISHED[name]: value for name, value in self.published.items()}

    def printed(self, form: str, *more: str) -> str:
        outcome = run(*self._options, "--format", form, *more)
        assert outcome.status == 0
        return outcome.out

    def value(self, text: str) -> float:
        return number(text, self.data, self.known)

    def results(self) -> Iterator[tuple[str, float]]:
        """What is stated, under the names of the report."""
        yield rf"\phi({self.product})", self.value(self.data["phi"])
        for key, left in (("variance", rf"\varphi({self.product})"), ("kappa", r"\kappa")):
            if self.data[key] is not None:
                yield left, self.value(self.data[key])
        for order, moment in enumerate(self.data["moments"], 1):
            if order > 2 and moment is not None:
                yield rf"\phi_{{{order}}}({self.product})", self.value(moment)


def check_report(reading: Reading) -> int:
    """Every equation of the report holds, no name has two values, and the results are those of the JSON."""
    found = [(as_key(left), rights) for left, rights in equations(reading.printed("latex"))]
    found = [(left, rights) for left, rights in found if not NO_VALUE.fullmatch(left)]
    functions = [rights[0] for left, rights in found if left in FUNCTION]
    found = [(left, rights) for left, rights in found if left not in FUNCTION]
    formulas = {left: rights[-1] for left, rights in found}
    stated = [step["law"] | {"arguments": step["arguments"]} for step in reading.data["steps"]
              if {"function", "derivative"} & step.get("law", {}).keys()]
    assert all(any(is_function_of(law, text, reading) for law in stated) for text in functions)
    values: dict[str, float] = {}
    for left, rights in found:
        sides = [evaluate_latex(right, reading.latex_values, formulas) for right in rights]
        # Cumulants of one matrix are different ones at another ratio.
        known = sides[-1] if left.startswith("c_") else values.setdefault(left, sides[-1])
        assert sides == [approximately(known)] * len(sides), (left, rights)
    for left, value in reading.results():
        assert values[as_key(left)] == approximately(value), left
    return len(found)


def is_function_of(law: dict[str, Any], text: str, reading: Reading) -> bool:
    """Whether the LaTeX of f(x) is the f(x) of the JSON, whose moments the evaluator of steps works out."""
    stated = law.get("function") or law["derivative"]
    names = {"Max": max, "Min": min, "Abs": abs} | {name: reading.value(value) for name, value in law["arguments"].items()}
    return all(evaluate_latex(text, {**reading.latex_values, "x": x}) == pytest.approx(
        float(eval(stated, {"__builtins__": {}}, {**vars(math), **names, "x": x}))) for x in (-2.1, -0.4, 0.3, 1.7))


def check_latex_of_json(reading: Reading) -> None:
    data, values = reading.data, dict(reading.latex_values)
    for name, text in data["latex"].get("definitions", {}).items():
        values[f"A_{{{name.removeprefix('A_')}}}"] = evaluate_latex(text, values)
    for key in ("phi", "variance"):
        if data[key] is not None:
            assert evaluate_latex(data["latex"][key], values) == approximately(reading.value(data[key]))
    for step in data["steps"]:
        if step["phi"] is not None:
            left, right = step["latex"].split(" = ", 1)
            assert left == r"\phi"
            assert evaluate_latex(right, values) == approximately(reading.value(step["phi"])), step["latex"]


def check_text(reading: Reading, form: str) -> None:
    """The results, and the definitions they use."""
    lines = [line.strip() for line in reading.printed(form, "--steps", "none").splitlines()]
    values = shown_values(reading, form)
    for line in lines[lines.index("Where:") + 1:] if "Where:" in lines else []:
        if " = " not in line:
            break
        name, text = line.split(" = ", 1)
        values[name] = evaluate_shown(text, values)
    wanted = {left.replace(r"\varphi", "ϕ").replace(r"\phi", "φ").replace(r"\kappa", "κ").replace(r"^{\top}", "ᵀ")
              .replace("{", "").replace("}", ""): value for left, value in reading.results()}
    found = {}
    for line in lines:
        name, _, text = line.partition(" = ")
        if name in wanted:
            found[name] = evaluate_shown(re.split(" [~≈] ", text)[0], values)
    assert found == {name: approximately(value) for name, value in wanted.items()}


def shown_values(reading: Reading, form: str) -> dict[str, float]:
    """The values under the names a person reads: as typed, or with Greek letters and lowered digits."""
    values: dict[str, float] = {}
    for name, value in {**reading.known, **reading.published}.items():
        stem = name.rstrip("_")
        typed = name[:-1] if name != stem and (stem in {"lambda", "E", "z"} or stem == "in") else name
        values[typed if form == "text" else unicode_name(typed)] = value
    assert len(values) >= len(reading.known), "two symbols print alike"
    return values


GREEK = {"lambda": "λ", "sigma": "σ", "theta": "θ", "Gamma": "Γ", "Phi": "Φ", "rho": "ρ", "xi": "ξ", "phi": "φ",
         "tau": "τ", "Lambda": "Λ", "alpha": "α"}


def unicode_name(name: str) -> str:
    head, _, tail = name.partition("_")
    if name in {"kappa", "phi"} or name == f"{head}_":
        return name
    lowered = tail.translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) if tail.isdigit() else tail and f"_{tail}"
    return GREEK.get(head, head) + lowered


@pytest.mark.parametrize(("text", "order"), CHOSEN, ids=[text for text, _ in CHOSEN])
def test_chosen_networks_in_every_format(text: str, order: int) -> None:
    for highest, side in ((2, "in"), (order, "out")):
        check_every_format(Reading(text, highest, side))


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_in_every_format(seed: int) -> None:
    check_every_format(Reading(Maker(seed).network(), 2 + (seed % 8 == 0), "in" if seed % 3 == 0 else "out"))


@pytest.mark.parametrize("seed", range(8))
def test_blocks_that_differ_in_names_only_in_every_format(seed: int) -> None:
    """What was worked out for one is renamed for the others."""
    check_every_format(Reading(Maker(seed).alike(5), 2, "out"))


def check_every_format(reading: Reading) -> None:
    assert check_report(reading) > 2
    check_latex_of_json(reading)
    for form in ("text", "unicode"):
        check_text(reading, form)


def test_names_that_python_takes_stay_apart() -> None:
    data = derive("dense(var=lambda/n) >> dense(var=lambda_/n) >> dense(var=z_/n) >> tanh(q=z_)").data
    assert {"lambda_", "lambda__", "z__"} <= data["symbols"].keys()
    at = {"lambda_": 0.5, "lambda__": 0.25, "z__": 2.0, "n": 3.0}
    plain = evaluate(derive("dense(var=a*b*c/n) >> tanh(q=c)").data["phi"], {"a": 0.5, "b": 0.25, "c": 2.0, "n": 3.0})
    assert evaluate(data["phi"], at) == pytest.approx(plain)


def test_no_definition_holds_an_index() -> None:
    """An index means something inside its sum or product alone."""
    data = derive("(id | (relu >> dense(k)))^L", "--order", "3", "--assume-free").data
    assert data["definitions"]
    for text in data["definitions"].values():
        assert "l" not in {str(name) for name in read(text, data).free_symbols}


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_definitions_are_not_called_like_symbols(form: str) -> None:
    factors = " >> ".join(f"(id + dense(var=A{place}/n))" for place in range(1, 60))
    outcome = run("derive", f"({factors})^L", "--format", form, "--assume-free", "--steps", "none")
    defined = re.findall(r"^(?:- \$|  )(A_\{?\d+\}?) = ", outcome.out, re.MULTILINE)
    assert defined and not {int(re.sub(r"\D", "", name)) for name in defined} & set(range(1, 60 if form == "markdown" else 1))
