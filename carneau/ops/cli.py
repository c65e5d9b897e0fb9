from datetime import timedelta

import click
from flask.cli import AppGroup, with_appcontext
from flask.globals import app_ctx

from carneau.core import clock as time
from carneau.core import dead_letters
from carneau.core.db import transaction
from carneau.ops import clock, doctor, invariants, keeping, worker
from carneau.ops.findings import State
from carneau.payments import rebuilding, reconciling


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Settle payments, issue tickets, send mail."""
    worker.work(app_ctx.app)


@click.command("clock")
@with_appcontext
def clock_command() -> None:
    """Give back expired places and finish what was left lying."""
    clock.run(app_ctx.app)


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
    """Take from Stripe's lists what no webhook brought. With --hours also make the purchases again that were sold
    after the backup that was restored."""
    if hours:
        rebuilt = rebuilding.rebuild(time.now() - timedelta(hours=hours))
        click.echo(f"{len(rebuilt.made)} purchases are there again, with new tickets: {', '.join(rebuilt.made) or '-'}")
        for session_id, reason in rebuilt.left.items():
            click.echo(f"Look at {session_id} in Stripe's dashboard: {reason}")
    missing = reconciling.reconcile(timedelta(hours=hours) if hours else None)
    click.echo(f"{missing} events were missing and are being settled")


@click.command("doctor")
@click.option("--mail", "recipient", help="Send a mail to this address, too.")
@with_appcontext
def doctor_command(recipient: str | None) -> None:
    """Say what is wrong, and what to do; exit code 1 if something will cost a sale."""
    results = doctor.examine(doctor.OURS | doctor.OUTSIDE)
    if recipient:
        results.append(doctor.send_a_mail(recipient))
    for result in results:
        finding = result.finding
        click.echo(f"{MARKS[finding.state]:5} {result.name}: {finding.says}")
        if finding.to_do:
            click.echo(f"      -> {finding.to_do}")
    if not doctor.is_well(results):
        raise SystemExit(1)


MARKS = {State.GOOD: "ok", State.LOOK: "look", State.BAD: "BAD"}
outbox_group = AppGroup("outbox", help="Jobs that failed on every try.")


@outbox_group.command("failed")
def outbox_failed() -> None:
    """List them, with the kind of the last error; the log has the rest."""
    with transaction():
        for row in dead_letters.given_up():
            click.echo(f"{row.id:8} {row.gave_up_at:%Y-%m-%d %H:%M} {row.job} {row.arguments}: {row.last_error}")


@outbox_group.command("retry")
def outbox_retry() -> None:
    """Make them due again."""
    with transaction():
        number = dead_letters.retry()
    click.echo(f"{number} jobs will be tried again")


COMMANDS = (
    worker_command,
    clock_command,
    invariants_command,
    reconcile_command,
    doctor_command,
    outbox_group,
    *keeping.COMMANDS,
)
