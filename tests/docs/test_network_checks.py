"""The checks on the pages of networks: table and plot are those of the data beside them, which are what is found today.

Every prediction is worked out again from the statistics that were measured. The samples of the two smallest networks
are drawn again and are the same; of some others a few fresh passes with another seed give the same gradients.
"""

from __future__ import annotations

import json
import re
import shlex
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from test_examples import ROOT, held_by_data, run_example, sessions_of

from freeblock.calculus.derivation import derive
from freeblock.calculus.premises import Premises
from freeblock.check import BlockGradient, CheckResult, Data, OrderResult, SignalCheck
from freeblock.check.display import check_lines
from freeblock.check.result import ImageSample
from freeblock.check.signal_result import SignalRow
from freeblock.check.unrolling import unrolled
from freeblock.language.parser import parse_program
from freeblock.measure import measure
from freeblock.network.narrowing import narrowed
from freeblock.picture.gradient_plot import gradient_plot
from freeblock.rules.catalogue import load_catalogue
from freeblock.session import derive_source
from freeblock.source import Source

NETWORKS = ROOT / "docs" / "networks"
NAMES = sorted(path.stem for path in NETWORKS.glob("*.fb"))
DRAWN_AGAIN = ("lenet5", "mlp")
FRESH = {"fixup_resnet56": 3, "inception": 2}
"""Network → passes."""


def command_of(name: str) -> tuple[dict[str, Any], str]:
    """The options of the check on a page, and what it prints there."""
    page = NETWORKS / f"{name}.md"
    (found,) = [(command, printed) for command, printed in sessions_of(page.read_text(encoding="utf-8"))
                if held_by_data(page, command)]
    words = shlex.split(found[0])
    assert words[:4] == ["freeblock", "check", f"{name}.fb", "--network"]
    options: dict[str, Any] = {"set": {}}
    rest = iter(words[4:])
    for word in rest:
        if word == "--blocks":
            continue
        key, value = word.removeprefix("--"), next(rest)
        if key == "set":
            options["set"].update([value.split("=", 1)])
        else:
            options[key] = value if key == "plot" else int(value)
    return options, found[1]


def data_of(name: str) -> dict[str, Any]:
    return json.loads((NETWORKS / f"{name}.json").read_text(encoding="utf-8"))


def result_of(data: dict[str, Any]) -> CheckResult:
    """The result that gave these data."""
    orders = [OrderResult(**{key: value for key, value in order.items() if key != "proved"})
              for order in data["orders"]]
    image = None if "image" not in data else ImageSample(
        tuple(data["image"]), data["narrow"], data["half_narrow"] is not None, data["batch"])
    return CheckResult(
        orders, data["agrees"], data["width"], data["samples"], data["half_width"], data["half_samples"], data["seconds"],
        data["measured_statistics"], data["measured_uses"],
        frozenset(order["k"] for order in data["orders"] if not order["proved"]), image,
        [BlockGradient(**row) for row in data.get("blocks", [])], signal_of(data.get("signal")))


def signal_of(data: dict[str, Any] | None) -> SignalCheck | None:
    if data is None:
        return None
    rows = tuple(SignalRow(name, **data[name.lower()]) for name in ("q", "c", "GSC"))
    return SignalCheck(Data(**data["input"]), rows, data["passes"], data["half_passes"], data["batch"], data["reason"], 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_on_the_page_is_that_of_the_data(name):
    options, printed = command_of(name)
    data = data_of(name)
    assert data["samples"] == options["samples"] and data.get("narrow", 1) == options.get("narrow", 1)
    *lines, verdict = check_lines(result_of(data))
    shown = [re.sub(r", \d+(\.\d+)? s$", "", line) for line in printed.splitlines()]
    assert shown[: len(lines)] == [re.sub(r", \d+(\.\d+)? s$", "", line) for line in lines]
    assert shown[-1] == verdict
    for symbol, value in data["measured_statistics"].items():
        assert f"{symbol} = {value:.6g}" in shown[len(lines)]


def heights(content: bytes) -> list[float]:
    """Where the measured points of a plot are, from above."""
    uses = ElementTree.fromstring(content).iter("{http://www.w3.org/2000/svg}use")
    return [float(use.get("y", "0")) for use in uses if "fill:#b03030" in use.get("style", "")]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mlp"])
def test_the_plot_on_the_page_is_that_of_the_data(name):
    options, _ = command_of(name)
    held = (NETWORKS / options["plot"]).read_bytes()
    blocks = result_of(data_of(name)).blocks
    assert f"]({options['plot']})" in (NETWORKS / f"{name}.md").read_text(encoding="utf-8")
    assert len(held) < 60_000
    points = heights(held)
    assert len(points) >= len(blocks)
    assert points == pytest.approx(heights(gradient_plot(blocks, "svg")), abs=3), "fonts of another version differ a little"


@pytest.mark.parametrize("name", NAMES)
def test_the_prediction_is_what_is_derived_today(name):
    options, _ = command_of(name)
    data = data_of(name)
    program = parse_program(Source(name, (NETWORKS / f"{name}.fb").read_text(encoding="utf-8")))
    program = narrowed(program, load_catalogue(), options.get("narrow", 1))
    given = {"sigma_w": 1, **options["set"]}
    apart = data["measured_uses"]
    alone = {symbol: f"{value:.6g}" for symbol, value in data["measured_statistics"].items() if symbol not in apart}
    result = derive_source(program, order=1, values={**given, **alone}, assume_free=True)
    if apart:
        network = result.derivation.network
        places = {symbol: [Fraction(f"{value:.6g}") for value in values] for symbol, values in apart.items()}
        block = unrolled(network.block, data["measured_statistics"], places)
        derivation = derive(replace(network, block=block), order=1, premises=Premises(True))
        result = replace(result, derivation=derivation)
    assert result.evaluate({}).phi == pytest.approx(data["orders"][0]["predicted"], rel=1e-4)


@pytest.mark.parametrize("name", DRAWN_AGAIN)
def test_the_smallest_networks_are_sampled_again(name, tmp_path):
    page = NETWORKS / f"{name}.md"
    ((command, printed),) = [session for session in sessions_of(page.read_text(encoding="utf-8"))
                             if held_by_data(page, session[0])]
    assert run_example(command, None, NETWORKS).rstrip() == printed.rstrip()


@pytest.mark.parametrize("name", FRESH)
def test_fresh_passes_find_the_same_gradients(name):
    """Within four joint standard errors at every block, where a block has an error worth the name."""
    options, _ = command_of(name)
    source = Source(name, (NETWORKS / f"{name}.fb").read_text(encoding="utf-8"))
    found = measure(source, network=True, narrow=options.get("narrow"), batch=options.get("batch"), order=1,
                    values={"sigma_w": 1, **options["set"]}, samples=FRESH[name], seed=77, blocks=True).result
    kept = result_of(data_of(name)).blocks
    assert [row.block for row in found.blocks] == [row.block for row in kept]
    for now, then in zip(found.blocks, kept, strict=True):
        spread = then.stderr * (options["samples"] * (1 / FRESH[name] + 1 / options["samples"])) ** 0.5
        assert abs(now.measured - then.measured) < 4.5 * spread, now.block


def test_every_network_is_checked():
    assert {path.stem for path in NETWORKS.glob("*.json")} == set(NAMES)
    pages = {path.stem for path in NETWORKS.glob("*.md")} - {"README"}
    assert pages == set(NAMES)
    assert set(DRAWN_AGAIN) | set(FRESH) <= set(NAMES)
    assert not list(Path(NETWORKS).glob("*.png"))


def test_the_table_of_all_networks_is_that_of_the_data():
    rows = re.findall(r"^\| \[[^\]]+\]\((\w+)\.md\) \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) ± ([^|]+) \|$",
                      (NETWORKS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(row[0] for row in rows) == NAMES
    for name, *cells in rows:
        data = data_of(name)
        first = data["blocks"][0] if "blocks" in data else data["orders"][0]
        predicted, measured, error = (first[key] for key in ("predicted", "measured", "stderr"))
        shown = [float(cell) for cell in cells]
        assert shown[:2] == pytest.approx([predicted, measured], rel=6e-3)
        assert shown[2:] == pytest.approx([measured / predicted, error / predicted], rel=0.05, abs=0.006)
