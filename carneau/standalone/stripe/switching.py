from dataclasses import fields
from typing import Any

from carneau.standalone.stripe.errors import BadParam
from carneau.standalone.stripe.settings import Switches

FAILURES = ("500", "429", "html", "after_effect")


def switch(switches: Switches, given: dict[str, Any]) -> None:
    """Sets what is named, from JSON or a form; an empty value is the switch's own default."""
    defaults = Switches()
    known = [field.name for field in fields(Switches)]
    for name, value in given.items():
        if name not in known:
            raise BadParam(f"There is no switch {name}; there are {', '.join(known)}.", param=name)
        setattr(switches, name, read(name, value, getattr(defaults, name)))


def read(name: str, value: Any, default: Any) -> Any:
    if value in ("", None):
        return default
    if name == "api_failure":
        if str(value) not in FAILURES:
            raise BadParam(f"Choose one of {', '.join(FAILURES)}.", param=name)
        return str(value)
    if isinstance(default, bool):
        return value in (True, "true", "1", "on")
    try:
        return int(value) if isinstance(default, int) else float(value)
    except (TypeError, ValueError) as error:
        raise BadParam(f"{name} is a number.", param=name) from error
