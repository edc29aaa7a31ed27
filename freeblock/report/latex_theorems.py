"""Every theorem's name, and what writes a step of it."""

from __future__ import annotations

from collections.abc import Callable

from freeblock.report.latex_branches import indexed_parallel_step, stack_step, sum_step
from freeblock.report.latex_chains import (
    indexed_serial_step,
    overlap_step,
    repeat_step,
    scale_step,
    serial_step,
    transpose_step,
)
from freeblock.report.latex_diagonals import diagonal_product_step, diagonal_sum_step
from freeblock.report.latex_positions import positions_step
from freeblock.report.latex_writing import Equations, Writing

TITLES = {
    "serial": "Serial theorem", "repeat": "Serial theorem, equal factors", "sum": "Sum theorem",
    "stack": "Stack theorem", "scale": "Scaling", "diagonal-product": "Commuting diagonals",
    "diagonal-sum": "Sum of commuting diagonals", "indexed-serial": "Serial theorem over an index",
    "indexed-sum": "Sum theorem over an index", "indexed-stack": "Stack theorem over an index",
    "transpose": "Transposition", "component": "Component",
    "positions": "Energies at positions", "overlap": "Overlap theorem",
}

WRITERS: dict[str, Callable[[Writing], tuple[str, Equations]]] = {
    "serial": serial_step, "repeat": repeat_step, "scale": scale_step, "sum": sum_step, "stack": stack_step,
    "diagonal-product": diagonal_product_step, "diagonal-sum": diagonal_sum_step,
    "indexed-serial": indexed_serial_step, "indexed-sum": indexed_parallel_step,
    "indexed-stack": indexed_parallel_step, "transpose": transpose_step, "positions": positions_step,
    "overlap": overlap_step,
}
"""Theorem → the sentence that states it and the equations with the step's values."""
