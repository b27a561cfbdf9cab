"""The console command. Each part is imported only when it is asked for: `threefold decide` starts without web or database."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from threefold.domain.errors import ThreefoldError
from threefold.doors.cli.unreachable import not_reached
from threefold.doors.logs import configure
from threefold.doors.memory import keep_to_itself

PARTS = ("audit", "decide", "doctor", "facts", "keys", "people", "permissions", "rules", "staff", "tenants", "up")


class Threefold(click.Group):
    """The commands, each a module beside this one that offers `register(group)`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in PARTS:
            return None
        holder = click.Group()
        import_module(f"threefold.doors.cli.{cmd_name}").register(holder)
        return holder.commands[cmd_name]


@click.group(cls=Threefold, help="Threefold: multi-agency safeguarding arrangements of many areas on one platform.")
@click.version_option(package_name="threefold")
def command() -> None:
    """Everything that is not a page."""


def main() -> None:
    """Run a command. What a person can mend, a database out of reach too, is told in a sentence, with exit code 2; a bug stays loud."""
    keep_to_itself()
    configure("warning")
    try:
        command.main(standalone_mode=False)
    except ThreefoldError as error:
        click.echo(_with_notes(str(error), error), err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        told = not_reached(error)
        if not told:
            raise
        click.echo(_with_notes(told, error), err=True)
        sys.exit(2)


def _with_notes(told: str, error: BaseException) -> str:
    """What is told of an error, and below it what a command added to it."""
    return "\n".join([told, *getattr(error, "__notes__", ())])


if __name__ == "__main__":
    main()
