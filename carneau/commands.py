"""The `flask` commands on one page."""

from flask import Flask

from carneau.ops import cli


def register(app: Flask) -> None:
    for command in cli.COMMANDS:
        app.cli.add_command(command)
