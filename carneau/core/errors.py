"""The four kinds of error a verb may raise. Their message is a sentence for the person who asked."""


class Refusal(Exception):
    """Base of the four; `str()` of it is shown to people, so it is always a translated sentence."""


class NotFound(Refusal):
    pass


class Forbidden(Refusal):
    pass


class Conflict(Refusal):
    pass


class Invalid(Refusal):
    """`errors` maps a field's name to the sentences that belong at that field."""

    def __init__(self, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}
