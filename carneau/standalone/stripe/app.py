"""The Flask application: API, payment page, controls."""

from flask import Flask, Response, redirect

from carneau.standalone.stripe import api, control, control_page, pay_page
from carneau.standalone.stripe.amounts import spoken
from carneau.standalone.stripe.controls import Controls
from carneau.standalone.stripe.errors import ApiProblem

POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def build_app(controls: Controls) -> Flask:
    world = controls.world
    app = Flask("carneau.standalone.stripe", static_url_path="/_simulator/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # of the extension above
    app.jinja_env.filters["spoken"] = spoken
    app.register_blueprint(api.blueprint(world))
    app.register_blueprint(pay_page.blueprint(world))
    app.register_blueprint(control.blueprint(controls))
    app.register_blueprint(control_page.blueprint(world))
    app.add_url_rule("/", "root", lambda: redirect("/_simulator"))
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    app.register_error_handler(ApiProblem, lambda error: (error.body(), error.status))
    app.after_request(guard)
    return app


def guard(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
