from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis as Client
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from carneau.standalone import ports, redis
from carneau.standalone.redis import Redis


@contextmanager
def started(folder: Path, log: Path) -> Iterator[Redis]:
    [port] = ports.pick(1)
    server = redis.start(folder, port, "a-password", log)
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("source", ["any", "wheel"])
def test_it_answers_to_the_password_and_keeps_nothing_on_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str
):
    monkeypatch.setenv("CARNEAU_EMBEDDED", source)

    with started(folder / "redis", folder / "redis.log") as server:
        with Client.from_url(server.url, decode_responses=True) as client:
            client.set("name", "value")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        stranger_url = server.url.replace(":a-password@", "")
        with Client.from_url(stranger_url, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
    assert [path.name for path in (folder / "redis").iterdir()] == ["redis.conf"]


def test_its_settings_with_the_password_are_private(folder: Path):
    with started(folder / "a folder", folder / "redis.log"):
        assert (folder / "a folder" / "redis.conf").stat().st_mode & 0o777 == 0o600
