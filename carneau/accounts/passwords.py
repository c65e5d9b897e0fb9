import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST, LONGEST = 10, 200
COMMON = """
    1234567890 12345678910 0123456789 123456789a qwertyuiop qwertzuiop 1q2w3e4r5t password12 password123
    password1234 passwort123 1qaz2wsx3edc iloveyou123 motdepasse qwerty12345 abcdefghij adminadmin changeme123
    letmein1234
"""
# OWASP's Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
# Of a password nobody knows: checked where there is no account, so that the answer takes as long.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$LOorSB2ULeKzMTD+fnE/tw$vFt+5Y56n5AUyys7ddRQxgl4PgX+hxvSXyUGUG/hMi0"


def hashed(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Takes the same time for an account and for none."""
    try:
        fits = _hasher.verify(password_hash or _NOBODYS, _normal(password))
    except VerificationError:
        return False
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Made with another cost than we ask today."""
    return _hasher.check_needs_rehash(password_hash)


def is_guessable(password: str, email: str) -> bool:
    plain = _normal(password).lower()
    return plain in COMMON.split() or len(set(plain)) < 4 or plain in (email.lower(), email.lower().partition("@")[0])


def _normal(password: str) -> str:
    """The same letters, typed on another keyboard."""
    return unicodedata.normalize("NFKC", password)
