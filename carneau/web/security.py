from flask import Flask, Response, abort, current_app, request
from flask_babel import gettext as _

from carneau.core.errors import Forbidden

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self' {payment}; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask) -> None:
    base = app.config.get("STRIPE_API_BASE")
    app.config["CONTENT_SECURITY_POLICY"] = CSP.format(payment=base or "https://checkout.stripe.com")
    app.before_request(refuse_unreadable)
    app.before_request(refuse_foreign_origin)
    app.after_request(harden)


def refuse_unreadable() -> None:
    """PostgreSQL's text knows no NUL and no lone surrogate; nobody types one."""
    values = [request.path, request.query_string.decode("latin-1")]
    if "form" in request.mimetype:
        values += [text for pair in request.form.items(multi=True) for text in pair]
    values += [text for pair in request.args.items(multi=True) for text in pair]
    if any("\x00" in value or (not value.isprintable() and _has_surrogate(value)) for value in values):
        abort(400)


def _has_surrogate(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)


def refuse_foreign_origin() -> None:
    """A browser says where a request comes from (Fetch Metadata, else Origin); a form of another site is refused.
    Whoever sends neither is no browser and carries no cookie that it should not have."""
    if request.method not in SAFE_METHODS and request.endpoint not in current_app.config.get("ORIGIN_EXEMPT", ()):
        require_own_origin()


def require_own_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in ("same-origin", "none") or (site is None and origin is None):
        return
    if site is None and origin and origin.partition("://")[2] == request.host:
        return
    raise Forbidden(_("This form was sent from another site. Open the page here and send it again."))


def harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", current_app.config["CONTENT_SECURITY_POLICY"])
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def keep_secret(response: Response) -> Response:
    """The address is a key: no search engine or cache keeps it. No other site is told it either, as of any page; with
    `no-referrer` its own forms would come with `Origin: null` (Fetch standard), and be refused where a browser has no
    Fetch Metadata yet, as Safari before 16.4."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response
