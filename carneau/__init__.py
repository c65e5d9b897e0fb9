from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: "Config") -> "Flask":
    """Imports the application only here: `python3 -m carneau` must start where nothing is installed yet."""
    from carneau.application import build  # noqa: PLC0415  nothing may be installed before

    return build(config)
