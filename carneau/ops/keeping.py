"""The commands for the day when the machine burns."""

import io
import sys
from pathlib import Path
from typing import IO, Any

import click
from flask.cli import with_appcontext

from carneau.core import clock
from carneau.core.db import transaction
from carneau.ops import backup, invariants, restoring


@click.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True))
@with_appcontext
def backup_command(file: str | None) -> None:
    """Write database and pictures into one FILE (- for standard output), while selling goes on."""
    if file == "-":
        size = _write(sys.stdout.buffer)
        click.echo(f"{size} bytes written", err=True)
        return
    path = Path(file or f"carneau-{clock.now():%Y%m%d-%H%M%S}.tar.gz")
    if path.exists():
        raise click.ClickException(f"{path} is there already.")
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as out:
            size = _write(out)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    click.echo(f"{path}: {size} bytes. It holds names, addresses and who bought what: keep it as safe as the database.")


class _Counted(io.RawIOBase):
    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.size = out, 0

    def write(self, piece: Any) -> int:
        self.size += len(piece)
        return self.out.write(piece)


def _write(out: IO[bytes]) -> int:
    counted = _Counted(out)
    backup.back_up(counted)
    out.flush()
    backup.note(counted.size)
    return counted.size


@click.command("restore")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def restore_command(file: IO[bytes]) -> None:
    """Read a backup into an EMPTY database, and its pictures."""
    try:
        manifest = restoring.restore(file)
    except restoring.NotRestored as reason:
        raise click.ClickException(str(reason)) from None
    made_at = backup.made_at(manifest)
    hours = int((clock.now() - made_at).total_seconds() // 3600) + 1
    click.echo(f"Restored: what was there on {made_at:%Y-%m-%d %H:%M} UTC.")
    if manifest["ticket_key_digest"] != backup.key_digest():
        click.echo(
            "TICKET_KEY is another one than before: the codes of all tickets sold so far are void until it is back."
        )
    with transaction():
        found = invariants.violations()
    for name, rows in found.items():
        click.echo(f"Does not hold: {name}: {rows}")
    click.echo(f"Now take what was sold since from Stripe: flask reconcile --hours {min(hours, 720)}")
    if found:
        raise SystemExit(1)


COMMANDS = (backup_command, restore_command)
