"""Mangled programs, libraries and options: an answer or an error in good time, never a traceback."""

from __future__ import annotations

import json
import os

from command_line import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FREEBLOCK_FUZZ", "150"))
"""Raise it for a long hunt."""

BOUNDED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

PROGRAMS = [
    "(dense >> relu)^L",
    "branch = bn >> relu >> dense(var=sigma_w^2/fan_in)\nblock = id + branch\nnet = dense(4*n) >> block^L >> (1/sqrt(2)) * block",
    "grow(g) = id | (bn >> relu >> dense(g))\ngrow(4)^3",
    "serial[l=1..L](id + l^(-1/2) * (dense >> relu >> dense))",
    "let W = dense\n(W >> relu)^3 + W",
    "input m\nassume sigma_w > 0\nassume 0 < p <= 1\nrelu(p) >> dense(2*m, var=2/fan_in) >> dropout(keep=9/10)",
    "(id + (tanh >> dense(var=1.5/fan_in)))^10 >> orthogonal(n, gain=2)",
    "stack[l=1..3](l * dense) >> ln >> selu >> sws(n)",
    "opaque(F, left, right) | opaque(G, out=2*n) | prelu(1/4)",
    "sum[j=1..J]((1/J) * (rms_norm >> leaky_relu(slope=1/10) >> dense))",
    "f(x, k) = (x + 2 * x)^k\nf(dense >> smn, 3) >> f(relu, k)",
]
PIECES = [
    ">>", "+", "|", "*", "/", "^", "^2", "^L", "^0", "^(-1)", "(", ")", "[", "]", ",", "=", "..", "\n", "#", " ", "-",
    "id", "dense", "relu", "bn", "orthogonal", "tanh", "selu", "dropout", "opaque(F)", "dense(m)", "dense(2*n)",
    "relu(0)", "relu(1)", "dense(var=0)", "0 * id", "let W = dense\n", "W", "x", "n", "fan_in", "fan_out", "pi", "e",
    "0", "1", "1/2", "10^12", "1e300", "sqrt(2)", "9^(9^9)", "σ_w", "λ", "²", "é", "\0", "\t", "層",
    "serial[l=1..L](", "sum[l=1..3](", "stack[l=1..0](", "assume ", "input ", "var=", "keep=", "p=",
]
OPTIONS = st.lists(st.sampled_from([
    ["--order", "1"], ["--order", "3"], ["--order", "4"], ["--order", "5"], ["--order", "0"], ["--side", "in"],
    ["--assume-free"], ["--assume", "independent-patterns"], ["--assume", "half-active"], ["--require", "variance"],
    ["--set", "sigma_w=sqrt(2)"], ["--set", "L=10"], ["--set", "L=0"], ["--set", "n=16"], ["--set", "m=1/2"],
    ["--set", "p=2"], ["--set", "x=l"], ["--set", "sigma_w=0"], ["--set", "σ_w=1e300"], ["--set", "J=2^1000"],
    ["--steps", "none"], ["--steps", "summary"], ["--name", "block"], ["--name", "f"], ["--document"],
]), max_size=4).map(lambda chosen: [word for option in chosen for word in option])
FORMATS = st.sampled_from(["json", "text", "latex", "unicode", "markdown"])


@st.composite
def mangled(draw, texts, pieces):
    """A text with stretches removed, doubled, moved, and pieces put in."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(0, 5))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        end = min(end, start + 12)
        change = draw(st.sampled_from(["cut", "double", "move", "put", "put", "swap"]))
        stretch = text[start:end]
        if change == "cut":
            text = text[:start] + text[end:]
        elif change == "double":
            text = text[:end] + stretch + text[end:]
        elif change == "move":
            text = text[:start] + text[end:] + stretch
        elif change == "put":
            text = text[:start] + draw(st.sampled_from(pieces)) + text[start:]
        else:
            text = text[:start] + draw(st.sampled_from(pieces)) + text[end:]
    return text


def check(outcome):
    assert outcome.status in (0, 1, 2)
    assert "Traceback" not in outcome.out
    if outcome.status == 0:
        assert outcome.out and not outcome.err
    else:
        assert outcome.err.startswith("error: ")
    if outcome.status == 2:
        assert not outcome.out


@BOUNDED
@given(mangled(PROGRAMS, PIECES), FORMATS, OPTIONS)
def test_mangled_programs(text, form, options):
    outcome = run("derive", "-", "--format", form, *options, stdin=text.encode())
    check(outcome)
    if form == "json" and outcome.out:
        data = json.loads(outcome.out)
        assert (data["phi"] is None) == (outcome.status == 1 and "first moment" in outcome.err)


BLOCKS = st.recursive(
    st.sampled_from(["id", "dense", "relu", "bn", "ln", "tanh", "dropout", "orthogonal", "dense(m)", "dense(n)", "W",
                     "dense(var=a)", "relu(p)", "opaque(F)", "opaque(G, left, right)", "leaky_relu(1/10)", "prelu(s)"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([" >> ", " + ", " | "]), st.lists(inner, min_size=2, max_size=4)).map(
            lambda parts: f"({parts[0].join(parts[1])})"),
        st.tuples(inner, st.sampled_from(["^2", "^L", "^0", "^(10^9)", "^1"])).map("".join),
        st.tuples(st.sampled_from(["2", "c", "(1/sqrt(L))", "0", "(-1)"]), inner).map(" * ".join),
        st.tuples(st.sampled_from(["serial", "sum", "stack"]), st.sampled_from(["l=1..L", "l=1..3", "j=2..2"]), inner).map(
            lambda parts: f"{parts[0]}[{parts[1]}]({parts[2]})"),
    ), max_leaves=10)


@BOUNDED
@given(BLOCKS, FORMATS, OPTIONS)
def test_programs_that_follow_the_grammar(block, form, options):
    check(run("derive", f"let W = dense\n{block}", "--format", form, *options))


LIBRARY = """\
gate:
  title: A gate
  kind: activation
  parameters:
    p: {default: 1/2, meaning: probability of being open, domain: 0 <= p <= 1}
  jacobian:
    moments: p + (1 - p)*2^(-2*k)
    traits: {diagonal: true}
  depends_on: sign
  source: direct calculation
dense:
  override: true
  title: Dense
  kind: linear
  parameters:
    out: {default: fan_in, whole: true, meaning: outputs, domain: out >= 1}
  jacobian:
    s_transform: 1/(1 + fan_out/fan_in*z)
    traits: {left: true, right: true, central: true}
  depends_on: weights
  shape: {width: out}
  source: chen2020
"""
YAML_PIECES = ["\n", "  ", ":", "{", "}", "[", "]", "&a ", "*a", "!!python/object:os.system ", "<<: *a", "|\n", "'", '"',
               "-", "1e999", "z", "k", "0", "1/0", "fan_in", "gate", "true", "null", "#", "\t", "%", "9^(9^9)", "((((", "é"]


@BOUNDED
@given(text=mangled([LIBRARY], YAML_PIECES))
def test_mangled_libraries(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("libraries") / "mine.yaml"
    file.write_text(text)
    check(run("derive", "(gate >> dense)^L", "--format", "text", "--library", str(file)))
    check(run("library", "gate", "--library", str(file)))


@settings(BOUNDED, max_examples=max(10, EXAMPLES // 15))
@given(mangled(PROGRAMS, PIECES), st.sampled_from([[], ["--network"], ["--order", "3"], ["--set", "L=2"], ["--width", "8"]]))
def test_mangled_checks(text, options):
    outcome = run("check", "-", "--width", "16", "--samples", "2", "--set", "L=2", *options, stdin=text.encode())
    assert outcome.status in (0, 1, 2)
    assert outcome.out or outcome.err.startswith("error: ")
