from flask import Blueprint, Response, render_template

from carneau.catalogue import listing
from carneau.core import clock, settings
from carneau.web import caching

bp = Blueprint("crawlers", __name__)
PRIVATE = ("/cart", "/checkout", "/purchases/", "/tickets/", "/my/", "/account", "/links/", "/manage", "/door", "/api/")


@bp.get("/sitemap.xml")
@caching.public(seconds=60, browser=60, shared=600, stale=600)
def sitemap() -> Response:
    base, slugs = settings.current().base_url, listing.addresses(clock.now())
    return Response(render_template("catalogue/sitemap.xml", base=base, slugs=slugs), content_type="application/xml")


@bp.get("/robots.txt")
@caching.public(seconds=60, browser=3600, shared=3600, stale=3600)
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {settings.current().base_url}/sitemap.xml")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
