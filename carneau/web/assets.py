import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, url_for

bp = Blueprint("assets", __name__, url_prefix="/assets")

STYLE = "carneau.css"
SCRIPT = "carneau.js"
PARTS = ("manage", "door")
MODULES = ("door",)
CSS, JAVASCRIPT = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
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
    def of(cls, body: bytes, media_type: str, digest: str | None = None) -> "Asset":
        return cls(body, gzip.compress(body, 9, mtime=0), media_type, digest or hashlib.sha256(body).hexdigest()[:12])


def init_app(app: Flask) -> None:
    """Builds every asset once, in memory, each with a compressed twin: the style sheets, the script of every page, the
    pictures, and the modules of the pages that are programs."""
    static = Path(app.static_folder or "static")
    assets = {
        STYLE: Asset.of(style_sheet(static / "css").encode(), CSS),
        SCRIPT: Asset.of(script(static / "js").encode(), JAVASCRIPT),
    }
    for part in PARTS:
        assets[f"{part}.css"] = Asset.of(style_of(static / "css" / part).encode(), CSS)
    for path in sorted((static / "img").iterdir()):
        if path.suffix in PICTURES:
            assets[path.name] = Asset.of(path.read_bytes(), PICTURES[path.suffix])
    for folder in MODULES:
        assets |= modules(static / "js" / folder)
    app.extensions["assets"] = assets
    app.jinja_env.globals |= {"asset": url_of, "assets_in": urls_in}
    app.register_blueprint(bp)


def style_sheet(folder: Path) -> str:
    layers: list[str] = []

    def put(found: re.Match[str]) -> str:
        layers.append(found["layer"])
        return f"@layer {found['layer']} {{{(folder / found['file']).read_text()}}}"

    rules = IMPORT.sub(put, (folder / "index.css").read_text())
    return squeezed(f"@layer {', '.join(dict.fromkeys(layers))};{rules}")


def style_of(folder: Path) -> str:
    """Beside the style sheet, for organisers or the door only: buyers do not carry it."""
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


def modules(folder: Path) -> dict[str, Asset]:
    """ES modules of one page, under one digest of them all: so `./scanner.js` in one of them finds the other."""
    bodies = {f"{folder.name}/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.js"))}
    together = hashlib.sha256(b"".join(name.encode() + body for name, body in bodies.items())).hexdigest()[:12]
    return {name: Asset.of(body, JAVASCRIPT, together) for name, body in bodies.items()}


def urls_in(folder: str) -> list[str]:
    return [url_of(name) for name in current_app.extensions["assets"] if name.startswith(f"{folder}/")]


def url_of(name: str) -> str:
    return url_for("assets.show", digest=current_app.extensions["assets"][name].digest, name=name)


@bp.get("/<digest>/<path:name>")
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
