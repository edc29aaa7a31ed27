"""What a shell offers for the activation of `shape` and `batch-norm`."""

from __future__ import annotations

import contextlib

import click

from freeblock.cli.completing import Items, starting
from freeblock.errors import FreeblockError
from freeblock.rules.catalogue import load_catalogue

LINEAR = "linear"


def activations(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The components that are functions of x."""
    with contextlib.suppress(FreeblockError):
        return starting(incomplete, [(name, None) for name in (LINEAR, *load_catalogue().functions())])
    return []
