"""Keep the linear algebra of small matrices on one processor.

On matrices of a few hundred rows a second thread gains nothing, and on a busy machine threads that wait for
each other make a factorization a hundred times slower. numpy has no switch for this; OpenBLAS, which it is
built with almost everywhere, has one. Where there is none, nothing is done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from numpy.linalg import _umath_linalg

LARGE = 768
"""Width from which more processors are worth it."""

_DECORATIONS = (("scipy_", "64_"), ("", "64_"), ("scipy_", ""), ("", ""))  # of OpenBLAS's names, build by build


@contextmanager
def one_processor(width: int) -> Iterator[None]:
    """Compute on one processor inside, if matrices of this width are small; the setting is put back after."""
    switch = _switch()
    if switch is None or width >= LARGE:
        yield
        return
    read, write = switch
    before = int(read())
    write(1)
    try:
        yield
    finally:
        write(before)


@cache
def _switch() -> tuple[Callable[[], Any], Callable[[int], Any]] | None:
    """OpenBLAS's functions that read and set the number of threads, found through numpy's own library."""
    try:
        library = ctypes.CDLL(str(_umath_linalg.__file__))
    except OSError:
        return None
    for prefix, suffix in _DECORATIONS:
        try:
            read = getattr(library, f"{prefix}openblas_get_num_threads{suffix}")
            return read, getattr(library, f"{prefix}openblas_set_num_threads{suffix}")
        except AttributeError:
            continue
    return None
