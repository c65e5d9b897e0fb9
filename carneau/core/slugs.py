import re
import unicodedata

LETTERS_WITHOUT_PARTS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def plain(text: str, longest: int) -> str:
    """`Café Łódź` -> `cafe-lodz`; nothing for a text without a Latin letter or digit."""
    flat = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS_WITHOUT_PARTS))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in flat if not unicodedata.combining(c)).replace("'", ""))
    return "-".join(words)[:longest].rstrip("-")
