import pytest
from hypothesis import given
from hypothesis import strategies as st

from carneau.core.money import Money, tax_within, total

minors = st.integers(0, 10**12)
rates = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (123456, "EUR", "en", "€1,234.56"),
        (123456, "EUR", "de", "1.234,56\xa0€"),
        (1500, "JPY", "en", "¥1,500"),
        (1234, "KWD", "en", "KWD\xa01.234"),
    ],
)
def test_money_is_written_with_the_digits_of_its_currency(minor, currency, locale, text):
    assert Money(minor, currency).format(locale) == text


def test_two_currencies_do_not_mix():
    for mix in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: total([a, b], "EUR")):
        with pytest.raises(ValueError, match="do not mix"):
            mix(Money(1, "EUR"), Money(1, "CHF"))


def test_nothing_is_false_and_adds_up_to_nothing():
    assert not Money(0, "EUR")
    assert total([], "EUR") == Money(0, "EUR")


@given(minors, st.integers(1, 100))
def test_a_split_loses_no_unit_and_is_fair_to_one(minor, parts):
    shares = Money(minor, "EUR").split(parts)
    assert total(shares, "EUR").minor == minor
    assert max(shares).minor - min(shares).minor <= 1


@given(minors, rates)
def test_tax_within_is_the_nearest_unit_and_never_more_than_the_amount(minor, rate):
    tax = tax_within(minor, rate)
    assert abs(2 * (tax * (10_000 + rate) - minor * rate)) <= 10_000 + rate
    assert 0 <= tax <= minor
