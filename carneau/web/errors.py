import sqlalchemy.exc
from flask import Flask, Response, make_response
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, SecurityError

from carneau.core import log
from carneau.core.db import db
from carneau.core.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from carneau.web import problems, render

ANSWERS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}
UNAVAILABLE = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(InternalServerError, crashed)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, unavailable)


def status_of(error: Refusal) -> int:
    return next(status for family, status in ANSWERS.items() if isinstance(error, family))


def answer(status: int, title: str, text: str) -> Response:
    """The page, or for htmx a notice that takes the place of the last one and moves nothing else; for a program the
    problem alone."""
    if problems.is_wanted():
        return problems.answer(status, text)
    response = render.page(
        "errors/error.html", blocks=("notice",), status=status, title=title, text=text, status_code=status
    )
    if render.wants_fragment():
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def refused(error: Refusal) -> Response:
    titles = {
        404: _("Not found"),
        403: _("Not allowed"),
        409: _("That did not work"),
        422: _("Please check what you entered"),
    }
    status = status_of(error)
    if problems.is_wanted():
        return problems.of(error, status)
    return answer(status, titles[status], str(error))


def http_error(error: HTTPException) -> Response:
    texts = {
        400: (_("We could not read that"), _("The request was not in a form we understand. Nothing was changed.")),
        404: (_("Nothing here"), _("There is no page at this address. It may have moved, or the link is incomplete.")),
        405: (_("That is not possible here"), _("This page cannot be used that way. Nothing was changed.")),
        413: (_("Too large"), _("What you sent is larger than we take. Nothing was changed.")),
    }
    status = error.code or 500
    title, text = texts.get(status, (error.name, _("Nothing was changed.")))
    if error.response is not None or status < 400:
        return make_response(error.get_response())
    if problems.is_wanted() and error.description != type(error).description:
        text = error.description or text
    response = answer(status, title, text)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def foreign_host(_error: SecurityError) -> Response:
    """Plain text: a host that is not ours has no URLs to link to."""
    return make_response((_("This address is not served here."), 400, {"Content-Type": "text/plain; charset=utf-8"}))


def unavailable(error: Exception) -> Response:
    db.session.rollback()
    log.get(__name__).error("database unavailable", error=type(error).__name__)
    response = answer(
        503,
        _("One moment"),
        _(
            "We cannot reach our records right now. What you bought is safe, and this step charged nothing."
            " Please try again in a few seconds."
        ),
    )
    response.headers["Retry-After"] = "3"
    return response


def crashed(error: InternalServerError) -> Response:
    cause = error.original_exception or error
    log.get(__name__).error("crash", exc_info=cause)
    return answer(
        500,
        _("This is our fault"),
        _("We noted what happened. If you were paying, your money and your places are safe; look at your mail."),
    )
