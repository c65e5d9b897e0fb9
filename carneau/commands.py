"""The `flask` commands on one page."""

from flask import Flask

from carneau.accounts import commands as accounts
from carneau.fulfilment import commands as fulfilment
from carneau.ops import cli
from carneau.standalone import seeding


def register(app: Flask) -> None:
    for command in (*cli.COMMANDS, *accounts.COMMANDS, *fulfilment.COMMANDS, *seeding.COMMANDS):
        app.cli.add_command(command)
