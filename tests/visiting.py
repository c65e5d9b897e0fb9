"""A browser before the pages of a session: each request has an application context of its own, as on a server."""

import re
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from carneau.accounts import passwords, registration
from carneau.accounts.models import User
from carneau.core import outbox
from carneau.core.db import db, transaction
from tests.mailing import Catcher

PASSWORD = "four words nobody guesses"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
VERSION = re.compile(r'name="(version)" type="hidden" value="([0-9]+)"')
LINK = re.compile(r"http://localhost(/links/\S+)")
HASHES: dict[str, str] = {}


class Visitor:
    def __init__(self, app: Flask, network: str = "192.0.2.1") -> None:
        self.app, self.network = app, network
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """As it comes: without a token, unless `data` has one."""
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        environ = {"REMOTE_ADDR": self.network} | options.pop("environ_base", {})
        with self.app.app_context():
            answer = self.client.open(path, method=method, environ_base=environ, **options)
            answer.request.environ["wsgi.input"].close()
            return answer

    def submit(self, page: str, action: str | None = None, **fields: Any) -> TestResponse:
        """Opens a page, fills in its form and sends it."""
        opened = self.get(page)
        assert opened.status_code == 200, opened.text
        hidden = {"csrf_token": token(opened)} | dict(VERSION.findall(opened.text))
        return self.post(action or urlsplit(page).path, data=hidden | fields)

    def log_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.submit("/login", email=email, password=password, **fields)

    def enter_as(self, email: str) -> None:
        """As after a log-in, without its pages."""
        with self.app.app_context(), transaction():
            key = db.session.scalars(sa.select(User).where(User.email == email)).one().get_id()
        with self.client.session_transaction() as session:
            session["_user_id"] = key

    @property
    def is_logged_in(self) -> bool:
        return self.get("/account").status_code == 200


def token(page: TestResponse) -> str:
    found = TOKEN.search(page.text)
    assert found, page.text
    return found[1]


def make_user(email: str = "ada@buyer.example", password: str = PASSWORD, name: str = "Ada Verhoeven") -> User:
    """As one who registered."""
    if password not in HASHES:
        HASHES[password] = passwords.hashed(password)
    with transaction():
        user = registration.register(email, name, HASHES[password])
        db.session.refresh(user)
        db.session.expunge(user)
    return user


def mailed_link(catcher: Catcher) -> str:
    """The path of the link in the newest mail, after the jobs that are due."""
    outbox.drain()
    part = catcher.letters[-1].get_body(("plain",))
    found = LINK.search(part.get_content()) if part else None
    assert found, catcher.letters[-1]
    return found[1]
