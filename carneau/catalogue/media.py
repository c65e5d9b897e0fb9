from flask import Blueprint, Response, abort, request

from carneau.catalogue import bucket, storage
from carneau.core import log

bp = Blueprint("media", __name__)
KINDS = {".webp": "image/webp", ".jpg": "image/jpeg"}


@bp.get("/media/<name>")
def show(name: str) -> Response:
    try:
        path = storage.path_of(name)
    except bucket.Away as away:
        log.get(__name__).warning("pictures are away", error=str(away))
        abort(503)
    response = Response(path.read_bytes(), mimetype=KINDS[path.suffix])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(name)
    response.make_conditional(request)
    return response
