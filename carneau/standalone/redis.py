from dataclasses import dataclass
from pathlib import Path

from redis import Redis as Client
from redis.exceptions import RedisError

from carneau.standalone import binaries
from carneau.standalone.orphans import MARK
from carneau.standalone.processes import Child, spawn, stop, wait_ready

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(frozen=True)
class Redis:
    child: Child
    url: str
    origin: str

    def stop(self) -> None:
        stop([self.child], 5)


def start(folder: Path, port: int, password: str, log: Path) -> Redis:
    """Keeps nothing on disk: the outbox in PostgreSQL is the truth."""
    program, origin = binaries.redis()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(_configuration(folder, port, password))
    environ = ENVIRONMENT | {MARK: str(folder.parent)}
    child = spawn("Redis", [program, settings], log=log, env=environ, cwd=folder)
    server = Redis(child, f"redis://:{password}@127.0.0.1:{port}/0", origin)
    try:
        wait_ready(child, lambda: _answers(server.url))
    except BaseException:
        server.stop()
        raise
    return server


def _configuration(folder: Path, port: int, password: str) -> str:
    return (
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {_quoted(folder)}\n"
        'save ""\nappendonly no\nmaxmemory-policy noeviction\ndaemonize no\n'
    )


def _quoted(folder: Path) -> str:
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _answers(url: str) -> bool:
    with Client.from_url(url, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
