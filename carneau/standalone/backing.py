import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from carneau.standalone import ports, postgres, redis, settings
from carneau.standalone.answers import answers
from carneau.standalone.environment import ROOT
from carneau.standalone.orphans import MARK
from carneau.standalone.problem import Problem
from carneau.standalone.processes import Child, spawn, stop, wait_ready
from carneau.standalone.settings import Settings

HOST = ports.HOST
NAMES = ("postgres", "redis", "stripe", "smtp", "mailbox")


@dataclass
class Backing:
    """What the Procfile's processes stand on: addresses for them, links for people."""

    home: Path
    environ: dict[str, str]
    ports: dict[str, int]
    settings: Settings
    links: dict[str, str] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    @property
    def logs(self) -> Path:
        return self.home / "log"

    def spawn(self, name: str, command: list[str]) -> Child:
        return spawn(name, command, log=self.logs / f"{name}.log", env=self.environ, cwd=ROOT)


@contextmanager
def services(home: Path, port: int) -> Iterator[Backing]:
    """Starts what the environment does not name already; all of it has stopped when this ends."""
    check_stripe(os.environ, port)
    backing = _prepared(home, port)
    try:
        if not os.environ.get("STRIPE_SECRET_KEY"):
            _start_simulator(backing, port)
        _start_mailbox(backing)
        for name, start in (("DATABASE_URL", _start_postgres), ("REDIS_URL", _start_redis)):
            if os.environ.get(name):
                backing.origins.append(f"What {name} names")
            else:
                start(backing)
        yield backing
    finally:
        stop(backing.children, 3)


def check_stripe(environ: Mapping[str, str], port: int) -> None:
    key = environ.get("STRIPE_SECRET_KEY", "")
    if key and not key.startswith(("sk_test_", "rk_test_")):
        raise Problem("STRIPE_SECRET_KEY is not a test key. The demo takes test keys only (sk_test_...).")
    if key and not environ.get("STRIPE_WEBHOOK_SECRET"):
        raise Problem(
            "STRIPE_SECRET_KEY is set, STRIPE_WEBHOOK_SECRET is not. In another terminal, run\n"
            f"    stripe listen --forward-to http://{HOST}:{port}/webhook\n"
            "and start the demo again with STRIPE_WEBHOOK_SECRET set to the whsec_... that it prints."
        )


def _prepared(home: Path, port: int) -> Backing:
    for name in ("log", "mail", "media"):
        (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    known = settings.remembered(home / "settings.json")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environ = os.environ | {
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        MARK: str(home),
        "CARNEAU_HOME": str(home),
        "CARNEAU_ENV": "demo",
        "GRANIAN_HOST": os.environ.get("GRANIAN_HOST", HOST),
        "PORT": str(port),
        "BASE_URL": f"http://{HOST}:{port}",
        "SECRET_KEY": known.secret_key,
        "TICKET_KEY": known.ticket_key,
        "MEDIA_DIR": str(home / "media"),
        "INSTALLATION_OWNERS": os.environ.get("INSTALLATION_OWNERS", "owner@demo.example"),
    }
    return Backing(home, environ, ports.remembered(home / "ports.json", NAMES), known)


def _start_simulator(backing: Backing, port: int) -> None:
    own_port, known = backing.ports["stripe"], backing.settings
    url = f"http://{HOST}:{own_port}"
    child = backing.spawn("stripe", [
        sys.executable, "-m", "carneau.standalone.stripe", "--port", str(own_port),
        "--state", str(backing.home / "stripe.sqlite3"), "--secret-key", known.stripe_secret_key,
        "--webhook-url", f"http://{HOST}:{port}/webhook", "--webhook-secret", known.stripe_webhook_secret,
        "--public-url", url,
    ])  # fmt: skip
    backing.children.append(child)
    backing.links["Stripe simulator"] = url
    backing.environ |= {
        "STRIPE_SECRET_KEY": known.stripe_secret_key,
        "STRIPE_WEBHOOK_SECRET": known.stripe_webhook_secret,
        "STRIPE_API_BASE": url,
    }


def _start_mailbox(backing: Backing) -> None:
    smtp, http = backing.ports["smtp"], backing.ports["mailbox"]
    child = backing.spawn("mailbox", [
        sys.executable, "-m", "carneau.standalone.mailbox", "--smtp-port", str(smtp),
        "--http-port", str(http), "--folder", str(backing.home / "mail"),
    ])  # fmt: skip
    backing.children.append(child)
    backing.links["Mailbox"] = f"http://{HOST}:{http}"
    for name in ("MAIL_USERNAME", "MAIL_PASSWORD", "MAIL_USE_TLS", "MAIL_USE_SSL"):
        backing.environ.pop(name, None)
    backing.environ |= {
        "MAIL_SERVER": HOST,
        "MAIL_PORT": str(smtp),
        "MAIL_USE_TLS": "0",
        "MAIL_USE_SSL": "0",
        "MAIL_DEFAULT_SENDER": "Carneau <tickets@demo.example>",
    }


def _start_postgres(backing: Backing) -> None:
    server = postgres.start(
        backing.home / "postgres", backing.ports["postgres"], backing.settings.postgres_password,
        backing.logs / "postgres.log",
    )  # fmt: skip
    backing.children.append(server.child)
    backing.environ["DATABASE_URL"] = server.url
    elsewhere = "" if server.place.is_relative_to(backing.home) else f", data in {server.place}"
    backing.origins.append(server.origin + elsewhere)


def _start_redis(backing: Backing) -> None:
    server = redis.start(
        backing.home / "redis", backing.ports["redis"], backing.settings.redis_password,
        backing.logs / "redis.log",
    )  # fmt: skip
    backing.children.append(server.child)
    backing.environ["REDIS_URL"] = server.url
    backing.origins.append(server.origin)


def wait_for_helpers(backing: Backing) -> None:
    for child in backing.children:
        if child.name in ("stripe", "mailbox"):
            wait_ready(child, partial(answers, backing.ports[child.name], "/healthz"))
