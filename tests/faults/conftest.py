import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from carneau.catalogue.models import TicketType
from tests.buying import Buyer
from tests.mailing import Catcher
from tests.making import make_ticket_type
from tests.running import running


@pytest.fixture
def worker(app: Flask, settings: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a real `flask worker`, which kills itself at the point named."""
    with ExitStack() as workers:

        def start(catcher: Catcher | None = None, crash_at: str = "") -> subprocess.Popen[bytes]:
            environ = os.environ | settings | {"CARNEAU_CRASH_AT": crash_at}
            if catcher is not None:
                environ["MAIL_PORT"] = str(catcher.port)
            return workers.enter_context(running(sys.executable, "-m", "flask", "worker", env=environ))

        yield start


@pytest.fixture
def kind(database: None) -> TicketType:
    return make_ticket_type(total_quantity=5)


@pytest.fixture
def ada(app: Flask, kind: TicketType) -> Buyer:
    buyer = Buyer(app)
    buyer.take(kind, 2)
    return buyer
