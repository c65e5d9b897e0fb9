"""Several processes of pytest beside each other, each with a database and a Redis of its own."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from xdist.scheduler import LoadFileScheduling

TOGETHER = "tests/browser/"
"""Its tests share one demo, which takes long to start."""
SLOWEST_FIRST = (
    TOGETHER,
    "tests/web/test_nonsense.py",
    "tests/test_routes.py",
    "tests/faults/",
    "tests/standalone/test_demo.py",
    "tests/machines/",
    "tests/standalone/",
    "tests/ops/",
    "tests/payments/",
    "tests/manage/",
)
"""The machines come when the browser is done: both are many processes, and would be in each other's way."""


class FileByFile(LoadFileScheduling):
    """A file stays in one process, so that what its tests share starts once; so does all that shares the demo."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]


def own_database(url: str) -> str:
    """The URL itself, or in a worker process that of a database beside it."""
    worker = _worker()
    if worker is None:
        return url
    parts = urlsplit(url)
    name = f"{parts.path.lstrip('/')}_{worker}"
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return parts._replace(path=f"/{name}").geturl()


def own_redis(url: str) -> str:
    """The first worker has the one that the URL names, the others have those after it."""
    parts, worker = urlsplit(url), _worker() or "gw0"
    number = int(parts.path.lstrip("/") or 0) + int(worker.removeprefix("gw"))
    return parts._replace(path=f"/{number}").geturl()


def _worker() -> str | None:
    return os.environ.get("PYTEST_XDIST_WORKER")


def order(items: list[pytest.Item]) -> None:
    """In a worker, what takes long comes first: begun last, it would run on while the others have nothing to do."""
    if _worker():
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((n for n, slow in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(slow)), len(SLOWEST_FIRST))
