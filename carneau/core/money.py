import re
from collections.abc import Iterable
from dataclasses import dataclass

from babel.numbers import format_currency, get_currency_precision

LETTER_BEFORE_FIGURE = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """Integer minor units (cents; yen for JPY) of one currency. Mixing currencies raises ValueError."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def split(self, parts: int) -> list["Money"]:
        """Equal shares that add up exactly; the first ones carry the odd units."""
        share, odd = divmod(self.minor, parts)
        return [Money(share + (i < odd), self.currency) for i in range(parts)]

    def decimal(self) -> str:
        """As `24.50`, for machines."""
        digits = get_currency_precision(self.currency)
        return f"{self.minor / 10**digits:.{digits}f}"

    def format(self, locale: str) -> str:
        """A symbol of letters keeps a space from the figures: CLDR's `currencySpacing`, which Babel leaves out."""
        digits = get_currency_precision(self.currency)
        text = format_currency(self.minor / 10**digits, self.currency, locale=locale)
        return LETTER_BEFORE_FIGURE.sub("\u00a0", text)


def minor_of(text: str, currency: str) -> int | None:
    """What a person typed, as `24`, `24.50` or `24,5`; None for what is no amount of this currency, as `24.505`."""
    digits = get_currency_precision(currency)
    found = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]{1,4}))?", text.strip())
    if found is None or len(found[2] or "") > digits:
        return None
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def total(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))


def tax_within(minor: int, basis_points: int) -> int:
    """The tax contained in a gross amount, commercially rounded."""
    return (minor * basis_points * 2 + 10_000 + basis_points) // (2 * (10_000 + basis_points))
