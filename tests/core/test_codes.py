import re

import pytest

from carneau.core import codes


def test_a_reference_has_no_letters_that_look_alike():
    references = {codes.reference() for _ in range(2000)}
    assert len(references) == 2000
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", reference) for reference in references)
    assert not set("01ILOU") & set(codes.ALPHABET)


@pytest.mark.parametrize("typed", ["K7NQ-42VD", "k7nq42vd", " k7nq 42vd ", "K7NQ--42VD", "k7nq–42vd\n"])
def test_a_reference_is_known_however_it_was_typed(typed):
    assert codes.normalise_reference(typed) == "K7NQ-42VD"


def test_what_is_no_reference_is_normalised_to_something_harmless():
    assert codes.normalise_reference("'; DROP TABLE x; --\x00") == "DRPT-ABEX"
    assert codes.normalise_reference("") == ""


def test_a_secret_is_safe_in_addresses_and_kept_as_a_digest():
    secret = codes.secret()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert codes.digest(secret) == codes.digest(secret)
    assert len(codes.digest(secret)) == 32
    assert len({codes.digest(codes.secret()) for _ in range(100)}) == 100
    assert codes.digest("\ud800") != codes.digest("")
