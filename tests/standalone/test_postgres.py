import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from carneau.standalone import ports, postgres
from carneau.standalone.home import clear
from carneau.standalone.postgres import Postgres
from carneau.standalone.problem import Problem

Start = Callable[[Path], Postgres]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(folder)`: a server that ends with the test."""
    with ExitStack() as servers:

        def start(folder: Path) -> Postgres:
            [port] = ports.pick(1)
            server = postgres.start(folder / "postgres", port, "a-password", folder / "postgres.log", durable=False)
            servers.callback(server.stop)
            return server

        yield start


def execute(server: Postgres, statement: str) -> list[tuple]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("source", ["any", "wheel"])
def test_data_is_still_there_after_a_restart(start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch, source: str):
    monkeypatch.setenv("CARNEAU_EMBEDDED", source)
    server = start(folder)
    execute(server, "CREATE TABLE kept AS SELECT 'É' AS letter")
    server.stop()

    server = start(folder)

    assert execute(server, "SELECT lower(letter) FROM kept") == [("é",)]
    server.stop()
    assert not server.child.is_running


def test_only_who_knows_the_password_gets_in_and_only_from_this_computer(start: Start, folder: Path):
    server = start(folder)

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url.replace("a-password", "another"))
    assert execute(server, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert execute(server, "SHOW unix_socket_directories") == [("",)]


def test_a_lock_left_by_a_crash_does_not_keep_it_from_starting(start: Start, folder: Path):
    server = start(folder)
    data = Path(execute(server, "SHOW data_directory")[0][0])
    server.child.popen.kill()
    server.child.popen.wait()
    left = (data / "postmaster.pid").read_text().split("\n", 1)
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{left[1]}")

    server = start(folder)

    assert server.child.is_running


def test_a_server_that_outlived_us_is_stopped_and_replaced(start: Start, folder: Path):
    orphan = start(folder)
    execute(orphan, "CREATE TABLE kept ()")

    server = start(folder)

    assert not orphan.child.is_running
    assert execute(server, "SELECT * FROM kept") == []


def test_data_of_a_version_that_is_not_here_is_refused_with_words(start: Start, folder: Path):
    (folder / "postgres" / "data").mkdir(parents=True)
    (folder / "postgres" / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(Problem, match=r"written by PostgreSQL 9; this machine has .*--fresh"):
        start(folder)


def test_a_program_that_stops_at_once_is_shown_with_its_last_words(start: Start, folder: Path):
    server = start(folder)
    port = int(server.url.rsplit(":", 1)[1].split("/")[0])

    with pytest.raises(Problem, match=r"PostgreSQL stopped[\s\S]*could not bind"):
        postgres.start(folder / "second", port, "a-password", folder / "second.log", durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that PostgreSQL's account may not enter")
def test_root_with_a_private_home_gets_its_data_elsewhere(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CARNEAU_EMBEDDED", "wheel")
    tmp_path.chmod(0o700)

    server = start(tmp_path)

    assert not server.place.is_relative_to(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    server.stop()
    clear(tmp_path)
    assert not server.place.exists()


def test_a_killed_server_says_so(start: Start, folder: Path):
    server = start(folder)

    os.kill(server.child.popen.pid, signal.SIGKILL)
    server.child.popen.wait()

    assert not server.child.is_running
    server.stop()
