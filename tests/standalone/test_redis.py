from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from carneau.standalone import ports, redis


@pytest.mark.parametrize("source", ["any", "wheel"])
def test_it_answers_to_the_password_and_keeps_nothing_on_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str
):
    monkeypatch.setenv("CARNEAU_EMBEDDED", source)
    [port] = ports.pick(1)

    server = redis.start(folder / "redis", port, "a-password", folder / "redis.log")

    with Redis.from_url(server.url, decode_responses=True) as client:
        client.set("name", "value")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    server.stop()
    assert [path.name for path in (folder / "redis").iterdir()] == ["redis.conf"]


def test_its_settings_with_the_password_are_private(folder: Path):
    [port] = ports.pick(1)

    server = redis.start(folder / "a folder", port, "a-password", folder / "redis.log")

    assert (folder / "a folder" / "redis.conf").stat().st_mode & 0o777 == 0o600
    server.stop()
