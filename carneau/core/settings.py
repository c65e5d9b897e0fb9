from typing import Protocol


class Settings(Protocol):
    """What the package needs to know of its surroundings; `config.Config` is what provides it."""

    @property
    def env(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def secret_key_fallbacks(self) -> tuple[str, ...]: ...
    @property
    def ticket_key(self) -> str: ...
    @property
    def redis_url(self) -> str: ...
    @property
    def stripe_secret_key(self) -> str: ...
    @property
    def stripe_webhook_secret(self) -> str: ...
    @property
    def stripe_api_base(self) -> str | None: ...
    @property
    def metrics_token(self) -> str | None: ...
    @property
    def installation_owners(self) -> frozenset[str]: ...
    @property
    def media_dir(self) -> str: ...
    @property
    def media_bucket(self) -> str | None: ...
    @property
    def media_endpoint(self) -> str | None: ...


class _Bound:
    settings: Settings | None = None


def bind(settings: Settings) -> None:
    """Called once by create_app; one process serves one installation."""
    _Bound.settings = settings


def current() -> Settings:
    if _Bound.settings is None:
        raise RuntimeError("create_app has not been called: no settings yet")
    return _Bound.settings
