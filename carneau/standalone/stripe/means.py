from dataclasses import dataclass


@dataclass(frozen=True)
class Means:
    """What somebody pays with: a card, or a bank debit that settles days later."""

    method: str = "card"
    number: str = ""
    exp_month: int = 12
    exp_year: int = 2040
    email: str | None = None
    name: str | None = None

    @property
    def is_card(self) -> bool:
        return self.method == "card"
