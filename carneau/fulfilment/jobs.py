from carneau.core.outbox import job
from carneau.email import posting
from carneau.fulfilment import emails, facts


@job("fulfilment.send", tries=posting.TRIES, is_patient=True)
def send(mail_id: int) -> None:
    posting.post(mail_id, facts.read, emails.pack)
