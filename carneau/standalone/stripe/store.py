"""Objects, saved answers and deliveries in one SQLite file; in memory when there is none."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Where = list[tuple[str, Any]]

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    status TEXT, payment_intent TEXT, charge TEXT, type TEXT, due_at INTEGER, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq, created, type, status);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (payment_intent, kind);
CREATE INDEX IF NOT EXISTS objects_due ON objects (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, kept_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL, due_at REAL NOT NULL, first_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, answer TEXT, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE done = 0;
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
"""
COLUMNS = ("status", "payment_intent", "charge", "type")


class Store:
    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.after: list[Callable[[], None]] = []
        self.open = False
        self.closed = False
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One at a time: whoever is inside is alone. A nested one joins the outer.

        What waits for the commit runs after the lock is given back, for it may want locks of its own."""
        with self.lock:
            if self.open:
                yield
                return
            with self.outermost():
                yield
            waiting, self.after = self.after, []
        for act in waiting:
            act()

    @contextmanager
    def outermost(self) -> Iterator[None]:
        self.open = True
        self.after = []
        self.db.execute("BEGIN")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        finally:
            self.open = False

    def after_commit(self, act: Callable[[], None]) -> None:
        self.after.append(act)

    def put(self, thing: Json, due_at: int | None = None) -> Json:
        indexed = [thing.get(name) for name in COLUMNS]
        body = json.dumps(thing, separators=(",", ":"))
        self.db.execute(
            "INSERT INTO objects (id, kind, created, status, payment_intent, charge, type, due_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
            " payment_intent = excluded.payment_intent, charge = excluded.charge, due_at = excluded.due_at,"
            " body = excluded.body",
            (thing["id"], thing["object"], thing["created"], *indexed, due_at, body),
        )
        return thing

    def find(self, kind: str, id: str) -> Json | None:
        rows = self.rows("SELECT body FROM objects WHERE id = ? AND kind = ?", (id, kind))
        return json.loads(rows[0][0]) if rows else None

    def page(self, where: Where, limit: int, *, oldest_first: bool = False) -> list[Json]:
        """Newest first, as Stripe lists. Conditions are SQL of this package, their values are bound."""
        clauses = " AND ".join(clause for clause, _ in where)
        values = [value for _, given in where for value in (given if isinstance(given, list) else [given])]
        order = "ASC" if oldest_first else "DESC"
        sql = f"SELECT body FROM objects WHERE {clauses} ORDER BY seq {order} LIMIT ?"  # noqa: S608  as the docstring says
        return [json.loads(body) for (body,) in self.rows(sql, [*values, limit])]

    def due(self, at: int) -> list[Json]:
        """The bare `due_at` lets SQLite take the small index of what is due at all."""
        found = self.rows("SELECT body FROM objects WHERE due_at <= ? ORDER BY due_at", (at,))
        return [json.loads(body) for (body,) in found]

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def close(self) -> None:
        with self.lock:
            self.closed = True
            self.db.close()
