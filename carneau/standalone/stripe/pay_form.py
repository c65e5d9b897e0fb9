"""What somebody typed into the payment page, judged before anything is sent to a bank."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from carneau.standalone.stripe.cards import is_possible
from carneau.standalone.stripe.means import Means
from carneau.standalone.stripe.store import Json


class PayForm:
    def __init__(self, session: Json, typed: Mapping[str, str]) -> None:
        self.session = session
        self.email = session["customer_email"] or typed.get("email", "").strip()
        self.name = typed.get("name", "").strip()[:200]
        self.method = typed.get("method", session["payment_method_types"][0])
        self.number = re.sub(r"[\s-]", "", typed.get("number", ""))
        self.expiry = typed.get("expiry", "").strip()
        self.cvc = typed.get("cvc", "").strip()
        self.errors: dict[str, str] = {}

    def is_good(self) -> bool:
        if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", self.email):
            self.errors["email"] = "Enter an e-mail address such as name@example.com."
        if self.method not in self.session["payment_method_types"]:
            self.errors["method"] = "Choose one of the ways to pay."
        elif self.method == "card":
            self.judge_card()
        return not self.errors

    def judge_card(self) -> None:
        if not self.number:
            self.errors["number"] = "Your card number is incomplete."
        elif not is_possible(self.number):
            self.errors["number"] = "Your card number is invalid."
        expiry = self.expiry_date()
        if expiry is None:
            self.errors["expiry"] = "Enter the month and year, such as 12 / 34."
        elif expiry < (datetime.now(UTC).year, datetime.now(UTC).month):
            self.errors["expiry"] = "Your card's expiration date is in the past."
        if not re.fullmatch(r"[0-9]{3,4}", self.cvc):
            self.errors["cvc"] = "Your card's security code is incomplete."

    def expiry_date(self) -> tuple[int, int] | None:
        found = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})", self.expiry)
        return (2000 + int(found[2]), int(found[1])) if found else None

    def means(self) -> Means:
        if self.method != "card":
            return Means(method=self.method, email=self.email, name=self.name or None)
        year, month = self.expiry_date() or (2040, 12)
        return Means("card", self.number, month, year, self.email, self.name or None)
