"""A scan page without a network: its list of tickets, and what it decided meanwhile."""

import gzip
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import attempts, snapshot, syncing
from carneau.admissions.models import Answer, Reason
from carneau.admissions.syncing import Queued
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.door import answers, guards, offline_words

bp = Blueprint("door_offline", __name__, url_prefix="/door")
answers.register(bp)
bp.add_app_template_global(offline_words.all_of_them, "offline_words")
LARGEST_NUMBER = 1_000_000
COMPRESSION = 6


@bp.get("/<slug>/snapshot")
def snapshot_show(slug: str) -> ResponseReturnValue:
    with transaction():
        taken = snapshot.take(guards.phone(), slug, request.args.get("since"))
    body = taken.as_json().encode()
    response = Response(mimetype="application/json")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, COMPRESSION, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(body)
    response.vary.add("Accept-Encoding")
    response.set_etag(taken.digest, weak=True)
    return response.make_conditional(request)


@bp.post("/<slug>/sync")
def sync_create(slug: str) -> ResponseReturnValue:
    phone, sent = guards.phone(), answers.sent()
    scans = sent.get("scans") if isinstance(sent, Mapping) else None
    if not isinstance(scans, list) or len(scans) > syncing.MOST_AT_ONCE:
        raise Invalid(_("Please send at most %(most)s scans in a list.", most=syncing.MOST_AT_ONCE))
    read = [_read(each) for each in scans]
    settled = iter(syncing.settle(phone, slug, [each for each in read if isinstance(each, Queued)]))
    with transaction():
        syncing.note_sync(phone, slug, _number(sent, "queue_length") or 0, _number(sent, "p95_ms"))
    return jsonify(verdicts=[_told(settled) if isinstance(each, Queued) else each for each in read])


def _told(settled: Any) -> dict[str, Any] | None:
    verdict = next(settled)
    return verdict.as_json() if verdict else None


def _read(sent: Any) -> Queued | dict[str, Any]:
    """What cannot be read is answered at once: one broken scan must not hold up the queue behind it."""
    try:
        attempt = attempts.of_mapping(sent)
    except Invalid as error:
        return {"verdict": Answer.NOT_VALID, "reason": Reason.UNKNOWN, "sentence": str(error)}
    shown, reason = sent.get("shown", Answer.COME_IN), sent.get("reason")
    return Queued(
        replace(attempt, is_offline=True),
        Answer(shown) if shown in list(Answer) else Answer.COME_IN,
        Reason(reason) if reason in list(Reason) else None,
    )


def _number(sent: Mapping[str, Any], name: str) -> int | None:
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, LARGEST_NUMBER)
