"""The test cards that Stripe publishes, and what becomes of a payment with each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    code: str
    decline_code: str | None
    message: str
    field: str = "card"


DECLINED = Refusal("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Refusal("expired_card", "expired_card", "Your card has expired.", "expiry")
WRONG_CVC = Refusal("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc")
PROCESSING = Refusal(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
LIVE_CARD = Refusal(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing.",
)
SLOW_REFUND = "4000000000007726"
GOOD = {SLOW_REFUND, "4000000000005126", "4242424242424242", "5555555555554444", "378282246310005"}
REFUSED = {
    "4000000000000002": DECLINED,
    "4000000000009995": INSUFFICIENT,
    "4000000000000069": EXPIRED,
    "4000000000000127": WRONG_CVC,
    "4000000000000119": PROCESSING,
}


def refusal_of(number: str) -> Refusal | None:
    if number in GOOD:
        return None
    return REFUSED.get(number, LIVE_CARD)


def is_possible(number: str) -> bool:
    """The check digit (Luhn), which Stripe's page tests before anything is sent."""
    if not (number.isascii() and number.isdigit() and 13 <= len(number) <= 19):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def brand_of(number: str) -> str:
    return {"5": "mastercard", "3": "amex"}.get(number[:1], "visa")
