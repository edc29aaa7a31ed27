"""The trampoline: recursive passes of any depth, with exceptions as nested calls have them."""

import pytest

from freeblock.language.walk import run


def depth(nested):
    if not nested:
        return 0
    inner = yield depth(nested[0])
    return inner + 1


def test_any_depth():
    nested = ()
    for _ in range(100_000):
        nested = (nested,)
    assert run(depth(nested)) == 100_000


def test_values_come_back_in_order():
    def leaf(value):
        return value
        yield

    def pair():
        first = yield leaf(1)
        second = yield leaf(2)
        return [first, second]

    assert run(pair()) == [1, 2]


def test_an_exception_passes_through_every_waiting_step():
    seen = []

    def inner():
        raise KeyError("inner")
        yield

    def middle():
        try:
            yield inner()
        finally:
            seen.append("middle")

    def outer():
        try:
            yield middle()
        except KeyError:
            seen.append("outer")
        return (yield depth(((),)))

    assert run(outer()) == 1
    assert seen == ["middle", "outer"]
    with pytest.raises(KeyError, match="inner"):
        run(middle())


def test_an_exception_from_great_depth():
    def fall(levels):
        if levels == 0:
            raise ValueError("bottom")
        yield fall(levels - 1)

    with pytest.raises(ValueError, match="bottom"):
        run(fall(5_000))
