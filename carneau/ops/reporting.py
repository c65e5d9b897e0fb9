"""Sentry, where a DSN is set. What it gets is the place in the code and the ids of the log, never what people sent."""

from typing import Any

import structlog

KEPT_OF_REQUEST = ("method",)


def configure(dsn: str | None, environment: str) -> None:
    if dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415  15 MB that most installations have no use for

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=scrubbed,
    )


def scrubbed(report: Any, _hint: dict[str, Any]) -> Any:
    """Addresses, cookies, headers and paths go, since links carry keys; messages too, since databases quote rows."""
    request = report.get("request", {})
    report["request"] = {name: request[name] for name in KEPT_OF_REQUEST if name in request}
    report["tags"] = report.get("tags", {}) | {
        name: value for name, value in structlog.contextvars.get_contextvars().items() if isinstance(value, (str, int))
    }
    for name in ("user", "extra", "breadcrumbs", "logentry", "server_name"):
        report.pop(name, None)
    for error in report.get("exception", {}).get("values", []):
        error["value"] = ""
    return report
