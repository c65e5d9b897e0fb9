from flask import Blueprint, Response, request, url_for

from carneau.catalogue import calendar, listing, queries, structured
from carneau.catalogue.search import PARAMETERS, Wish
from carneau.core import clock
from carneau.web import caching, paging, render

bp = Blueprint("catalogue", __name__)
UNLOCK = "unlock"


@bp.get("/")
@caching.public(browser=5, shared=10, stale=30, reads=(*PARAMETERS, *paging.PARAMETERS))
def index() -> Response:
    now, wish, cursor = clock.now(), Wish.of(request.args), paging.Cursor.of(request.args)
    return render.page(
        "catalogue/index.html",
        wish=wish,
        page=listing.listing(wish, cursor, now),
        choices=listing.choices(now),
        is_first=cursor.position is None,
        canonical=structured.absolute(url_for("catalogue.index", **wish.parameters())),
    )


@bp.get("/e/<slug>")
@caching.public(reads=(UNLOCK,))
def show(slug: str) -> Response:
    now = clock.now()
    event, image, types = queries.with_types(slug, _unlocked())
    offers = queries.offers(event, types, now)
    return render.page(
        "catalogue/show.html",
        event=event,
        image=image,
        offers=offers,
        at=now,
        unlocked=_unlocked(),
        dates=queries.other_dates(event, now),
        structured=structured.event(event, image, offers),
        canonical=structured.address(event),
    )


@bp.get("/e/<slug>/availability")
@caching.public(shared=1, stale=1, reads=(UNLOCK,))
def availability_show(slug: str) -> Response:
    now = clock.now()
    event, _image, types = queries.with_types(slug, _unlocked())
    return render.page(
        "catalogue/availability_show.html",
        blocks=("availability",),
        event=event,
        offers=queries.offers(event, types, now),
        unlocked=_unlocked(),
        at=now,
        canonical=structured.address(event),
    )


@bp.get("/e/<slug>.ics")
@caching.public(browser=60, shared=60, stale=60)
def calendar_show(slug: str) -> Response:
    event = queries.by_slug(slug)
    response = Response(calendar.file_of(event), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
    return response


def _unlocked() -> str:
    """What a link to a hidden ticket type names."""
    return request.args.get(UNLOCK, "")
