from dataclasses import dataclass

from flask import render_template

from carneau.email.message import Letter


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a mail says that is sentences and at most one button."""

    subject: str
    before: tuple[str, ...]
    button: str = ""
    after: tuple[str, ...] = ()


def letter(words: Words, url: str, reply_to: str | None = None) -> Letter:
    values = {"words": words, "subject": words.subject, "preview": words.before[0], "url": url}
    return Letter(
        subject=words.subject,
        text=render_template("emails/account.txt", **values),
        html=render_template("emails/account.html", **values),
        reply_to=reply_to,
    )
