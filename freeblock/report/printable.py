"""What every result that Python and notebooks hold has: its text in several styles, and its data."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any, Literal

Style = Literal["text", "unicode", "markdown", "latex"]


class Printable(ABC):
    """A result that is printed, and shown in notebooks."""

    __slots__ = ()

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""

    @abstractmethod
    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""

    def to_json(self) -> str:
        """The JSON text."""
        return json.dumps(self.data(), indent=1, ensure_ascii=False, allow_nan=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": self.text("markdown")}

    def __repr__(self) -> str:
        return self.text("unicode")
