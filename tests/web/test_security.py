import pytest


@pytest.mark.parametrize("path", ["/?q=%00", "/e/%00", "/?q=a&q=%00", "/%00"])
def test_a_nul_byte_is_a_400_and_nothing_more(client, path):
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize("path", ["/%ff", "/?%ff=%fe", "/e/%ed%a0%80", "/?q=%ed%a0%80", "/?month=%f0%28"])
def test_bytes_that_are_no_text_are_never_a_crash(client, path):
    assert client.get(path).status_code < 500


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Origin": "http://localhost"}, 404),
        ({}, 404),
    ],
)
def test_a_form_of_another_site_is_refused_before_anything_is_done(client, headers, status):
    assert client.post("/no-such-form", headers=headers).status_code == status


def test_every_answer_carries_the_security_headers(client):
    for path in ("/healthz", "/no-such-page"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "private, no-store"


def test_a_foreign_host_is_refused(client):
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_a_probe_may_ask_by_the_address_of_the_machine(client):
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/readyz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_a_request_larger_than_a_megabyte_is_refused(client):
    answer = client.post("/webhook", data=b"x" * (1024 * 1024 + 1), content_type="application/json")

    assert answer.status_code in (404, 413)
