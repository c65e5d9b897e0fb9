import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import Processor

# The values of local variables are left out: the settings, cookies and addresses are among them.
WITHOUT_LOCALS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


QUOTED = re.compile(r"""(["']).*?\1|=\(.*?\)""")


def without_values(_logger: object, _name: str, event: Any) -> Any:
    """An error's message quotes what it stumbled over, and a database whole rows: the words stay, the values go."""
    for error in event.get("exception", ()):
        error["exc_value"] = QUOTED.sub("...", error["exc_value"].partition("\n")[0])
    return event


BEGINNING: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
END: list[Processor] = [WITHOUT_LOCALS, without_values, structlog.processors.JSONRenderer()]


def configure(level: str = "INFO") -> None:
    """One JSON object a line on stderr. Callers name ids, never addresses, tokens or whole requests. Of what libraries
    say only warnings: fontTools would tell every letter of a ticket's name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *BEGINNING],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *END],
        )
    )
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler])
    logging.getLogger("alembic.runtime.migration").setLevel(level)
    structlog.configure(
        processors=[*BEGINNING, *END],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(component=name)
    return logger


def begin(**ids: str | int) -> None:
    """What every line says from now on, of this request or job alone."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**ids)


def request_id() -> str | None:
    """Of the request that is being answered, or that made the job which is being done."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found
