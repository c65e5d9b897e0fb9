import socket
import threading
import time

import pytest

from carneau.core import outbox
from carneau.email import connection
from carneau.email.delivery import Undelivered, deliver
from carneau.email.message import Letter

LETTER = Letter(subject="x", text="x", html="<p>x</p>")


def send():
    deliver(LETTER, recipient="ada@buyer.example", sender_name="House", message_id="<1@x.example>")


@pytest.fixture
def catcher(catcher):
    yield catcher
    connection.hang_up()


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
    for side in [*accepted, server]:
        side.close()


def test_a_server_that_says_nothing_is_left_after_the_time_of_a_step(app, silent_server, monkeypatch):
    monkeypatch.setattr(connection, "STEP_SECONDS", 0.5)
    monkeypatch.setattr(connection._Plain, "step", 0.5)
    started = time.monotonic()

    with app.app_context(), pytest.raises(Undelivered, match="no answer"):
        send()

    assert time.monotonic() - started < 5


def test_a_server_that_thinks_long_about_the_text_is_waited_for(app, catcher, monkeypatch):
    monkeypatch.setattr(connection._Plain, "step", 0.5)
    catcher.pause = 1.5

    send()

    assert len(catcher.letters) == 1


def test_mails_that_follow_each_other_go_over_one_connection_until_nothing_more_is_due(catcher):
    for _ in range(3):
        send()
    assert (len(catcher.letters), len(catcher.sessions)) == (3, 1)

    connection.hang_up()
    send()

    assert (len(catcher.letters), len(catcher.sessions)) == (4, 2)


def test_no_connection_takes_more_mails_than_servers_like(catcher, monkeypatch):
    monkeypatch.setattr(connection, "MOST_MAILS", 2)

    for _ in range(5):
        send()

    assert (len(catcher.letters), len(catcher.sessions)) == (5, 3)


def test_a_server_that_hung_up_between_two_mails_is_called_again(catcher):
    send()
    catcher.hang_up()
    send()

    assert (len(catcher.letters), len(catcher.sessions)) == (2, 2)


def test_after_a_refusal_the_next_mail_has_a_connection_of_its_own(catcher):
    send()
    catcher.refusals.append(("RCPT", "550 no such user"))
    with pytest.raises(Undelivered):
        send()
    send()

    assert (len(catcher.letters), len(catcher.sessions)) == (2, 2)


def test_each_mail_of_a_connection_has_all_its_time(catcher, monkeypatch):
    monkeypatch.setattr(connection._Plain, "step", 0.5)
    monkeypatch.setattr(connection, "ALL_SECONDS", 2.0)
    catcher.pause = 1.2

    send()
    send()

    assert (len(catcher.letters), len(catcher.sessions)) == (2, 1)


def test_what_is_due_being_done_the_connection_is_given_up(catcher):
    send()
    outbox.drain()
    send()

    assert len(catcher.sessions) == 2
