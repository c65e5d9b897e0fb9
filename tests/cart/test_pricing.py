from hypothesis import given
from hypothesis import strategies as st

from carneau.cart import pricing
from carneau.core.money import Money


def euros(minor):
    return Money(minor, "EUR")


def test_the_fee_is_added_for_each_paid_ticket():
    line = pricing.price_line(euros(2400), euros(150), 0, 3)
    assert (line.price, line.fee, line.total) == (euros(7200), euros(450), euros(7650))


def test_a_free_ticket_carries_no_fee():
    line = pricing.price_line(euros(0), euros(150), 1900, 2)
    assert (line.fee, line.included_tax, line.total) == (euros(0), euros(0), euros(0))


def test_tax_is_the_part_contained_in_price_and_fee_rounded_once_a_line():
    assert pricing.price_line(euros(2400), euros(150), 1900, 3).included_tax == euros(1221)
    assert pricing.price_line(euros(1), euros(0), 10_000, 1).included_tax == euros(1)


def test_an_empty_cart_costs_nothing():
    assert pricing.add_up([], "JPY").total == Money(0, "JPY")


amounts = st.integers(0, 10**8).map(euros)
lines = st.builds(pricing.price_line, amounts, amounts, st.integers(0, 10_000), st.integers(1, 100))


@given(st.lists(lines, max_size=8))
def test_every_total_is_exactly_the_sum_of_what_stands_above_it(each):
    totals = pricing.add_up(each, "EUR")

    assert totals.lines + totals.fee == totals.total
    assert totals.total.minor == sum(line.quantity * (line.unit_price + line.unit_fee).minor for line in each)
    assert totals.included_tax.minor == sum(line.included_tax.minor for line in each)
    assert 0 <= totals.included_tax.minor <= totals.total.minor
