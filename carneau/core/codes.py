import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference(length: int = 8) -> str:
    """A public reference as `K7NQ-42VD`: no look-alike letters, no U, about 39 bits at eight letters."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(letters[i : i + 4] for i in range(0, length, 4))


def normalise_reference(typed: str) -> str:
    """What a person may have typed for a reference: lower case, blanks, no dash."""
    letters = "".join(c for c in typed.upper() if c in ALPHABET)
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def secret() -> str:
    """256 bits, safe in cookies and URLs."""
    return secrets.token_urlsafe(32)


def digest(bearer: str) -> bytes:
    """What the database keeps of a bearer secret. Plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(bearer.encode("utf-8", "surrogatepass")).digest()
