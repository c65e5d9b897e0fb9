from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, send_file
from flask_babel import Babel

from carneau.standalone.mailbox import reading
from carneau.standalone.mailbox.store import Store, attachments, parse

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)
SHOWN = 200
bp = Blueprint("mailbox", __name__)


def create_mailbox(store: Store) -> Flask:
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.extensions["mailbox_store"] = store
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    Babel(app)
    app.register_blueprint(bp)
    return app


@bp.get("/")
def index() -> str:
    address = request.args.get("to", "")
    return render_template("index.html", messages=_store().newest(address, SHOWN), address=address, shown=SHOWN)


@bp.get("/messages/<id>")
def show(id: str) -> str:
    message = _message(id)
    return render_template(
        "show.html", id=id, message=message, headers=message.items(), text=reading.text_of(message),
        has_html=message.get_body(("html",)) is not None, attachments=list(attachments(message)),
    )  # fmt: skip


@bp.get("/messages/<id>/html")
def html_show(id: str) -> Response:
    html = reading.html_of(_message(id))
    if html is None:
        abort(404)
    return Response(html, headers={"Content-Security-Policy": MAIL_POLICY})


@bp.get("/messages/<id>/attachments/<int:number>")
def attachment_show(id: str, number: int) -> Response:
    found = next((item for item in attachments(_message(id)) if item[0] == number), None) or abort(404)
    _, part, name = found
    answer = Response(part.get_payload(decode=True) or b"", mimetype=part.get_content_type())
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/messages/<id>.eml")
def raw_show(id: str) -> Response:
    return send_file(_path(id), mimetype="message/rfc822", as_attachment=True)


@bp.get("/api/messages")
def api_index() -> list[dict[str, Any]]:
    messages = _store().newest(request.args.get("to", ""), request.args.get("limit", SHOWN, int))
    return [asdict(message) | {"received_at": message.received_at.isoformat()} for message in messages]


@bp.get("/healthz")
def health_show() -> str:
    return "ok"


@bp.after_request
def guarded(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _store() -> Store:
    store: Store = current_app.extensions["mailbox_store"]
    return store


def _path(id: str) -> Path:
    return _store().find_path(id) or abort(404)


def _message(id: str) -> EmailMessage:
    return parse(_path(id))
