import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from urllib.parse import urlsplit


class UnsafeSettings(Exception):
    """Carneau does not start with these settings; the message names each one and what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """One field per setting; the environment variable is the name in capitals."""

    env: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    ticket_key: str
    base_url: str
    database_url: str
    database_read_url: str | None
    redis_url: str
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_username: str | None
    mail_password: str | None
    mail_default_sender: str
    media_dir: str
    media_bucket: str | None
    media_endpoint: str | None
    locale: str
    trusted_proxies: int
    database_pool_size: int
    database_pooled: bool
    log_level: str
    metrics_token: str | None
    installation_owners: frozenset[str]
    sentry_dsn: str | None
    cors_origins: tuple[str, ...]
    webhooks_to_private_networks: bool
    places_per_network: int

    @classmethod
    def from_env(cls, source: Mapping[str, str] = environ) -> "Config":
        """Raises UnsafeSettings with every problem at once."""
        problems: list[str] = []
        read = _Reader(source, problems)
        config = cls(
            env=read.one_of("CARNEAU_ENV", ("production", "demo", "test"), "production"),
            secret_key=read.text("SECRET_KEY"),
            secret_key_fallbacks=tuple(filter(None, source.get("SECRET_KEY_FALLBACKS", "").split(","))),
            ticket_key=read.text("TICKET_KEY"),
            base_url=read.text("BASE_URL").rstrip("/"),
            database_url=_psycopg(read.text("DATABASE_URL")),
            database_read_url=_psycopg(source.get("DATABASE_READ_URL") or "") or None,
            redis_url=read.text("REDIS_URL"),
            stripe_secret_key=read.text("STRIPE_SECRET_KEY"),
            stripe_webhook_secret=read.text("STRIPE_WEBHOOK_SECRET"),
            stripe_api_base=source.get("STRIPE_API_BASE") or None,
            mail_server=read.text("MAIL_SERVER"),
            mail_port=read.number("MAIL_PORT", 587),
            mail_use_tls=read.switch("MAIL_USE_TLS", True),
            mail_use_ssl=read.switch("MAIL_USE_SSL", False),
            mail_username=source.get("MAIL_USERNAME") or None,
            mail_password=source.get("MAIL_PASSWORD") or None,
            mail_default_sender=read.text("MAIL_DEFAULT_SENDER"),
            media_dir=read.text("MEDIA_DIR"),
            media_bucket=source.get("MEDIA_BUCKET") or None,
            media_endpoint=source.get("MEDIA_ENDPOINT") or None,
            locale=source.get("LOCALE") or "en",
            trusted_proxies=read.number("TRUSTED_PROXIES", 0),
            database_pool_size=read.number("DATABASE_POOL_SIZE", 5),
            database_pooled=read.switch("DATABASE_POOLED", False),
            log_level=read.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
            metrics_token=source.get("METRICS_TOKEN") or None,
            installation_owners=frozenset(source.get("INSTALLATION_OWNERS", "").lower().replace(",", " ").split()),
            sentry_dsn=source.get("SENTRY_DSN") or None,
            cors_origins=tuple(
                origin.strip() for origin in source.get("CORS_ORIGINS", "").split(",") if origin.strip()
            ),
            webhooks_to_private_networks=read.switch("WEBHOOKS_TO_PRIVATE_NETWORKS", False),
            places_per_network=read.number("PLACES_PER_NETWORK", 500),
        )
        problems += _unsafe(config)
        if problems:
            raise UnsafeSettings("Carneau does not start:\n" + "\n".join(f"- {p}" for p in dict.fromkeys(problems)))
        return config


class _Reader:
    def __init__(self, source: Mapping[str, str], problems: list[str]) -> None:
        self.source, self.problems = source, problems

    def text(self, name: str) -> str:
        value = self.source.get(name, "").strip()
        if not value:
            self.problems.append(f"{name} is not set. {MEANING[name]}")
        return value

    def number(self, name: str, default: int) -> int:
        value = self.source.get(name) or str(default)
        if not (value.isascii() and value.isdigit()):
            self.problems.append(f"{name} is {value!r}; a whole number is needed.")
            return default
        return int(value)

    def switch(self, name: str, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        value = self.source.get(name) or str(default)
        if value.lower() not in words:
            self.problems.append(f"{name} is {value!r}; say true or false.")
        return words.get(value.lower(), default)

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.source.get(name) or default
        if value not in choices:
            self.problems.append(f"{name} is {value!r}; it can be {', '.join(choices)}.")
        return value


MEANING = {
    "SECRET_KEY": "It signs links and cookies: use 32 random characters or more.",
    "TICKET_KEY": "It signs the codes of tickets: 32 random bytes in URL-safe base64. Keep it as long as the tickets.",
    "BASE_URL": "The address people type, as https://tickets.example.org; links in mails and QR codes use it.",
    "DATABASE_URL": "As postgresql://user:password@host:5432/name.",
    "REDIS_URL": "As redis://:password@host:6379/0.",
    "STRIPE_SECRET_KEY": "From the Stripe dashboard, sk_live_... or sk_test_....",
    "STRIPE_WEBHOOK_SECRET": "whsec_..., shown by Stripe for the endpoint <BASE_URL>/webhook.",
    "MAIL_SERVER": "The SMTP server's name.",
    "MAIL_DEFAULT_SENDER": "The address that mails come from.",
    "MEDIA_DIR": "A folder that is kept between deployments, for pictures; any folder if MEDIA_BUCKET is set.",
}


def _psycopg(url: str) -> str:
    """Platforms write postgres:// or postgresql://; SQLAlchemy wants the driver named."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


REDIS = ("redis", "rediss", "redis+sentinel", "rediss+sentinel", "unix")


def _ticket_key_fits(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))) == 32
    except (binascii.Error, ValueError):
        return False


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and text == f"{parts.scheme}://{parts.netloc}" and "@" not in text


def _unsafe(config: Config) -> list[str]:
    problems = []
    for origin in config.cors_origins:
        if origin != "*" and not _is_origin(origin):
            problems.append(
                f"CORS_ORIGINS names {origin!r}; say * or origins as https://shop.example.org, with commas."
            )
    if config.base_url and urlsplit(config.base_url).scheme not in ("http", "https"):
        problems.append(f"BASE_URL is {config.base_url!r}; it must begin with https://.")
    if config.redis_url.partition("://")[0] not in REDIS:
        problems.append(f"REDIS_URL begins with none of: {', '.join(f'{scheme}://' for scheme in REDIS)}")
    if config.ticket_key and not _ticket_key_fits(config.ticket_key):
        problems.append("TICKET_KEY is not 32 bytes in URL-safe base64.")
    if config.env != "production":
        return problems
    if config.secret_key and len(config.secret_key) < 32:
        problems.append("SECRET_KEY is shorter than 32 characters.")
    if config.metrics_token and len(config.metrics_token) < 16:
        problems.append("METRICS_TOKEN is shorter than 16 characters.")
    if config.base_url and urlsplit(config.base_url).scheme == "http":
        problems.append("BASE_URL begins with http://; production needs https://.")
    if config.stripe_api_base:
        problems.append("STRIPE_API_BASE is set; in production payments go to Stripe itself.")
    if config.stripe_secret_key and not config.stripe_secret_key.startswith(("sk_", "rk_")):
        problems.append("STRIPE_SECRET_KEY must begin with sk_ or rk_; a publishable key cannot take payments.")
    if config.stripe_webhook_secret and not config.stripe_webhook_secret.startswith("whsec_"):
        problems.append("STRIPE_WEBHOOK_SECRET must begin with whsec_.")
    return problems
