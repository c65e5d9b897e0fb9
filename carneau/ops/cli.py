from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from carneau.core.db import transaction
from carneau.ops import clock, invariants, worker
from carneau.payments import reconciling


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Settle payments, issue tickets, send mail."""
    worker.work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("clock")
@with_appcontext
def clock_command() -> None:
    """Give back expired places and finish what was left lying."""
    clock.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("invariants")
@with_appcontext
def invariants_command() -> None:
    """Check what must always hold; exit code 1 and the rows if something does not."""
    with transaction():
        found = invariants.violations()
    for name, rows in found.items():
        click.echo(f"{name}: {rows}")
    if found:
        raise SystemExit(1)
    click.echo(f"{len(invariants.QUERIES)} invariants hold")


@click.command("reconcile")
@click.option("--hours", type=click.IntRange(1, 30 * 24), help="How far to look back; else from the last time on.")
@with_appcontext
def reconcile_command(hours: int | None) -> None:
    """Take from Stripe's list the events that no webhook brought, as after restoring a backup."""
    missing = reconciling.reconcile(timedelta(hours=hours) if hours else None)
    click.echo(f"{missing} events were missing and are being settled")


COMMANDS = (worker_command, clock_command, invariants_command, reconcile_command)
