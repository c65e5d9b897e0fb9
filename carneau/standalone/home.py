import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carneau.standalone.environment import ROOT
from carneau.standalone.problem import Problem
from carneau.standalone.reachable import remove_data_home

FOLDERS = ("redis", "mail", "media", "log")
FILES = ("settings.json", "stripe.sqlite3", "stripe.sqlite3-shm", "stripe.sqlite3-wal")


def from_environment() -> Path:
    return Path(os.environ.get("CARNEAU_HOME") or ROOT / "var").resolve()


@contextmanager
def locked(home: Path, url: str) -> Iterator[None]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise Problem(f"Cannot write to {home} ({error.strerror}). Choose another: CARNEAU_HOME=...") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem(_who_is_there(home)) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()} {url}\n")
        lock.flush()
        yield


def clear(home: Path) -> None:
    """Only what the demo made; a folder may hold other things of its owner's."""
    remove_data_home(home / "postgres")
    for name in FOLDERS:
        shutil.rmtree(home / name, ignore_errors=True)
    for name in FILES:
        (home / name).unlink(missing_ok=True)


def _who_is_there(home: Path) -> str:
    pid, _, url = (home / "lock").read_text().strip().partition(" ")
    return (
        f"A demo runs on {home} already: {url} (process {pid}). Open it, or stop it with Ctrl-C.\n"
        "For a second one beside it, choose a folder and a port: CARNEAU_HOME=... PORT=... "
        "python3 -m carneau demo"
    )
