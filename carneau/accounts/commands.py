import click
from flask.cli import AppGroup

from carneau.accounts import changing, queries, second_factor
from carneau.core.db import transaction

account = AppGroup("account", help="Help for people who cannot log in.")


@account.command("drop-second-factor")
@click.argument("email")
def drop_second_factor(email: str) -> None:
    """Switch off the second factor of someone who lost the app and the recovery codes. They are told by mail."""
    with transaction():
        user = queries.find_by_email(email)
        if user is None or user.totp_secret is None:
            raise click.ClickException("There is no account with this address and a second factor.")
        second_factor.end(user, "operator")
        changing.end_sessions(user)
    click.echo("The second factor is off, and every device is logged out.")


COMMANDS = (account,)
