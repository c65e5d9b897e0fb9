import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from carneau.core import settings

DOMAIN = b"carneau sealed secret\x00"


def seal(secret: str) -> str:
    """For a secret that must be read again, and still must not lie in the database in clear."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """None if the secret key that it was sealed with is in the settings no more."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    ours = settings.current()
    return MultiFernet([_fernet(key) for key in (ours.secret_key, *ours.secret_key_fallbacks)])


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(DOMAIN + key.encode()).digest()))
