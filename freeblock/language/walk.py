"""Passes written as recursive generators, run without recursion, so that any depth works."""

from __future__ import annotations

from collections.abc import Generator
from types import GeneratorType
from typing import Any, TypeAlias, TypeVar

Result = TypeVar("Result")
Pass: TypeAlias = Generator["Step[Result]", Result, Result]
"""Yields the passes it waits for, each for that one's result; one pass has results of one kind."""
Step: TypeAlias = Pass[Result] | Result
"""A pass, or at once its result where there is nothing to wait for."""


def run(step: Pass[Result]) -> Result:
    """Run a generator that yields the generators it waits for; each yield gives back what that one returned.

    What is yielded and is no generator is given back as it is. An exception leaves through every generator
    that waits for it, as it would through nested calls.
    """
    waiting: list[Pass[Result]] = [step]
    value: Any = None
    error: BaseException | None = None
    while waiting:
        try:
            if error is None:
                child = waiting[-1].send(value)
            else:
                raised, error = error, None
                child = waiting[-1].throw(raised)
        except StopIteration as stop:
            waiting.pop()
            value = stop.value
        except BaseException as raised:  # held, not swallowed: thrown into the next one out, or raised below
            waiting.pop()
            error = raised
        else:
            if type(child) is GeneratorType:
                waiting.append(child)
                value = None
            else:
                value = child
    if error is not None:
        raise error
    result: Result = value
    return result
