from urllib.parse import urlsplit


def local(wished: str | None, default: str) -> str:
    """Where to go on to, if that is a path of this site; browsers read `//host`, `/\\host` and `/<tab>/host` as
    another one."""
    path = wished or ""
    is_plain = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    if not is_plain or len(path) > 1000:
        return default
    try:
        parts = urlsplit(path)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else path
