import socket
import threading
import time

import pytest

from carneau.email import delivery
from carneau.email.delivery import Undelivered, deliver
from carneau.email.message import Letter
from tests.mailing import catching

LETTER = Letter(subject="x", text="x", html="<p>x</p>")


def send():
    deliver(LETTER, recipient="ada@buyer.example", sender_name="House", message_id="<1@x.example>")


@pytest.fixture
def catcher(app):
    with app.app_context(), catching(app) as catcher:
        yield catcher


def test_a_mail_arrives(catcher):
    send()

    assert catcher.recipients == ["ada@buyer.example"]
    assert [letter["Message-ID"] for letter in catcher.letters] == ["<1@x.example>"]


@pytest.mark.parametrize(
    ("step", "answer", "permanent"),
    [
        ("RCPT", "550 no such user", True),
        ("RCPT", "450 try later", False),
        ("DATA", "554 refused", True),
        ("DATA", "451 try later", False),
    ],
)
def test_a_refusal_says_whether_trying_again_helps(catcher, step, answer, permanent):
    catcher.refusals.append((step, answer))

    with pytest.raises(Undelivered, match=answer[:3]) as refusal:
        send()

    assert refusal.value.is_permanent is permanent


def test_a_server_that_is_down_is_a_passing_trouble(app):
    with app.app_context(), pytest.raises(Undelivered) as trouble:
        send()

    assert trouble.value.is_permanent is False


@pytest.fixture
def silent_server(app, monkeypatch):
    """Accepts, and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    port = app.extensions["mail"].port
    app.extensions["mail"].port = server.getsockname()[1]
    accepted = []
    thread = threading.Thread(target=lambda: accepted.append(server.accept()[0]))
    thread.start()
    yield
    thread.join()
    app.extensions["mail"].port = port
    for connection in [*accepted, server]:
        connection.close()


def test_a_server_that_says_nothing_is_left_after_the_time_of_a_step(app, silent_server, monkeypatch):
    monkeypatch.setattr(delivery, "STEP_SECONDS", 0.5)
    monkeypatch.setattr(delivery._Patience, "step", 0.5)
    started = time.monotonic()

    with app.app_context(), pytest.raises(Undelivered, match="no answer"):
        send()

    assert time.monotonic() - started < 5


def test_a_server_that_thinks_long_about_the_text_is_waited_for(app, catcher, monkeypatch):
    monkeypatch.setattr(delivery._Patience, "step", 0.5)
    catcher.pause = 1.5

    send()

    assert len(catcher.letters) == 1
