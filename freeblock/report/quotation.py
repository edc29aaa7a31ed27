"""The network at the head of a report, as the user wrote it."""

from __future__ import annotations


def quoted(expression: str, style: str) -> str:
    """The text of a network: a code block in Markdown, indented lines in any other style."""
    text = expression.strip()
    return f"```\n{text}\n```" if style == "markdown" else "\n".join(f"  {line}" for line in text.splitlines())
