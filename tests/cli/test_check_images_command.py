"""`freeblock check` on images, as it is typed."""

from __future__ import annotations

import json

import pytest
from command_line import run

import freeblock as fb

NET = "input (3, 6, 6)\nnet = conv(8, 3, padding=1, var=2/fan_in) >> relu >> conv(8, 3, padding=1, var=2/fan_in) >> relu\n"
POOLED = "input (32, 6, 6)\nupsample(2) >> conv(32, 3) >> avg_pool\n"


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.fb").write_text(NET)
    (tmp_path / "pooled.fb").write_text(POOLED)
    return tmp_path


def test_the_table_of_blocks_in_every_format(net):
    text = run("check", "net.fb", "--network", "--samples", "20", "--blocks")
    assert text.status == 0
    lines = text.out.splitlines()
    assert lines[0].split() == ["order", "predicted", "measured", "±", "std.", "error", "verdict"]
    rows = [line.split() for line in lines if line.startswith("  ") and line.split()[0].isdigit()]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1][1] == "relu" and float(rows[3][2]) == 0.5
    assert "input 3 × 6 × 6, channels as they are and half of them, 20 passes of 8 images" in text.out
    markdown = run("check", "net.fb", "--network", "--samples", "20", "--blocks", "--format", "markdown")
    tables = [line for line in markdown.out.splitlines() if line.startswith("|")]
    assert len(tables) == 2 + 2 + 2 + 4 and {line.count("|") for line in tables} == {6, 7}
    assert "| 2 | `relu` |" in markdown.out
    data = run("check", "net.fb", "--network", "--samples", "20", "--blocks", "--format", "json").data
    assert [f"{row['predicted']:.5g}" for row in data["blocks"]] == [row[-4] for row in rows]
    assert [f"{row['measured']:.5g}" for row in data["blocks"]] == [row[-3] for row in rows]


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_the_plot_is_a_picture_and_the_same_each_time(net, name, start):
    made = []
    for _ in range(2):
        assert run("check", "net.fb", "--samples", "4", "--plot", name).status == 0
        made.append((net / name).read_bytes())
    assert made[0].startswith(start) and made[0] == made[1]


def test_a_notebook_shows_both_tables_and_no_markup_of_the_network(net):
    shown = fb.check("input (2, 3, 3)\nid | conv(2, 1) | id", samples=4, blocks=True)._repr_html_()
    assert shown.count("<table>") == 2 and "id | conv(2, 1) | id" in shown
    shown = fb.check("input (2, 3, 3)\n(id) >> conv(2, 1)", samples=4, blocks=True)._repr_html_()
    assert shown.count("<tr>") == 2 + 2 + 1 + 1 and "<td>1</td>" in shown


def test_what_disagrees_has_status_one(net):
    outcome = run("check", "pooled.fb", "--network", "--samples", "60")
    assert outcome.status == 1
    assert "DISAGREES  (free value; not proved)" in outcome.out


@pytest.mark.parametrize(("options", "message"), [
    (["net.fb", "--plot", "net.gif"], "`net.gif` ends like no picture"),
    (["net.fb", "--plot", "missing/net.svg", "--samples", "2"], "`missing/net.svg` cannot be written"),
    (["net.fb", "--width", "64"], "--width is for networks on vectors"),
    (["dense >> relu", "--plot", "net.svg"], "--blocks and --plot are for networks on images"),
    (["dense >> relu", "--narrow", "2"], "--narrow is for networks on images"),
    (["net.fb", "--narrow", "0"], "Invalid value for '--narrow'"),
    (["net.fb", "--batch", "0"], "Invalid value for '--batch'"),
])
def test_bad_options_have_status_two(net, options, message):
    outcome = run("check", *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}")
    assert sorted(path.name for path in net.iterdir()) == ["net.fb", "pooled.fb"]


def test_a_narrowed_copy_is_derived_and_sampled(net):
    narrow = json.loads(run("check", "net.fb", "--samples", "4", "--narrow", "2", "--format", "json").out)
    (net / "small.fb").write_text(NET.replace("conv(8", "conv(4"))
    small = json.loads(run("check", "small.fb", "--samples", "4", "--format", "json").out)
    assert [order["predicted"] for order in narrow["orders"]] == [order["predicted"] for order in small["orders"]]
    assert (narrow["narrow"], narrow["half_narrow"]) == (2, 4)
