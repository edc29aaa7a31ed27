"""Exported files, executed: each target gives back numbers at given values of the symbols."""

from __future__ import annotations

import ctypes
import re
import subprocess
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from julia_interpreter import Julia, JuliaError

import freeblock as fb

Function = Callable[[str, Mapping[str, float]], float]
"""(result, values by the names of the JSON) → number; NaN or an exception for what is not allowed."""

STRICT = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-fPIC", "-shared")


def module(text: str, **others: Any) -> types.ModuleType:
    """A Python file, imported; nothing but what it imports and `others` is there."""
    made = types.ModuleType("exported")
    made.__dict__.update(others)
    exec(compile(text, "exported.py", "exec"), made.__dict__)
    return made


def python_function(text: str) -> Function:
    made = module(text)
    return lambda name, values: float(getattr(made, name)(**values))


def c_library(text: str, folder: Path) -> ctypes.CDLL:
    # A library is loaded once for each path.
    source = folder / f"exported{len(list(folder.glob('*.c')))}.c"
    source.write_text(text, encoding="utf-8")
    target = source.with_suffix(".so")
    done = subprocess.run(["gcc", *STRICT, str(source), "-o", str(target), "-lm"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(target))


def c_fields(text: str) -> list[str]:
    """The fields of the struct, which are in the order of the symbols."""
    found = re.search(r"^typedef struct \{\n    double (.*);\n\} freeblock_values;", text, re.MULTILINE)
    return found[1].split(", ") if found else []


def c_function(text: str, folder: Path) -> Function:
    library, fields = c_library(text, folder), c_fields(text)

    class Values(ctypes.Structure):
        _fields_ = [(field, ctypes.c_double) for field in fields]

    def call(name: str, values: Mapping[str, float]) -> float:
        function = getattr(library, name)
        function.restype, function.argtypes = ctypes.c_double, [Values] if fields else []
        assert len(values) == len(fields)
        return float(function(*([Values(*(float(values[name]) for name in sorted(values)))] if fields else [])))
    return call


def julia_function(text: str) -> Function:
    """The symbols have other names where theirs are taken, in the same order."""
    file = Julia(text)

    def call(name: str, values: Mapping[str, float]) -> float:
        names = file.methods["phi"][0].keywords
        assert len(names) == len(values)
        return file.call(name, **dict(zip(names, (values[symbol] for symbol in sorted(values)), strict=True)))
    return call


class Mathematica:
    """A file read by Mathics, in a session without what earlier files defined."""

    _shared: ClassVar[Any] = None

    def __init__(self, text: str, folder: Path) -> None:
        self.session = self._fresh()
        file = folder / "exported.m"
        file.write_text(text, encoding="utf-8")
        self.session.evaluate(f'Get["{file}"]')
        symbols = text.split("\n   Symbols:\n")[-1].split("\n\n")[0] if "\n   Symbols:\n" in text else ""
        self.names = re.findall(r"^     (\w+)(?: \(.*?\))?: a positive", symbols, re.MULTILINE)

    @classmethod
    def _fresh(cls) -> Any:
        if cls._shared is None:
            from mathics.core.load_builtin import import_and_load_builtins
            from mathics.session import MathicsSession

            import_and_load_builtins()
            cls._shared = MathicsSession(add_builtin=True, catch_interrupt=False)
        # `reset` would load the whole language again.
        cls._shared.evaluate('ClearAll["Global`*"]')
        assert str(cls._shared.evaluate("{phi, assumptions}")) == "{Global`phi,Global`assumptions}"
        return cls._shared

    def number(self, text: str) -> float:
        return float(self.session.evaluate(text).to_python())

    def call(self, name: str, values: Mapping[str, float]) -> float:
        assert len(self.names) == len(values)
        given = ", ".join(f"{symbol} -> {_exact(values[key])}" for symbol, key in zip(self.names, sorted(values), strict=True))
        return self.number(f"Chop[N[{name.replace('_', '')} /. {{{given}}}]]")


def _exact(value: float) -> str:
    top, bottom = float(value).as_integer_ratio()
    return f"{top}/{bottom}"


RUNNERS: dict[str, Callable[[str, Path], Function]] = {
    "python": lambda text, folder: python_function(text), "numpy": lambda text, folder: python_function(text),
    "c": c_function, "julia": lambda text, folder: julia_function(text),
    "mathematica": lambda text, folder: Mathematica(text, folder).call,
}
REFUSALS = (ValueError, ArithmeticError, JuliaError)


def exported(text: str, target: str, folder: Path, **options: Any) -> Function:
    return RUNNERS[target](fb.derive(text, **options).export(target), folder)
