import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, url_for

bp = Blueprint("assets", __name__, url_prefix="/assets")

STYLE = "carneau.css"
STYLE_OF_MANAGE = "manage.css"
SCRIPT = "carneau.js"
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}
IMPORT = re.compile(r'@import "(?P<file>[\w.-]+)" layer\((?P<layer>\w+)\);')
FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    zipped: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> "Asset":
        return cls(body, gzip.compress(body, 9, mtime=0), media_type, hashlib.sha256(body).hexdigest()[:12])


def init_app(app: Flask) -> None:
    """Builds every asset once, in memory: the style sheets, one script, the pictures, each with a compressed twin."""
    static = Path(app.static_folder or "static")
    assets = {
        STYLE: Asset.of(style_sheet(static / "css").encode(), "text/css; charset=utf-8"),
        STYLE_OF_MANAGE: Asset.of(style_of_manage(static / "css/manage").encode(), "text/css; charset=utf-8"),
        SCRIPT: Asset.of(script(static / "js").encode(), "text/javascript; charset=utf-8"),
    }
    for path in sorted((static / "img").iterdir()):
        if path.suffix in PICTURES:
            assets[path.name] = Asset.of(path.read_bytes(), PICTURES[path.suffix])
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = url_of
    app.register_blueprint(bp)


def style_sheet(folder: Path) -> str:
    layers: list[str] = []

    def put(found: re.Match[str]) -> str:
        layers.append(found["layer"])
        return f"@layer {found['layer']} {{{(folder / found['file']).read_text()}}}"

    rules = IMPORT.sub(put, (folder / "index.css").read_text())
    return squeezed(f"@layer {', '.join(dict.fromkeys(layers))};{rules}")


def style_of_manage(folder: Path) -> str:
    """Beside the style sheet, for organisers only: buyers do not carry it."""
    rules = "".join(path.read_text() for path in sorted(folder.glob("*.css")))
    return squeezed(f"@layer components {{{rules}}}")


def squeezed(css: str) -> str:
    """Without comments and line breaks. Our style holds no string with two spaces or a brace in it."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?", r"\1", css).replace(";}", "}").replace(": ", ":").strip()


def script(folder: Path) -> str:
    """htmx, then our behaviours, each one a file that stands alone."""
    files = sorted(folder.glob("*.js"), key=lambda path: (not path.name.startswith("htmx"), path.name))
    return ";\n".join(path.read_text().strip() for path in files)


def url_of(name: str) -> str:
    return url_for("assets.show", digest=current_app.extensions["assets"][name].digest, name=name)


@bp.get("/<digest>/<name>")
def show(digest: str, name: str) -> Response:
    """An address with an old digest, from a page rendered before a deployment, gets today's file for a minute."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        return Response(status=404)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "") and len(asset.zipped) < len(asset.body)
    response = Response(asset.zipped if zipped else asset.body, content_type=asset.media_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_A_YEAR if digest == asset.digest else FOR_A_MINUTE
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response
