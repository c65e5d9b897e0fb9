"""What makes a phone keep the scan page: the service worker, the manifest and its icons."""

import hashlib
import json
import re

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.core.db import transaction
from carneau.door import guards, icons
from carneau.web import assets, render

bp = Blueprint("door_installing", __name__, url_prefix="/door")
WORKER = "door/service-worker.js"
FILES = ("carneau.css", "door.css", "carneau.js", "favicon.svg")
NO_NETWORK = "/door/no-network.html"
SLUG = re.compile(r"[\w-]{1,200}", re.ASCII)
PAPER, INK = "#f1eadc", "#16130f"


@bp.get("/sw.js")
def worker_show() -> ResponseReturnValue:
    """Another version whenever one of its files is another: browsers ask for it anew at every visit."""
    body = current_app.extensions["assets"][WORKER].body.decode()
    shell = [NO_NETWORK, *(assets.url_of(name) for name in FILES)]
    shell += [address for address in assets.urls_in("door") if not address.endswith(WORKER)]
    version = hashlib.sha256("\n".join([*shell, body]).encode()).hexdigest()[:12]
    head = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(shell)};\n"
    response = Response(head + body, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(version)
    return response.make_conditional(request)


@bp.get("/no-network.html")
def no_network_show() -> ResponseReturnValue:
    """Kept by the worker, which puts the way back into it."""
    return render.page("door/no_network.html", path=NO_NETWORK)


@bp.get("/manifest.webmanifest")
def manifest_show() -> ResponseReturnValue:
    slug = request.args.get("event", "")
    start, name = "/door", _("Door")
    if SLUG.fullmatch(slug):
        with transaction():
            place = guards.find_place(slug)
            start, name = f"/door/{slug}", place.event.title if place else name
    response = jsonify(
        id=start, start_url=start, scope="/door", name=name, short_name=name[:30], display="standalone",
        background_color=PAPER, theme_color=INK, icons=_icons(),
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response


def _icons() -> list[dict[str, str]]:
    return [
        {"src": f"/door/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in icons.SIZES
        for purpose in ("any", "maskable")
    ]


@bp.get("/icon-<int:size>.png")
def icons_show(size: int) -> ResponseReturnValue:
    if size not in icons.SIZES:
        abort(404)
    response = Response(icons.png(size), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
