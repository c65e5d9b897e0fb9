"""What a cart costs. Pure: the same numbers are shown on the page, charged by Stripe and kept in the purchase."""

from collections.abc import Iterable
from dataclasses import dataclass

from carneau.core.money import Money, tax_within, total


@dataclass(frozen=True, slots=True)
class PricedLine:
    """For all `quantity` tickets of a line: `price` + `fee` = `total`, and `included_tax` is contained in that."""

    quantity: int
    unit_price: Money
    unit_fee: Money
    price: Money
    fee: Money
    included_tax: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """Each amount is the sum of its lines'; `lines` + `fee` = `total`."""

    lines: Money
    fee: Money
    included_tax: Money
    total: Money
    each: tuple[PricedLine, ...]


def price_line(unit_price: Money, unit_fee: Money, tax_basis_points: int, quantity: int) -> PricedLine:
    """A free ticket carries no fee. Tax is rounded once a line, as it stands on the receipt."""
    unit_fee = unit_fee if unit_price else Money(0, unit_price.currency)
    price, fee = unit_price * quantity, unit_fee * quantity
    return PricedLine(
        quantity=quantity,
        unit_price=unit_price,
        unit_fee=unit_fee,
        price=price,
        fee=fee,
        included_tax=Money(tax_within((price + fee).minor, tax_basis_points), unit_price.currency),
        total=price + fee,
    )


def add_up(lines: Iterable[PricedLine], currency: str) -> Totals:
    each = tuple(lines)
    return Totals(
        lines=total((line.price for line in each), currency),
        fee=total((line.fee for line in each), currency),
        included_tax=total((line.included_tax for line in each), currency),
        total=total((line.total for line in each), currency),
        each=each,
    )
