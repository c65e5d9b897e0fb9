"""What a program sent, read by the types that also describe it. Whatever does not fit is refused before any verb."""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from flask import request
from flask_babel import gettext as _
from msgspec import Meta
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from carneau.core.errors import Invalid

LARGEST_BYTES = 64 * 1024
PLACE = re.compile(r" - at `\$([^`]*)`$")
STEP = re.compile(r"\.([A-Za-z_]+)|\[(\d+|\.\.\.)\]")
Given = TypeVar("Given", bound=msgspec.Struct)

# In a pattern of JSON Schema there is no \Z, and `$` lets a line break at the end through.
Line = Annotated[str, Meta(max_length=200, pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])")]
Text = Annotated[str, Meta(max_length=20_000, pattern=r"^(?![\s\S]*\x00)")]


class Input(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A misspelt field is refused, not ignored."""


class Query(msgspec.Struct, rename="camel"):
    """What other parameters an address has is nobody's business: campaigns add their own."""


class Unfit(Invalid):
    """What was sent is not of the described form."""


def query(kind: type[Given]) -> Given:
    return _fit(lambda: msgspec.convert(request.args.to_dict(), kind, strict=False))


def body(kind: type[Given]) -> Given:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(_("Please send JSON, with the content type application/json."))
    request.max_content_length = LARGEST_BYTES
    sent = request.get_data(cache=False)
    try:
        sent.decode()
        return _fit(lambda: msgspec.json.decode(sent, type=kind))
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise BadRequest(_("This is no JSON: %(reason)s", reason=str(error))) from error


def _fit(read: Callable[[], Given]) -> Given:
    try:
        return read()
    except msgspec.ValidationError as error:
        place, sentence = PLACE.search(str(error)), PLACE.sub("", str(error))
        steps = STEP.findall(place[1]) if place else []
        raise Unfit(sentence, {"/".join(name or number for name, number in steps): [sentence]}) from error
