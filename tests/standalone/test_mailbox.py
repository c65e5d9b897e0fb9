import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from carneau.standalone import ports
from carneau.standalone.mailbox.catcher import listening
from carneau.standalone.mailbox.pages import create_mailbox
from carneau.standalone.mailbox.store import Store


@pytest.fixture
def smtp_port(tmp_path: Path) -> Iterator[int]:
    [port] = ports.pick(1)
    catcher = listening(Store(tmp_path), ports.HOST, port)
    yield port
    catcher.stop()


@pytest.fixture
def pages(tmp_path: Path) -> FlaskClient:
    return create_mailbox(Store(tmp_path)).test_client()


def ticket_mail(to: str = "zoe@example.org") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tickets@demo.example", to, "Your tickets for <Ünder>"
    mail["Message-ID"] = "<purchase-1@carneau.example>"
    mail.set_content("Open https://tickets.example/1")
    mail.add_alternative('<!doctype html><head></head><img src="cid:qr"><script>1</script>', subtype="html")
    mail.get_payload()[1].add_related(b"picture", "image", "png", cid="<qr>")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="tickets.pdf")
    return mail


def send(port: int, *mails: EmailMessage) -> None:
    with smtplib.SMTP(ports.HOST, port) as connection:
        for mail in mails:
            connection.send_message(mail)


def test_a_mail_sent_is_listed_with_what_it_carries(smtp_port: int, pages: FlaskClient):
    send(smtp_port, ticket_mail())

    [listed] = pages.get("/api/messages").get_json()

    assert listed["to"] == ["zoe@example.org"]
    assert listed["subject"] == "Your tickets for <Ünder>"
    assert listed["message_id"] == "<purchase-1@carneau.example>"
    assert listed["attachments"] == ["tickets.pdf"]
    assert "Your tickets for &lt;Ünder&gt;" in pages.get("/").text


def test_the_newest_mail_comes_first_and_others_are_found_by_address(smtp_port: int, pages: FlaskClient):
    send(smtp_port, ticket_mail("first@example.org"), ticket_mail("second@example.org"))

    everyone = [message["to"] for message in pages.get("/api/messages").get_json()]
    one = [message["to"] for message in pages.get("/api/messages?to=FIRST@").get_json()]

    assert everyone == [["second@example.org"], ["first@example.org"]]
    assert one == [["first@example.org"]]


def test_a_mail_is_read_in_a_frame_that_runs_nothing_and_loads_nothing(smtp_port: int, pages: FlaskClient):
    send(smtp_port, ticket_mail())
    [listed] = pages.get("/api/messages").get_json()

    page = pages.get(f"/messages/{listed['id']}")
    frame = pages.get(f"/messages/{listed['id']}/html")

    assert 'sandbox="allow-popups' in page.text
    assert '<a href="https://tickets.example/1"' in page.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert 'src="data:image/png;base64,cGljdHVyZQ=="' in frame.text
    assert frame.text.startswith("<!doctype html>")


def test_attachments_and_the_whole_mail_are_saved_never_opened(smtp_port: int, pages: FlaskClient):
    send(smtp_port, ticket_mail())
    [listed] = pages.get("/api/messages").get_json()
    page = pages.get(f"/messages/{listed['id']}").text
    link = next(part.split('"')[0] for part in page.split('href="') if "/attachments/" in part)

    attachment = pages.get(link)

    assert attachment.data == b"%PDF"
    assert attachment.headers["Content-Disposition"] == "attachment; filename=tickets.pdf"
    with pages.get(f"/messages/{listed['id']}.eml") as whole:
        assert whole.headers["Content-Disposition"].startswith("attachment")
        assert b"Delivered-To: zoe@example.org" in whole.data


@pytest.mark.parametrize("id", ["nothing", "00000000000000000000-00000000", "..%2f..%2fsettings"])
def test_a_mail_that_is_not_there_is_not_found(pages: FlaskClient, id: str):
    assert pages.get(f"/messages/{id}").status_code == 404


def test_only_this_computer_by_its_own_name_reads_mail(pages: FlaskClient):
    assert pages.get("/", headers={"Host": "attacker.example"}).status_code == 400
