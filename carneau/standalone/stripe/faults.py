"""Failures of the API on demand: before the work, or (the nasty one) after it."""

import random
import time

from carneau.standalone.stripe.errors import ApiProblem, Broken, TooMany
from carneau.standalone.stripe.settings import Switches

HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class HtmlAnswer(Exception):
    """A proxy in between answers in its own words."""


def before_the_work(switches: Switches) -> bool:
    """True if the answer is to be spoilt after the work has been done."""
    if switches.api_sleep_seconds:
        time.sleep(switches.api_sleep_seconds)
    if not strikes(switches):
        return False
    if switches.api_failure == "429":
        raise TooMany("Too many requests hit the API too quickly.", code="rate_limit")
    if switches.api_failure == "html":
        raise HtmlAnswer
    if switches.api_failure == "after_effect":
        return True
    raise Broken("An unknown error occurred.")


def spoil() -> ApiProblem:
    return Broken("An unknown error occurred after your request was processed.")


def strikes(switches: Switches) -> bool:
    if switches.api_failure is None:
        return False
    if switches.api_failure_count > 0:
        switches.api_failure_count -= 1
        return True
    return random.random() < switches.api_failure_probability  # noqa: S311  a fault, no secret
