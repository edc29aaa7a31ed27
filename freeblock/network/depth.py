"""A program of so many copies of its block in series: the text with `(block)^(depth)` below it."""

from __future__ import annotations

from freeblock.language import nodes as syntax
from freeblock.language.names import spell
from freeblock.language.parser import parse_program
from freeblock.network.program import chosen_block
from freeblock.source import Source


def repeated(program: syntax.Program, depth: str, name: str | None = None) -> syntax.Program:
    """The program whose last expression repeats the chosen block. Raises what choosing and parsing raise."""
    table = {statement.name: (place, statement) for place, statement in enumerate(program.statements)
             if isinstance(statement, (syntax.Definition, syntax.Let))}
    block, _ = chosen_block(program, table, name and spell(name))
    source = program.source
    exponent = depth if depth.strip().isidentifier() or depth.strip().isdigit() else f"({depth})"
    end = "\n)" if "\n" in block.span.text else ")"  # a comment may stand on the last line
    line = f"({block.span.text}{end}^{exponent}"
    alone = len(program.statements) == 1 and isinstance(program.statements[0], syntax.ExpressionStatement)
    return parse_program(Source(source.name, line if alone else f"{source.text}\n{line}"))
