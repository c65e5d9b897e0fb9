import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from carneau.web import assets


def test_the_page_asks_for_one_style_sheet_and_one_script(client: FlaskClient) -> None:
    html = client.get("/no-such-page").text
    assert len(re.findall(r'<link rel="stylesheet"', html)) == 1
    assert len(re.findall(r"<script", html)) == 1


@pytest.mark.parametrize("name", ["carneau.css", "carneau.js", "favicon.svg"])
def test_an_asset_is_kept_for_ever_under_its_digest(app: Flask, client: FlaskClient, name: str) -> None:
    asset = app.extensions["assets"][name]
    answer = client.get(f"/assets/{asset.digest}/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.data) == asset.body
    assert "Set-Cookie" not in answer.headers


def test_an_old_digest_gets_the_present_file_for_a_minute(client: FlaskClient) -> None:
    answer = client.get("/assets/0123456789ab/carneau.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_style_and_script_stay_within_their_share_of_30_kb(app: Flask) -> None:
    style, script = app.extensions["assets"]["carneau.css"], app.extensions["assets"]["carneau.js"]
    assert len(style.zipped) < 7_000
    assert len(style.zipped) + len(script.zipped) < 22_000


def test_every_style_file_is_in_the_sheet_and_every_brace_is_closed(app: Flask) -> None:
    sheet = app.extensions["assets"]["carneau.css"].body.decode()
    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_modules_of_a_page_share_one_address_and_buyers_do_not_carry_them(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        urls = assets.urls_in("door")
    assert len({url.rpartition("/")[0] for url in urls}) == 1
    for url in urls:
        answer = client.get(url)
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["Cache-Control"]
    assert b"decodeQR" not in app.extensions["assets"]["carneau.js"].body


def test_every_vendored_script_is_the_one_that_is_written_down(app: Flask) -> None:
    static = Path(app.static_folder or "")
    rows = re.findall(
        r"^\| `(?P<file>js/[^`]+)`.*`(?P<sha256>[0-9a-f]{64})` \|$", (static / "VENDORED.md").read_text(), re.M
    )
    assert {file for file, _ in rows} == {str(path.relative_to(static)) for path in static.rglob("*.min.js")}
    for file, sha256 in rows:
        assert hashlib.sha256((static / file).read_bytes()).hexdigest() == sha256
