import click
from flask.cli import AppGroup

from carneau.core.db import transaction
from carneau.email import queries
from carneau.fulfilment import fulfil

mail = AppGroup("mail", help="What could not be delivered, and sending it again.")


@mail.command("failed")
def failed() -> None:
    """List the mails that did not go out, newest trouble first."""
    with transaction():
        for letter in queries.failed():
            state = "given up" if letter.gave_up_at else "will be tried again"
            tried = f"{letter.last_tried_at:%Y-%m-%d %H:%M} UTC" if letter.last_tried_at else "never"
            click.echo(
                f"{letter.id}  {letter.kind}  {letter.subject} {letter.subject_id}  {letter.attempts} tries,"
                f" last {tried}  {state}  {letter.last_error}"
            )


@mail.command("resend")
@click.argument("mail_id", type=int, required=False)
@click.option("--all-failed", is_flag=True, help="Every mail that `flask mail failed` lists.")
def resend(mail_id: int | None, all_failed: bool) -> None:
    """Send a mail that did not go out once more, now."""
    if (mail_id is None) == (not all_failed):
        raise click.UsageError("Name one mail by its number, or say --all-failed.")
    with transaction():
        chosen = [letter.id for letter in queries.failed(limit=10_000)] if mail_id is None else [mail_id]
        again = sum(fulfil.send_again(number) for number in chosen)
    if not all_failed and not again:
        raise click.ClickException(f"Mail {mail_id} does not exist or has gone out.")
    click.echo(f"{again} to be sent again")


COMMANDS = (mail,)
