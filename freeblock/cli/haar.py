"""`freeblock haar`: moments of Haar matrices by Weingarten calculus."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import output_option


@click.command(name="haar", short_help="Print moments of Haar matrices, exact in the dimension.")
@click.argument("products", metavar="PRODUCT ...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["text", "unicode", "markdown", "latex", "json"]), default="text",
              show_default=True, help="How the result is printed.")
@output_option
def command(products: tuple[str, ...], form: str, output: str | None) -> None:
    """Print E of products of entries of O, or of B = OAOᵀ, for a Haar matrix O on O(d) and a symmetric A.

    Entries are written B_ii, B_ij, O_12; different letters (or numbers) are different indices. Up to three entries of
    B or six of O. The results are rational in d and in the traces t_k = tr A^k. Exit status: 0 done; 2 bad input.

    \b
    Examples:
      freeblock haar "B_ii" "B_ii^2" "B_ii B_jj" "B_ij^2" "B_ii^3"
      freeblock haar "O_11 O_12 O_21 O_22" --format latex
    """
    import_module("freeblock.cli.averaging").print_moments(products, form, output)
