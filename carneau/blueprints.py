"""The URL map on one page."""

from flask import Flask

from carneau.ops import health


def register(app: Flask) -> None:
    for blueprint in (health.bp,):
        app.register_blueprint(blueprint)
