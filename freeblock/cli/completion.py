"""`freeblock completion`: the script that makes a shell complete commands, options, files and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from freeblock.cli.arguments import output_option, write_output


@click.command(name="completion", short_help="Print the completion script of a shell.")
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
@output_option
@click.pass_context
def command(context: click.Context, shell: str, output: str | None) -> None:
    """Print the script that makes a shell complete commands, options, files, components and definitions.

    \b
    bash: put this line into ~/.bashrc
      eval "$(freeblock completion bash)"
    zsh: put this line into ~/.zshrc, after compinit
      eval "$(freeblock completion zsh)"
    fish: run this once
      freeblock completion fish -o ~/.config/fish/completions/freeblock.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    write_output(found(context.find_root().command, {}, "freeblock", "_FREEBLOCK_COMPLETE").source(), output)
