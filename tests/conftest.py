import base64
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import Migrate, upgrade
from hypothesis import HealthCheck

from carneau import create_app
from carneau.core.db import db, transaction
from carneau.ops import invariants
from carneau.standalone.environment import ROOT
from carneau.standalone.stripe import Simulator, SimulatorSettings, create_simulator
from carneau.web import caching
from config import Config
from tests import distributing
from tests.emptying import empty_tables
from tests.mailing import Catcher, catching
from tests.visiting import Visitor

# How fast an example is says how busy the machine is, nothing about the code.
hypothesis.settings.register_profile("carneau", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("carneau")
TICKET_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    distributing.order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return distributing.FileByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def services() -> Iterator[tuple[str, str]]:
    """PostgreSQL and Redis: those that the environment names (`python3 -m carneau test` does), else ones of our own."""
    if "TEST_DATABASE_URL" in os.environ:
        environ = os.environ
        yield distributing.own_database(environ["TEST_DATABASE_URL"]), distributing.own_redis(environ["TEST_REDIS_URL"])
        return
    from carneau.standalone.services import for_tests  # noqa: PLC0415

    with for_tests() as urls:
        yield urls


@pytest.fixture(scope="session")
def settings(services: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    database_url, redis_url = services
    return {
        "CARNEAU_ENV": "test",
        "SECRET_KEY": "a-secret-of-the-tests-only-0123456789",
        "TICKET_KEY": TICKET_KEY,
        "BASE_URL": "http://localhost",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_simulator",
        "STRIPE_WEBHOOK_SECRET": "whsec_simulator",
        "STRIPE_API_BASE": f"http://127.0.0.1:{_free_port()}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": "1",
        "MAIL_USE_TLS": "false",
        "MAIL_DEFAULT_SENDER": "tickets@carneau.example",
        "MEDIA_DIR": str(tmp_path_factory.mktemp("media")),
        "DATABASE_POOL_SIZE": "70",
        "LOG_LEVEL": "ERROR",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def simulator(settings: dict[str, str], database: None) -> Iterator[Simulator]:
    """Stripe, at the address the app is set to. It delivers no webhook by itself: `tests.buying.deliver` does."""
    port = urlsplit(settings["STRIPE_API_BASE"]).port or 0
    ours = SimulatorSettings(settings["STRIPE_SECRET_KEY"], settings["STRIPE_WEBHOOK_SECRET"], port=port)
    with create_simulator(ours) as running:
        yield running


@pytest.fixture(scope="session")
def app(settings: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Config.from_env(settings))
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        with transaction():
            db.session.execute(sa.text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        Migrate(app, db, directory=str(ROOT / "migrations"))
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """An app context over an empty database. Everything commits for real; the tables are emptied before each test."""
    with app.app_context():
        empty_tables()
        caching.forget()
        yield
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(app: Flask, database: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(app: Flask, database: None) -> Visitor:
    return Visitor(app)


@pytest.fixture
def catcher(app: Flask, database: None) -> Iterator[Catcher]:
    with catching(app) as caught:
        yield caught


@pytest.fixture
def in_parallel(app: Flask, database: None) -> Callable[..., list[Any]]:
    """`in_parallel(n, function)`: n threads that start together, each with its own app context and connection; what
    each returned or raised. `function` may take the thread's number."""

    def run(count: int, function: Callable[..., Any]) -> list[Any]:
        barrier = threading.Barrier(count)

        def one(number: int) -> Any:
            with app.app_context():
                barrier.wait(timeout=30)
                try:
                    return function(number) if function.__code__.co_argcount else function()
                except Exception as error:
                    return error
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(max_workers=count) as pool:
            return list(pool.map(one, range(count)))

    return run


@pytest.fixture
def invariants_hold(database: None) -> Callable[[], None]:
    def check() -> None:
        db.session.rollback()
        with transaction():
            assert invariants.violations() == {}

    return check


@pytest.fixture
def count_statements(app: Flask, database: None) -> Callable[[], Any]:
    """`with count_statements() as statements:` lists the SQL that was sent inside."""

    @contextmanager
    def recording() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return recording
