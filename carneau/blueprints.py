"""The URL map on one page."""

from flask import Flask

from carneau.catalogue import media
from carneau.ops import health
from carneau.tickets import views as tickets


def register(app: Flask) -> None:
    for blueprint in (health.bp, media.bp, tickets.bp):
        app.register_blueprint(blueprint)
