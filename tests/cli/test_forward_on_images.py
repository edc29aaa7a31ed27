"""A signal is followed through vectors only: networks on images are refused with the reason."""

from __future__ import annotations

import pytest
from command_line import run


@pytest.mark.parametrize("network", [
    "input (3, 32, 32)\nf = conv(16, 3) >> relu >> conv(16, 3)",
    "input (4, 8, 8)\nf = batch_norm >> relu",
    "conv(8, 3) >> relu",
    "(id + (batch_norm >> relu >> conv(kernel=3, padding=1)))^4",
])
@pytest.mark.parametrize("command", [("forward",), ("overlap",), ("dilution",), ("derive", "--q", "1")])
def test_networks_on_images_are_refused(command: tuple[str, ...], network: str) -> None:
    outcome = run(*command, network)
    assert outcome.status == 1 and "this network is on images" in outcome.err and outcome.out == ""
