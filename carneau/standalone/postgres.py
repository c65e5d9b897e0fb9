import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from carneau.standalone import binaries
from carneau.standalone.accounts import Account, runner
from carneau.standalone.binaries import PostgresBinaries
from carneau.standalone.orphans import MARK
from carneau.standalone.problem import Problem
from carneau.standalone.processes import Child, is_alive, kill, spawn, stop, wait_ready, wait_until
from carneau.standalone.reachable import data_home, runnable

USER = "carneau"
DATABASE = "carneau"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
"""For tests: nothing survives a power cut."""
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Postgres:
    child: Child
    url: str
    origin: str
    place: Path

    def stop(self) -> None:
        """A checkpoint that takes too long is cut short: what was committed is in the write-ahead log."""
        stop([self.child], 5)


def start(folder: Path, port: int, password: str, log: Path, *, durable: bool = True) -> Postgres:
    account = runner(folder / "data")
    place = data_home(folder, account)
    data = place / "data"
    chosen = binaries.postgres(_major_of(data))
    programs = runnable(chosen, account, place)
    if not data.exists():
        _initialise(programs, data, password, account)
    _clear_left_over_lock(data)
    settings = SETTINGS | {"port": str(port)} | ({} if durable else FORGETFUL)
    command: list[str | Path] = [programs.folder / "postgres", "-D", data]
    command += [f"--{name}={value}" for name, value in settings.items()]
    environ = ENVIRONMENT | {MARK: str(folder.parent)}
    child = spawn("PostgreSQL", command, log=log, env=environ, cwd=place, account=account, stop_signal=signal.SIGINT)
    origin = f"PostgreSQL {chosen.major} {chosen.origin}"
    server = Postgres(child, _url(password, port, DATABASE), origin, place)
    try:
        wait_ready(child, lambda: _says_ready(data, child.popen.pid))
        _make_database(_url(password, port, "postgres"))
    except BaseException:
        server.stop()
        raise
    return server


def _url(password: str, port: int, database: str) -> str:
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{database}"


def _major_of(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _initialise(programs: PostgresBinaries, data: Path, password: str, account: Account | None) -> None:
    """Into a folder that is renamed when complete: a killed initdb leaves nothing that looks like data."""
    with (
        _password_file(data.parent, password, account) as secret,
        tempfile.TemporaryDirectory(dir=data.parent, prefix="new-", ignore_cleanup_errors=True) as scratch,
    ):
        if account:
            _hand_over(Path(scratch), account)
        fresh = Path(scratch) / "data"
        for locale in _locales(programs):
            made = subprocess.run(
                [programs.folder / "initdb", "-D", fresh, "--username", USER, "--pwfile", secret,
                 "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", "--lc-messages=C", *locale],
                capture_output=True, text=True, check=False, cwd=data.parent, env=ENVIRONMENT,
                **(account.identity if account else {}),
            )  # fmt: skip
            if made.returncode == 0:
                fresh.rename(data)
                return
    raise Problem(f"initdb ({programs.folder}) could not make a database in {data}:\n{made.stderr.strip()}")


def _locales(programs: PostgresBinaries) -> Iterator[list[str]]:
    """Knows É from é where the system can; sorts alike everywhere; never ICU."""
    if programs.major >= 17:
        yield ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    yield ["--locale=C", "--lc-ctype=C.UTF-8"]
    yield ["--locale=C"]


@contextmanager
def _password_file(folder: Path, password: str, account: Account | None) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", dir=folder) as file:
        file.write(password)
        file.flush()
        if account:
            _hand_over(Path(file.name), account)
        yield Path(file.name)


def _hand_over(path: Path, account: Account) -> None:
    os.chown(path, account.uid, account.gid)


def _clear_left_over_lock(data: Path) -> None:
    """After a kill -9 of everything, postmaster.pid may name a process that is somebody else's by now. Only
    one of us runs on a folder (its lock sees to that): whoever works in this data folder is our orphan."""
    orphans = [process for process in psutil.process_iter() if _works_in(process, data)]
    for orphan in orphans:
        with suppress(psutil.NoSuchProcess):
            orphan.send_signal(signal.SIGINT)
    wait_until(lambda: not any(is_alive(orphan) for orphan in orphans), 5)
    kill(orphans)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return bool(process.cwd() == str(data.resolve()))
    except (psutil.Error, OSError):
        return False


def _says_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _make_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
