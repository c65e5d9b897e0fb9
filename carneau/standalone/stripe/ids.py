import string
from secrets import token_bytes

ALPHABET = (string.digits + string.ascii_letters) * 4 + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(ALPHABET[byte % 62] for byte in token_bytes(length))
