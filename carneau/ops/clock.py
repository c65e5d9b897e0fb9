import signal
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from carneau.accounts import sweeps as accounts
from carneau.cart import jobs as cart
from carneau.core import forgetting, log
from carneau.exports import sweeps as exports
from carneau.fulfilment import sweeps as fulfilment
from carneau.integrations import log as webhooks
from carneau.inventory import jobs as inventory
from carneau.ops import heartbeats, statistics
from carneau.payments import inquiring
from carneau.payments import sweeps as payments
from carneau.privacy import erasing as privacy
from carneau.tickets import erasing as tickets

Sweep = Callable[[], object]
SWEEPS: list[tuple[float, Sweep]] = [
    (heartbeats.EVERY_SECONDS, heartbeats.of_clock),
    (2, inventory.expire_holds),
    (5, statistics.refresh),
    (10, payments.end_purchases),
    (60, fulfilment.complete_paid),
    (30, exports.give_up),
    (30, inquiring.give_up),
    (120, payments.reconcile_later),
    (600, payments.ask_about_delayed),
    (600, cart.forget_carts),
    (3600, accounts.forget_old),
    (3600, forgetting.forget_done),
    (3600, webhooks.forget_old),
    (600, exports.forget_expired),
    (3600, tickets.erase_names),
    (600, privacy.erase_from_sent_mails),
]


def run(app: Flask) -> None:
    """Calls each sweep every so many seconds. Sweeps are idempotent, so two clocks do no harm."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    next_at = [0.0] * len(SWEEPS)
    while not stopping.wait(0.5):
        for index, (seconds, sweep) in enumerate(SWEEPS):
            if time.monotonic() >= next_at[index]:
                next_at[index] = time.monotonic() + seconds
                _call(app, sweep)


def _call(app: Flask, sweep: Sweep) -> None:
    with app.app_context():
        try:
            sweep()
        except SQLAlchemyError as error:
            log.get(__name__).warning("sweep put off", sweep=sweep.__name__, error=type(error).__name__)
