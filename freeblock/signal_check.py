"""The signal behind a network: what `forward` predicts, beside what passes of data show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from freeblock.calculus.premises import Premises
from freeblock.check import Data, SignalCheck, SignalPrediction, check_signal, left_out
from freeblock.check.environment import Value
from freeblock.errors import FreeblockError, RefusedError
from freeblock.language.nodes import Program
from freeblock.network.nodes import Block
from freeblock.session import read_network
from freeblock.signals.table import forward_table

Progress = Callable[[int, int], None]


def signal_check(
    program: Program, block: Block, numbers: Mapping[str, Value], data: Data, *, name: str | None,
    library: Sequence[str], values: Mapping[str, object], width: int | None, samples: int | None, seed: int,
    batch: int | None, progress: Progress | None,
) -> SignalCheck:
    """Compare q, c and GSC of the output. Where they are not known, no rows, and the reason.

    `values` are given to the text's symbols, `numbers` to those of `block`. Raises OptionError, LimitError.
    """
    try:
        predicted, reason = _predicted(program, data, name, library, values)
    except FreeblockError as error:  # what is wrong with the text itself was told before
        return left_out(data, _in_a_line(error.message))
    try:
        return check_signal(block, predicted, numbers, data, width=width, samples=samples, seed=seed, batch=batch,
                            progress=progress, reason=reason)
    except RefusedError as error:
        return left_out(data, _in_a_line(error.message))


def _predicted(
    program: Program, data: Data, name: str | None, library: Sequence[str], values: Mapping[str, object]
) -> tuple[SignalPrediction, str | None]:
    """The prediction, and why GSC is not among it."""
    network = read_network(program, name=name, library=library, values=values)
    table = forward_table(network, data.q, data.c, premises=Premises())
    logarithm = table.log_gsc_squared
    gsc = None if logarithm is None else 10 ** (logarithm / 2)
    reason = None if table.refused is None else _in_a_line(table.refused)
    return SignalPrediction(table.last.q, table.last.c, gsc), reason


def _in_a_line(message: str) -> str:
    return " ".join(message.split())
