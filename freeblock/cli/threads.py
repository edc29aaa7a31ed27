"""How many threads multiply matrices: the small ones of a simulation wait for threads longer than they compute."""

from __future__ import annotations

import os

_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def use_one_thread() -> None:
    """Have numpy use one thread, unless the user's environment says otherwise; to be called before it is loaded."""
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
