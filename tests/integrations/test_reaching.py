import socket
import threading
import time
from contextlib import contextmanager, suppress
from ipaddress import ip_address

import pytest

from carneau.core.errors import Invalid
from carneau.integrations import endpoints, reaching


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2001:db8::1",
        "::127.0.0.1",
    ],
)
def test_no_private_address_is_public(address):
    assert not reaching.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.99.144.80", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses_are(address):
    assert reaching.is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "0",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "::1",
        "[::1]",
        "::ffff:127.0.0.1",
    ],
)
def test_however_it_is_written_nothing_is_sent_to_ourselves(app, database, host):
    with app.test_request_context(), serving(lambda connection: None) as (port, connections):
        name = f"[{host}]" if ":" in host and "[" not in host else host
        outcome = reaching.post(f"https://{name}:{port}/", b"{}", {})

    assert outcome.status is None
    assert outcome.problem
    assert connections == []


@contextmanager
def serving(answer):
    """A TCP server on this machine that does what it is told with each connection."""
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def serve():
            with suppress(OSError):
                while True:
                    connection, _peer = server.accept()
                    connections.append(connection)
                    threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], connections
        for connection in connections:
            connection.close()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def drip(connection):
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(60):
            connection.sendall(b"x")
            time.sleep(0.5)


@pytest.mark.parametrize("answer", [lambda connection: time.sleep(30), drip])
def test_who_answers_slowly_holds_nobody_up_for_long(app, database, private_networks, answer):
    begun = time.monotonic()
    with app.test_request_context(), serving(answer) as (port, _):
        outcome = reaching.post(f"http://127.0.0.1:{port}/", b"{}", {})

    assert outcome.status is None
    assert "did not answer" in outcome.problem
    assert time.monotonic() - begun < reaching.WHOLE_SECONDS + 5


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 99999 x\r\n\r\n", b"\xff" * 100_000])
def test_what_is_no_answer_is_a_failure(app, database, private_networks, said):
    def say(connection):
        with suppress(OSError):
            connection.recv(10_000)
            connection.sendall(said)
        connection.close()

    with app.test_request_context(), serving(say) as (port, _):
        assert reaching.post(f"http://127.0.0.1:{port}/", b"{}", {}).problem


def test_who_is_not_there_and_who_has_no_certificate_are_failures(app, database, private_networks):
    with app.test_request_context():
        assert "no host" in reaching.post("https://no-such-host.invalid/", b"{}", {}).problem
        assert reaching.post("http://127.0.0.1:9/", b"{}", {}).problem
        with serving(lambda connection: connection.close()) as (port, _):
            assert reaching.post(f"https://127.0.0.1:{port}/", b"{}", {}).problem


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "shop.example",
        "http://shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:secret@shop.example/",
        "https://shop.example/#part",
        "https://shop.example/\r\nHost: x",
        "https://shop.example/ x",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[::1/",
        "https://" + "a" * 64 + ".example/",
        "https://shop.example/" + "x" * 500,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(app, database, typed):
    with app.test_request_context(), pytest.raises(Invalid):
        endpoints.checked_url(typed)


def test_addresses_of_the_web_are_taken(app, database):
    with app.test_request_context():
        for typed in (
            "https://shop.example/carneau?a=b",
            "https://shop.example:8443",
            "https://xn--bcher-kva.example/",
        ):
            assert endpoints.checked_url(typed) == typed
