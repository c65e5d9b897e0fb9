"""Whether this process can serve, and what of the installation is not as it should be though it still sells."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
import sqlalchemy as sa

from carneau.core import queue
from carneau.core.db import db, transaction
from carneau.ops.heartbeats import SILENT_AFTER_SECONDS

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
OLD_OUTBOX_SECONDS = 60
SAID = re.compile(r"""^(revision|down_revision) = (?:None|["']([\w-]+)["'])""", re.MULTILINE)
FACTS = sa.text(
    """SELECT (SELECT version_num FROM alembic_version) AS version,
              (SELECT coalesce(extract(epoch FROM now() - min(run_at)), 0)::float FROM outbox
                WHERE done_at IS NULL AND gave_up_at IS NULL AND run_at <= now()) AS outbox_seconds,
              (SELECT count(*) FROM heartbeats
                WHERE process = 'worker' AND beat_at > now() - make_interval(secs => :silent)) AS workers,
              (SELECT count(*) FROM heartbeats
                WHERE process = 'clock' AND beat_at > now() - make_interval(secs => :silent)) AS clocks"""
)


@dataclass(frozen=True)
class Readiness:
    """`failing`: no request should come here. `degraded`: it sells, and somebody should look."""

    failing: dict[str, str]
    degraded: dict[str, str]

    @property
    def status(self) -> str:
        return "not ready" if self.failing else "degraded" if self.degraded else "ready"


def look() -> Readiness:
    """Raises what SQLAlchemy raises when the database does not answer."""
    with transaction():
        facts = db.session.execute(FACTS, {"silent": SILENT_AFTER_SECONDS}).one()
    failing = {"migrations": "The database is older than this code: run the release command."} if is_behind(
        facts.version
    ) else {}  # fmt: skip
    return Readiness(failing, _degraded(facts) | _without_redis())


def _degraded(facts: Any) -> dict[str, str]:
    found = {}
    if facts.outbox_seconds > OLD_OUTBOX_SECONDS:
        found["outbox"] = f"Work has been waiting for {facts.outbox_seconds:.0f} s."
    if not facts.workers:
        found["worker"] = "No worker is alive: payments are taken, tickets wait."
    if not facts.clocks:
        found["clock"] = "No clock is alive: expired places come back only when somebody asks for them."
    return found


def _without_redis() -> dict[str, str]:
    try:
        queue.doorbell().connection.ping()
    except redis.RedisError as error:
        return {"redis": f"Redis does not answer ({type(error).__name__}): tickets may come a few seconds later."}
    return {}


def is_behind(version: str | None) -> bool:
    """A version that this code does not know is newer: migrations only add what older code can live with."""
    return version is None or version in revisions() - {newest_revision()}


@lru_cache(maxsize=1)
def _said() -> dict[str, str]:
    """Every revision with the one before it, read without Alembic, which a web process does without."""
    found = {}
    for path in VERSIONS.glob("*.py"):
        said = dict(SAID.findall(path.read_text()))
        found[said["revision"]] = said["down_revision"]
    return found


def revisions() -> set[str]:
    return set(_said())


def newest_revision() -> str:
    [newest] = revisions() - set(_said().values())
    return newest
