from carneau.core.outbox import job
from carneau.email import posting
from carneau.organisations import emails


@job("organisations.send", tries=posting.TRIES)
def send(mail_id: int) -> None:
    posting.post(mail_id, emails.read, emails.pack)
