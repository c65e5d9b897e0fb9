"""A phone at the door, and what is done with it."""

import re
from uuid import uuid4

from tests.visiting import Visitor

NONCE = re.compile(r'name="nonce" value="([^"]+)"')


def visitor(app, token):
    phone = Visitor(app)
    phone.client.set_cookie("door", token)
    return phone


def ask(phone, event, **sent):
    sent = {"nonce": str(uuid4())} | sent
    return phone.post(f"/door/{event.slug}/admissions", json=sent, headers={"Accept": "application/json"})


def press(phone, event, path="admissions", **fields):
    """From the scan page as it was served."""
    nonce = NONCE.search(phone.get(f"/door/{event.slug}").text)[1]
    return phone.post(f"/door/{event.slug}/{path}", data={"nonce": nonce} | fields)
