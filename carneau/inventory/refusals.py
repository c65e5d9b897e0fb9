import math
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.core import clock
from carneau.core.errors import Conflict
from carneau.inventory.availability import Availability


class HoldExpired(Conflict):
    def __init__(self) -> None:
        super().__init__(_("The time for these places has run out and they were given back. Nothing was charged."))


class BeingPaid(Conflict):
    def __init__(self) -> None:
        super().__init__(_("These places are being paid for and cannot be changed meanwhile."))


class CartFull(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(_("One cart takes at most %(most)s places in all.", most=most))


class SoldOut(Conflict):
    """Fewer places are free than were asked for. `obtainable` is the number this cart could have: what is free
    (`remaining`) and what it holds already (`own`). `held` are with others, back by `back_by` if nobody buys them."""

    def __init__(self, places: Availability, own: int, asked: int) -> None:
        self.remaining = max(0, min(places.remaining, asked - own - 1))
        self.own = own
        self.obtainable = own + self.remaining
        self.held = max(places.held - own, 0)
        self.back_by = places.back_by if self.held else None
        super().__init__(_sentence(self.remaining, own, self.held, self.back_by))


def _sentence(remaining: int, own: int, held: int, back_by: datetime | None) -> str:
    if not (remaining or own or held):
        return str(_("Sold out."))
    return " ".join(filter(None, (_free(remaining, own), _with_others(held, back_by))))


def _free(remaining: int, own: int) -> str:
    if not remaining:
        return str(_("No more are left.") if own else _("None is free right now."))
    if own:
        return str(ngettext("Only %(num)s more is left.", "Only %(num)s more are left.", remaining))
    return str(ngettext("Only %(num)s is left.", "Only %(num)s are left.", remaining))


def _with_others(held: int, back_by: datetime | None) -> str:
    if not back_by:
        return ""
    minutes = max(1, math.ceil((back_by - clock.now()).total_seconds() / 60))
    one = "%(num)s is in another cart and may come back within %(minutes)s min."
    more = "%(num)s are in other carts and may come back within %(minutes)s min."
    return str(ngettext(one, more, held, minutes=minutes))
