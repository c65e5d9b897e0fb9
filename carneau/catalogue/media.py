from flask import Blueprint, Response, request

from carneau.catalogue import storage

bp = Blueprint("media", __name__)
KINDS = {".webp": "image/webp", ".jpg": "image/jpeg"}


@bp.get("/media/<name>")
def show(name: str) -> Response:
    path = storage.path_of(name)
    response = Response(path.read_bytes(), mimetype=KINDS[path.suffix])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(name)
    return response.make_conditional(request)  # type: ignore[return-value]
