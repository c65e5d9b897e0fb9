"""Redis by its address: one server (`redis://`, `rediss://`), or whichever Sentinel says is the primary now:
`redis+sentinel://[:password@]host:26379,host:26379/name[/db]` (`rediss+sentinel://` for TLS)."""

from typing import Any
from urllib.parse import unquote

import redis
from redis.sentinel import Sentinel

SENTINEL = ("redis+sentinel://", "rediss+sentinel://")
PORT = 26379


def connect(url: str, **options: Any) -> redis.Redis:
    """Opens no connection yet."""
    if not url.startswith(SENTINEL):
        return redis.Redis.from_url(url, **options)
    hosts, password, name, database = parts(url)
    encrypted = {"ssl": True} if url.startswith("rediss") else {}
    sentinel: Any = Sentinel  # the library's stubs leave it untyped
    watched = sentinel(hosts, sentinel_kwargs=options | encrypted, password=password, **options, **encrypted)
    primary: redis.Redis = watched.master_for(name, db=database)
    return primary


def parts(url: str) -> tuple[list[tuple[str, int]], str | None, str, int]:
    """Raises ValueError for an address that names no primary."""
    rest = url.partition("://")[2]
    who, at, where = rest.rpartition("@")
    hosts, _slash, path = where.partition("/")
    name, _slash, database = path.partition("/")
    if not (hosts and name):
        raise ValueError("redis+sentinel:// needs hosts and the primary's name: redis+sentinel://host:26379/mymaster")
    pairs = [host.rpartition(":") if ":" in host else (host, ":", str(PORT)) for host in hosts.split(",")]
    password = unquote(who.partition(":")[2]) if at else None
    return [(host, int(port)) for host, _colon, port in pairs], password, name, int(database or 0)
