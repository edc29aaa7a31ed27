"""`freeblock layers`: layers with their shapes, and the numbers of weights that were published."""

from __future__ import annotations

import json

import pytest
from command_line import run

LENET = """\
input (1, 32, 32)
net = conv(6, 5) >> tanh >> avg_pool(2) >> conv(16, 5) >> tanh >> avg_pool(2) >> flatten
  >> dense(120) >> tanh >> dense(84) >> tanh >> dense(10)
"""
RESNET50 = """\
input (3, 224, 224)
unit(k, size, step) = conv(k, size, step, (size - 1)/2) >> bn
branch(w, step) = unit(w, 1, 1) >> relu >> unit(w, 3, step) >> relu >> unit(4*w, 1, 1)
first(w, step) = (unit(4*w, 1, step) + branch(w, step)) >> relu
rest(w) = (id + branch(w, 1)) >> relu
net = unit(64, 7, 2) >> relu >> max_pool(3, 2, 1) >> first(64, 1) >> rest(64)^2 >> first(128, 2) >> rest(128)^3
  >> first(256, 2) >> rest(256)^5 >> first(512, 2) >> rest(512)^2 >> global_avg_pool >> dense(1000)
"""
MOBILENET = """\
input (3, 224, 224)
unit(k, step) = depthwise_conv(3, step, 1) >> bn >> relu >> conv(k, 1) >> bn >> relu
net = conv(32, 3, 2, 1) >> bn >> relu >> unit(64, 1) >> unit(128, 2) >> unit(128, 1) >> unit(256, 2) >> unit(256, 1)
  >> unit(512, 2) >> unit(512, 1)^5 >> unit(1024, 2) >> unit(1024, 1) >> global_avg_pool >> dense(1000)
"""
VGG16 = """\
input (3, 224, 224)
c(k) = conv(k, padding=1) >> relu
net = c(64) >> c(64) >> max_pool >> c(128) >> c(128) >> max_pool >> c(256) >> c(256) >> c(256) >> max_pool >> c(512)
  >> c(512) >> c(512) >> max_pool >> c(512) >> c(512) >> c(512) >> max_pool >> flatten >> dense(4096) >> relu
  >> dense(4096) >> relu >> dense(1000)
"""
RESNEXT50 = RESNET50.replace("branch(w, step) = unit(w, 1, 1) >> relu >> unit(w, 3, step)",
                             "branch(w, step) = unit(2*w, 1, 1) >> relu >> conv(2*w, 3, step, 1, groups=32) >> bn")

PUBLISHED = [
    # torchvision's counts; LeNet-5 with full connections and plain averages
    (LENET, (), 61_706), (VGG16, (), 138_357_544), (RESNET50, ("conv",), 25_557_032),
    (MOBILENET, ("conv", "depthwise_conv"), 4_231_976), (RESNEXT50, ("conv",), 25_028_904),
]


@pytest.mark.parametrize(("text", "unbiased", "count"), PUBLISHED)
def test_published_counts(text, unbiased, count):
    options = [word for name in unbiased for word in ("--without-bias", name)]
    outcome = run("layers", text, *options, "--format", "json")
    data = json.loads(outcome.out)
    assert int(data["weights"]) + int(data["biases"]) == count
    assert f"weights and biases together: {count:,}".replace(",", " ") in run("layers", text, *options).out


def test_shapes_of_lenet():
    rows = [row["output"] for row in json.loads(run("layers", LENET, "--format", "json").out)["layers"]]
    assert [row for row in rows if isinstance(row, list)][::2] == [["6", "28", "28"], ["6", "14", "14"], ["16", "10", "10"]]
    assert [row for row in rows if isinstance(row, str)] == ["400", "120", "120", "84", "84", "10"]


def test_what_is_shared_is_counted_once_and_what_is_repeated_as_often():
    one = json.loads(run("layers", "input 7\nlet W = dense\nW >> W >> dense^5", "--format", "json").out)
    assert one["weights"] == str(49 + 5 * 49)
    symbolic = json.loads(run("layers", "input (c, h, w)\nconv(padding=1)^L >> conv(k)", "--format", "json").out)
    assert eval(symbolic["weights"], {"c": 4, "k": 3, "L": 5}) == 5 * 9 * 16 + 9 * 12


def test_markdown_and_mistakes():
    table = run("layers", "input (3, 8, 8)\nid | conv(2, padding=1)", "--format", "markdown").out
    assert "| `stack of 2` | 5 × 8 × 8 |" in table
    wrong = run("layers", "dense", "--without-bias", "cov")
    assert wrong.status == 2 and "did you mean `conv`?" in wrong.err
