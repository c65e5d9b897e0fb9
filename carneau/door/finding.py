"""Somebody without a code: by name, by the reference on paper, or several at once."""

import re
from urllib.parse import urlencode
from uuid import uuid4

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from carneau.admissions import attempts, gates, groups, queries
from carneau.core import codes
from carneau.core.db import transaction
from carneau.door import answers, guards
from carneau.tickets import search
from carneau.web import render

bp = Blueprint("door_finding", __name__, url_prefix="/door")
answers.register(bp)
MOST = 60
LONGEST_QUESTION = 200
NAME = re.compile(r"\s*[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?\s*")
LONGEST_NAME = 100
REFERENCE = re.compile(r"\s*[0-9A-Za-z]{4}[\s-]?[0-9A-Za-z]{4}\s*")


def find_question(text: str) -> str | None:
    """Of what was typed into the field of the scan page and is no code, what to look for: a name, or the reference that
    is printed below the QR. It leads to a name for comparing and lets nobody in by itself: it stays the same when the
    ticket is passed on."""
    if REFERENCE.fullmatch(text) and any(each.isdigit() or each == "-" for each in text):
        return codes.normalise_reference(text)
    return text.strip() if len(text) <= LONGEST_NAME and NAME.fullmatch(text) else None


def path_of(slug: str, question: str) -> str:
    return f"/door/{slug}/search?{urlencode({'q': question, 'gate': request.form.get('gate', '')})}"


@bp.get("/<slug>/search")
def search_show(slug: str) -> ResponseReturnValue:
    question = request.args.get("q", "")[:LONGEST_QUESTION].strip()
    with transaction():
        place = guards.place(slug)
        event, sees_names = place.event, place.device.sees_names
        found = search.find_guests(event, question, MOST + 1, by_name=sees_names)
        return render.page(
            "door/search.html",
            blocks=("found",),
            event=event,
            q=question,
            sees_names=sees_names,
            gate=gates.find(event, request.args.get("gate", "")),
            tickets=found[:MOST],
            is_cut=len(found) > MOST,
            admissions=queries.last_entries([ticket.id for ticket in found]),
            nonce=uuid4(),
        )


@bp.post("/<slug>/groups")
def groups_create(slug: str) -> ResponseReturnValue:
    phone = guards.phone()
    fields = answers.sent() if request.is_json else request.form
    wish = attempts.group_of(fields)
    party = groups.admit(phone, slug, wish.ref, wish.quantity, wish.nonce, wish.gate)
    if answers.wants_json():
        return jsonify(verdict="come_in", let_in=party.let_in, count=party.inside, of=party.size, name=party.name)
    return answers.scanned(slug, party=party)


@bp.get("/codes/<code>")
def codes_show(code: str) -> ResponseReturnValue:
    """Where the camera app of a phone at the door comes to. A phone that may not scan sees the ticket."""
    with transaction():
        phone = guards.find_phone()
        slug = queries.find_slug_of(phone, code) if phone else None
        if slug is None:
            return render.see_other(f"/tickets/{code}")
        place = guards.place(slug)
        return render.page(
            "door/codes_show.html",
            event=place.event,
            gates=gates.of(place.event.id),
            gate=queries.last_gate(place.device, place.event),
            code=code,
            nonce=uuid4(),
        )
