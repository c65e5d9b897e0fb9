"""Minor units in words: `CHF 49.00`."""

DECIMALS = dict.fromkeys(["jpy", "krw", "clp", "vnd", "isk"], 0)


def spoken(minor: int, currency: str) -> str:
    places = DECIMALS.get(currency, 2)
    whole, rest = divmod(minor, 10**places)
    return f"{currency.upper()} {whole:,}" + (f".{rest:0{places}}" if places else "")
