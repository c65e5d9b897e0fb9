import json
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request
from jinja2_fragments.flask import render_blocks

VARY = ("HX-Request", "HX-Request-Type")


def wants_fragment() -> bool:
    """htmx asks for a part of a page; a boosted or history request (`full`) must get the whole one."""
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, *, blocks: tuple[str, ...] = (), status: int = 200, **context: Any) -> Response:
    """The whole page, or, for htmx, only the named blocks of the same template, one after the other."""
    if blocks and wants_fragment():
        body = render_blocks(template, list(blocks), **context)
    else:
        body = render_template(template, **context)
    response = make_response(body, status)
    response.vary.update(VARY)
    return response


def see_other(location: str) -> Response:
    """After a write: a 303 for a plain form, `HX-Redirect` for htmx (a 303 to another host would be fetched)."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": location})
    return make_response(redirect(location, 303))


def download(values: Mapping[str, Any], name: str) -> Response:
    """A file of JSON that people can read as well; it is about one of them, so no cache keeps it."""
    response = Response(json.dumps(values, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
