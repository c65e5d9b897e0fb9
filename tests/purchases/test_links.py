from dataclasses import replace

import pytest

from carneau.core import settings
from carneau.purchases import links
from tests.making import make_paid_purchase


def test_the_signed_link_opens_its_purchase_only(database):
    purchase = make_paid_purchase()

    address, _, key = links.url(purchase).partition("?key=")

    assert address == f"http://localhost/purchases/{purchase.ref}"
    assert links.is_valid(purchase.ref, key)
    assert not links.is_valid("K7NQ-42VD", key)


@pytest.mark.parametrize("forged", ["", "x", "é", "A" * 10_000, "\ud800", "🎫"])
def test_a_forged_key_opens_nothing(database, forged):
    assert not links.is_valid("K7NQ-42VD", forged)


def test_a_key_with_one_letter_changed_opens_nothing(database):
    key = links.key("K7NQ-42VD")

    for i in range(len(key) - 1):
        assert not links.is_valid("K7NQ-42VD", key[:i] + ("A" if key[i] != "A" else "B") + key[i + 1 :])


def test_a_link_outlives_a_change_of_the_secret_key(app, database):
    now = settings.current()
    old = links.key("K7NQ-42VD")
    try:
        settings.bind(
            replace(now, secret_key="another-secret-0123456789012345", secret_key_fallbacks=(now.secret_key,))
        )
        assert links.is_valid("K7NQ-42VD", old)
        assert links.key("K7NQ-42VD") != old
    finally:
        settings.bind(now)
