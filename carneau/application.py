import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import Babel
from flask_mail import Mail
from werkzeug.middleware.proxy_fix import ProxyFix

from carneau import all_jobs, all_models, blueprints, commands
from carneau.accounts import guards
from carneau.core import log, settings
from carneau.core.db import READ, db
from carneau.ops import health, reporting
from carneau.web import assets, caching, errors, filters, measuring, retrying, security

if TYPE_CHECKING:
    from config import Config

ROOT = Path(__file__).resolve().parents[1]
CONNECTION_OPTIONS = "-c lock_timeout=3s -c statement_timeout=5s -c idle_in_transaction_session_timeout=10s"
LARGEST_REQUEST_BYTES = 1024 * 1024
LIFE_OF_A_SESSION = timedelta(days=30)


def build(config: "Config") -> Flask:
    log.configure(config.log_level)
    reporting.configure(config.sentry_dsn, config.env)
    settings.bind(config)
    app = retrying.RetryingFlask("carneau", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(flask_settings(config))
    db.init_app(app)
    prepare_migrations(app)
    Mail(app)
    Babel(app, default_locale=config.locale, locale_selector=lambda: config.locale)
    for part in (measuring, assets, filters, caching, security, errors, guards):
        part.init_app(app)
    blueprints.register(app)
    commands.register(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask says
    health.init_app(app)
    return app


def prepare_migrations(app: Flask) -> None:
    """For the `flask` commands, which say so in this variable; a web process has no use for Alembic's 7 MB."""
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        from flask_migrate import Migrate  # noqa: PLC0415  as the docstring says

        Migrate(app, db, directory=str(ROOT / "migrations"))


def engine_options(config: "Config") -> dict[str, Any]:
    return {
        "pool_size": config.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": 3,
        "hide_parameters": True,
        "connect_args": connecting(config),
    }


def read_bind(config: "Config") -> dict[str, Any]:
    if config.database_read_url is None:
        return {}
    return {READ: engine_options(config) | {"url": config.database_read_url}}


def connecting(config: "Config") -> dict[str, Any]:
    """A pooler in transaction mode, as PgBouncer, gives every transaction another session: it takes no options at the
    start, and a statement that one session prepared is unknown to the next. The role has the limits then (docs)."""
    if config.database_pooled:
        return {"prepare_threshold": None, "connect_timeout": 3}
    return {"options": CONNECTION_OPTIONS, "connect_timeout": 3}


def flask_settings(config: "Config") -> dict[str, Any]:
    fields = {name.upper(): value for name, value in asdict(config).items() if value is not None}
    host = urlsplit(config.base_url).hostname or "localhost"
    is_secure = config.base_url.startswith("https://")
    return fields | {
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config),
        "SQLALCHEMY_BINDS": read_bind(config),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST_BYTES,
        "MAX_FORM_PARTS": 200,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        "TRUSTED_HOSTS": [host] if config.env == "production" else [host, "localhost", "127.0.0.1"],
        "SESSION_COOKIE_NAME": "__Host-session" if is_secure else "session",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TEMPLATES_AUTO_RELOAD": False,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": LIFE_OF_A_SESSION,
        "WTF_I18N_ENABLED": False,  # our forms bring every sentence; its catalogues are read anew for each form
        "WTF_CSRF_ENABLED": False,
        "WTF_CSRF_TIME_LIMIT": None,
    }


__all__ = ["all_jobs", "all_models", "build"]
