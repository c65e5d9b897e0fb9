from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it. Two that are not good: `look` sells on, `bad` will cost something."""

    state: State
    says: str
    to_do: str = ""

    @property
    def rank(self) -> int:
        """The worst first."""
        return [State.BAD, State.LOOK, State.GOOD].index(self.state)

    @classmethod
    def good(cls, says: str) -> "Finding":
        return cls(State.GOOD, says)

    @classmethod
    def look(cls, says: str, to_do: str) -> "Finding":
        return cls(State.LOOK, says, to_do)

    @classmethod
    def bad(cls, says: str, to_do: str) -> "Finding":
        return cls(State.BAD, says, to_do)
