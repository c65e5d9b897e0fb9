import logging
import os
import signal

import pytest

from carneau.standalone import interrupts
from carneau.standalone.processes import wait_until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_next_wait(number: signal.Signals):
    with interrupts.noted():
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            wait_until(lambda: False, 5)


def test_a_signal_where_exceptions_are_swallowed_is_not_lost():
    class Swallowing:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)

    with interrupts.noted():
        dropped = Swallowing()
        del dropped
        logging.getLogger(__name__).debug("the interpreter goes on")
        with pytest.raises(KeyboardInterrupt):
            wait_until(lambda: False, 5)


def test_more_signals_do_not_disturb_the_stopping():
    with interrupts.noted():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            interrupts.heed()
        os.kill(os.getpid(), signal.SIGTERM)
        assert wait_until(lambda: True, 1)


def test_what_was_set_before_is_set_again_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with interrupts.noted():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
