import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


def _token() -> str:
    return secrets.token_hex(24)


@dataclass(frozen=True)
class Settings:
    """The secrets of one demo, made at its first start."""

    secret_key: str = field(default_factory=_token)
    ticket_key: str = field(default_factory=lambda: base64.urlsafe_b64encode(os.urandom(32)).decode())
    postgres_password: str = field(default_factory=_token)
    redis_password: str = field(default_factory=_token)
    stripe_secret_key: str = field(default_factory=lambda: f"sk_test_{_token()}")
    stripe_webhook_secret: str = field(default_factory=lambda: f"whsec_{_token()}")


def remembered(file: Path) -> Settings:
    known = json.loads(file.read_text()) if file.exists() else {}
    settings = Settings(**known)
    if asdict(settings) != known:
        _keep(file, settings)
    return settings


def _keep(file: Path, settings: Settings) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(settings), indent=2) + "\n")
    unfinished.replace(file)
