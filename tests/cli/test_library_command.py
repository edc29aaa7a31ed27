"""`freeblock library`: every component listed and explained, in text and in LaTeX that compiles."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from command_line import run
from latex_evaluator import evaluate_latex

COMPONENTS = {
    "dense": [], "orthogonal": [], "scaled_weight_standardization": ["sws"], "relu": [], "leaky_relu": [], "prelu": [],
    "tanh": [], "selu": [], "dropout": [], "batch_norm": ["bn"], "layer_norm": ["ln"], "rms_norm": [],
    "second_moment_norm": ["smn"], "id": [], "opaque": [], "silu": ["swish"],
    **dict.fromkeys((
        "weight_norm", "elu", "gelu", "softplus", "mish", "hard_tanh", "hard_swish", "erf", "sin", "abs", "sigmoid", "sprelu",
        "crelu", "activation", "spike_sigmoid", "spike_arctan", "spike_rectangular", "plain_dropout", "layer_scale",
        "diagonal_gain", "l1_moment_norm", "permutation"), []),
    "conv": [], "depthwise_conv": [], "conv_orthogonal": [], "conv_delta_orthogonal": [], "avg_pool": [],
    "max_pool": [], "global_avg_pool": [], "flatten": [], "upsample": [], "subsample": [], "zero_pad_channels": [],
    "channel_dropout": [], "group_norm": [], "instance_norm": [],
}

MINE = """\
gate:
  title: A gate & 100% of {braces}
  kind: activation
  aliases: [door]
  parameters:
    p_0: {default: 1/2, meaning: "probability of #1 being _open_", domain: 0 <= p_0 <= 1}
  jacobian:
    measure: [[4, p_0], [1/9, 1 - p_0]]
    traits: {diagonal: true}
  depends_on: sign
  source: "a \\\\note ~ with $ signs"
  note: <see> the | note
"""


def test_all_components_are_listed():
    outcome = run("library")
    assert outcome.status == 0 and not outcome.err
    listed = {line.split()[0]: line for line in outcome.out.splitlines()}
    assert set(listed) == set(COMPONENTS)
    for name, aliases in COMPONENTS.items():
        assert all(f"({alias})" in listed[name] for alias in aliases)


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_is_explained(name):
    outcome = run("library", name)
    assert outcome.status == 0
    assert outcome.out.startswith(f"{name}: ")
    for heading in ("Law of JJᵀ:", "Outputs: ", "Traits: ", "Source: "):
        assert heading in outcome.out
    for alias in COMPONENTS[name]:
        assert run("library", alias).out == outcome.out


def test_what_is_said_of_relu_and_dense():
    relu = run("library", "relu").out
    assert "φ_k = p\n" in relu and "diagonal" in relu and "0 <= p <= 1" in relu and "P(x > 0) = 1/2" in relu
    dense = run("library", "dense").out
    assert "S(z) = " in dense and "fan_out" in dense and "var >= 0" in dense and "sigma_w" in dense
    assert "marchenko1967" in dense


def test_a_library_of_ones_own(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    assert "gate (door)" in run("library", "--library", str(file)).out
    out = run("library", "door", "--library", str(file)).out
    assert "eigenvalue 4 with weight p_0" in out and "1/9" in out
    assert run("library", "door").status == 2


needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")


@needs_pdflatex
def test_the_latex_of_all_components_compiles(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE)
    fragment = run("library", "--format", "latex", "--library", str(tmp_path / "mine.yaml")).out
    document = "\n".join([r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", fragment, r"\end{document}"])
    (tmp_path / "all.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"], cwd=tmp_path,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]
    assert (tmp_path / "all.pdf").exists()


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_latex_of_one_is_part_of_the_whole(name):
    alone = run("library", name, "--format", "latex").out.strip()
    assert alone.startswith(r"\paragraph{")
    assert alone in run("library", "--format", "latex").out


FAN_IN, FAN_OUT = r"\mathrm{fan}_{\mathrm{in}}", r"\mathrm{fan}_{\mathrm{out}}"
AT = {"k": 3.0, "p": 0.3, "q": 0.8, "z": 0.4, FAN_IN: 5.0, FAN_OUT: 2.0, r"\alpha": 1.7, **{
    rf"\mathrm{{{name}}}": value for name, value in
    {"gain": 0.7, "slope": 0.2, "keep": 0.6, "std": 1.5, "rms": 1.2, "scale": 1.1, "var": 0.3, "batch": 8.0, "size": 1.3, "ratio": 1.6}.items()}, r"\epsilon": 0.25}


LAWS = {
    # By hand: the law that the literature gives, at the values above.
    "dense": [1 / (0.3 * (5 + 2 * 0.4))], "sws": [1 / (0.7 * (1 + 2 / 5 * 0.4))],
    "orthogonal": [0.7**6 * 1], "relu": [0.3], "leaky_relu": [0.3 + 0.7 * 0.2**6], "prelu": [0.3 + 0.7 * 0.2**6],
    "dropout": [0.6 * 0.6**-6], "batch_norm": [2.5**-3, 2.5**-3 * (6 / 8 + 0.1**6 / 8)], "layer_norm": [1.5**-6], "id": [1.0],
    "rms_norm": [1.2**-6], "weight_norm": [1 / (0.7**2 * (1 + 2 / 5 * 0.4))], "plain_dropout": [0.6],
    "l1_moment_norm": [1.3**-6, 1.3**-6 * (1 - (2 - 1.6**3) / 8)], "crelu": [0.5],
    "sprelu": [(0.3 + 0.7 * 0.2**6) / 1.04**3],
}
FUNCTIONS = {
    "tanh": r"f(x) = \tanh(x)", "selu": r"f(x) = \mathrm{scale} \, (\max(x, 0) + \alpha \, (\exp(\min(x, 0)) - 1))",
    "gelu": r"f(x) = x \, \Phi(x)", "hard_tanh": r"f(x) = \min(\max(x, -c), c)",
    "spike_arctan": r"f'(x) = \frac{\mathrm{slope}}{1 + (\pi \, \mathrm{slope} \, (x - \mathrm{threshold}))^{2}}",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_shown_as_it_is_stated(name):
    shown = run("library", name, "--format", "latex").out
    assert FUNCTIONS[name] in shown and r"\operatorname{E} f'(x)^{2 k}" in shown


@pytest.mark.parametrize("name", LAWS)
def test_the_law_in_latex_is_the_published_one(name):
    shown = run("library", name, "--format", "latex").out
    laws = [evaluate_latex(law, AT) for law in re.findall(r"^\\\[ .*? = (.*) \\\]$", shown, re.MULTILINE)]
    assert laws == [pytest.approx(value, rel=1e-4) for value in LAWS[name]]


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_latex_says_what_the_text_says(name):
    text, shown = run("library", name).out, run("library", name, "--format", "latex").out
    assert text.count("φ_k = ") + text.count("S(z) = ") + text.count("φ_1 = ") == shown.count(r"\[")
    assert text.count("Premise: ") == shown.count("Premise: ")
    for alias in COMPONENTS[name]:
        assert rf"\texttt{{{alias}}}" in shown
    letters = set(re.findall(r"\\mathrm\{fan\}_\{\\mathrm\{\w+\}\}", shown))
    assert all(f"${letter}$ is the number of" in shown for letter in letters)


def test_parameters_of_similar_names_print_differently(tmp_path):
    rule = MINE.replace("p_0: {", 'p0: {default: 1/2, meaning: "another", domain: p0 > 0}\n    p_0: {').replace("[[4, p_0]", "[[4*p0, p_0]")
    (tmp_path / "mine.yaml").write_text(rule)
    shown = run("library", "gate", "--format", "latex", "--library", str(tmp_path / "mine.yaml")).out
    names = re.findall(r"\$([^$]*)\$, (?:another|probability)", shown)
    assert len(names) == len(set(names)) == 2
