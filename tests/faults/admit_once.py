"""One admission in a process of its own, for a fault that kills it: `python -m tests.faults.admit_once TOKEN SLUG CODE
NONCE`, with the settings in the environment."""

import sys
from uuid import UUID

from carneau import create_app
from carneau.admissions import admission
from carneau.admissions.devices import Phone
from carneau.admissions.verdicts import Attempt
from config import Config

if __name__ == "__main__":
    token, slug, code, nonce = sys.argv[1:]
    with create_app(Config.from_env()).test_request_context():
        print(admission.admit(Phone.of(token), slug, Attempt(UUID(nonce), code)).word)
