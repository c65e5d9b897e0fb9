"""An S3-compatible store behind the local folder, for machines whose disk forgets. The only importer of boto3."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from carneau.core import settings


class Away(Exception):
    """The store did not answer, or refused us; nothing is known of the picture."""


def is_set() -> bool:
    return settings.current().media_bucket is not None


def put(name: str, content: bytes) -> None:
    _ask("put_object", Key=name, Body=content)


def find(name: str) -> bytes | None:
    found = io.BytesIO()
    answer = _ask("get_object", Key=name)
    if answer is None:
        return None
    for piece in answer["Body"].iter_chunks():
        found.write(piece)
    return found.getvalue()


def names() -> Iterator[str]:
    more: dict[str, str] = {}
    while True:
        page = _ask("list_objects_v2", **more)
        yield from (found["Key"] for found in page.get("Contents", []))
        if not page["IsTruncated"]:
            return
        more = {"ContinuationToken": page["NextContinuationToken"]}


def remove(names: list[str]) -> None:
    for name in names:
        _ask("delete_object", Key=name)


def _ask(verb: str, **what: Any) -> Any:
    """None if there is no such object. Raises Away."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  as in _client

    ours = settings.current()
    try:
        return getattr(_client(ours.media_endpoint), verb)(Bucket=ours.media_bucket, **what)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise Away(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise Away(type(error).__name__) from error


@lru_cache(maxsize=1)
def _client(endpoint: str | None) -> Any:
    """Keys and region come from boto3's own variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION) or
    the machine's role. Imported here: 20 MB that an installation with a disk has no use for. Stores that are not
    Amazon's do not all know its newer checksums."""
    import boto3  # noqa: PLC0415  as the docstring says
    from botocore.config import Config  # noqa: PLC0415  as the docstring says

    how = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 3},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    return boto3.client("s3", endpoint_url=endpoint, config=how)
