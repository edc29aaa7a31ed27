"""`freeblock check`: exit statuses, JSON, and what a network with real data shows."""

from __future__ import annotations

import io
import sys

import pytest
from command_line import run

from freeblock.cli import checking

QUICK = ["--width", "32", "--samples", "50"]


def check(text, *options):
    return run("check", text, "--format", "json", *options)


def test_the_shape_of_the_json():
    outcome = check("dense >> relu", *QUICK, "--order", "3")
    assert outcome.status == 0 and not outcome.err
    data = outcome.data
    assert data["agrees"] is True
    assert [entry["k"] for entry in data["orders"]] == [1, 2, 3]
    for entry in data["orders"]:
        assert {"k", "predicted", "measured", "stderr", "agrees"} <= entry.keys()
        assert entry["agrees"] is True and entry["stderr"] > 0 and entry["proved"] is True
    # σ_w = 1 where nothing is said: φ_k of MP compressed by 1/2: φ = 1/2, φ_2 = (1 + 2)/4
    assert [entry["predicted"] for entry in data["orders"][:2]] == [0.5, 0.75]
    assert data["defaults"] == {"sigma_w": 1.0}
    assert data["width"] == 32


def test_the_same_seed_gives_the_same_samples():
    first, second, other = (check("dense", *QUICK, "--seed", seed).data["orders"] for seed in ("7", "7", "8"))
    assert first == second != other


def test_settings_and_widths():
    data = check("dense(m)", *QUICK, "--set", "m=2*n", "--set", "sigma_w=sqrt(2)").data
    assert data["orders"][0]["predicted"] == pytest.approx(2)
    assert data["orders"][1]["predicted"] == pytest.approx(4 * 3)
    assert data["defaults"] == {}
    assert check("dense", "--set", "n=24", "--samples", "20").data["width"] == 24


WRONG = """\
wrong:
  title: A dense layer whose stated law is off
  kind: linear
  parameters:
    var: {default: 1/fan_in, meaning: variance, domain: var >= 0}
  jacobian:
    s_transform: 1/(2*var*fan_in + 2*var*fan_out*z)
    traits: {left: true, right: true, central: true}
  depends_on: weights
  shape: {width: fan_in}
  sample: {sampler: gaussian, var: var}
  source: made up
"""


def test_a_wrong_law_is_status_1(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)
    outcome = check("wrong", *QUICK, "--library", str(file))
    assert outcome.status == 1
    data = outcome.data
    assert data["agrees"] is False and data["orders"][0]["agrees"] is False
    assert data["orders"][0]["measured"] == pytest.approx(data["orders"][0]["predicted"] / 2, rel=0.2)
    text = run("check", "wrong", *QUICK, "--library", str(file))
    assert text.status == 1 and "DISAGREES" in text.out


def test_text():
    out = run("check", "dense", *QUICK).out
    assert "φ_1" in out and "agrees" in out and "taken for granted: sigma_w = 1" in out
    out = run("check", "((id + (dense >> relu >> dense)) >> relu)^2", *QUICK).out
    assert "free value; not proved" in out


@pytest.mark.parametrize(("text", "options", "message"), [
    ("dense^(10^6)", [], "a network of more than 10000 components is too large to sample"),
    ("dense(10^6)", [], None),
    ("dense", ["--set", "n=5"], "the width must lie between 8 and 4096, not 5"),
    ("dense", ["--set", "sigma_w=a"], "`a` needs a number"),
    ("dense(var=x)", ["--set", "x=gamma(10^301)"], "the formula has no value there: gamma of a number that is too large"),
    ("dense^L", ["--set", "L=5/2"], "a block is repeated a whole number of times, not 5/2"),
    ("dense", ["--name", "net"], "no definition is called `net`"),
    ("dense", ["--set", "sigma_w=1e200"], None),
    ("dense^1000", ["--set", "sigma_w=10"], "the moments leave the range of floating-point numbers"),
])
def test_what_cannot_be_checked_is_status_2(text, options, message):
    outcome = run("check", text, *QUICK, *options)
    assert outcome.status == 2
    assert message is None or outcome.mistake.message == message


def test_what_has_no_samples_is_refused():
    values = [word for name in ("phi_F=1", "variance_F=1") for word in ("--set", name)]
    outcome = run("check", "opaque(F, left, right)", *QUICK, *values)
    assert outcome.status == 1 and not outcome.out
    assert "opaque" in outcome.err.splitlines()[0]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, True), (io.StringIO, False)])
def test_progress_is_for_terminals_only(monkeypatch, stream, shown):
    monkeypatch.setattr(checking, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    error = stream()
    monkeypatch.setattr(sys, "stderr", error)
    with checking._Progress() as progress:
        for done in range(1, 4):
            progress(done, 3)
    assert ("sampling" in error.getvalue()) == shown


def test_a_network_with_real_data_shows_what_the_shared_skip_stream_does():
    """Masks of different blocks see one stream: ϕ of eight blocks is some 30 % above the free value."""
    options = ["--width", "256", "--samples", "60", "--set", "sigma_w=1"]
    free = check("(id + (relu >> dense))^8", *options).data
    data = check("(id + (relu >> dense))^8", *options, "--network").data
    phi, second = (entry["predicted"] for entry in data["orders"])
    # φ_B = 1/2 and κ_B = 2: φ = 1.5^8, κ = 8·(2/4 + 1)/1.5²
    assert phi == pytest.approx(1.5**8)
    assert second == pytest.approx(1.5**16 * (1 + 8 * 1.5 / 1.5**2))
    assert [entry["proved"] for entry in data["orders"]] == [True, False]
    measured = [entry["measured"] for entry in data["orders"]]
    ratio = (measured[1] - measured[0] ** 2) / (second - phi**2)
    assert 1.15 < ratio < 1.5
    assert measured[0] == pytest.approx(phi, rel=0.1)
    assert free["agrees"] is True or free["orders"][0]["agrees"] is True
