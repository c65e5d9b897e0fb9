import base64
import re
from email.message import EmailMessage, MIMEPart

CID = re.compile(r"""(["'(])cid:([^"')]+)""", re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
NEW_TAB = '<base target="_blank">'


def text_of(message: EmailMessage) -> str | None:
    body = message.get_body(("plain",))
    return _content(body) if body else None


def html_of(message: EmailMessage) -> str | None:
    """Pictures inside the mail become data URLs; links open beside the frame, which may not leave its place."""
    body = message.get_body(("html",))
    if body is None:
        return None
    pictures = {_bare(part["Content-ID"]): part for part in message.walk() if part["Content-ID"]}

    def inline(match: re.Match[str]) -> str:
        part = pictures.get(match[2])
        return f"{match[1]}{_data_url(part)}" if part else match[0]

    html = CID.sub(inline, _content(body))
    head = HEAD.search(html)
    return f"{html[: head.end()]}{NEW_TAB}{html[head.end() :]}" if head else NEW_TAB + html


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:
        return _bytes(part).decode("utf-8", "replace")


def _bare(content_id: str) -> str:
    return str(content_id).strip().removeprefix("<").removesuffix(">")


def _data_url(part: MIMEPart) -> str:
    return f"data:{part.get_content_type()};base64,{base64.b64encode(_bytes(part)).decode()}"


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
