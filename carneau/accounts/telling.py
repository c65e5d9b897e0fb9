from carneau.accounts import jobs
from carneau.accounts.models import OneTimeLink, User
from carneau.core import queue
from carneau.email import owing


def tell(subject: User | OneTimeLink, kind: str, recipient: str, occasion: str | None = None) -> None:
    """Owes a mail of this kind (`emails.LETTERS`); `occasion` where there may be several of a kind."""
    mail_id = owing.owe(subject, kind, recipient, occasion)
    if mail_id is not None:
        queue.enqueue_after_commit(jobs.send, mail_id, key=f"mail:{mail_id}")
