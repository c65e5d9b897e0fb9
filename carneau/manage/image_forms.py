from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from carneau.catalogue import images
from carneau.catalogue.models import EventImage, Ratio
from carneau.core.errors import Invalid
from carneau.manage.event_forms import line
from carneau.manage.reading import Reader
from carneau.web.forms import SessionForm

RATIOS = [
    SelectChoice(Ratio.WHOLE, lazy_gettext("The whole picture")),
    SelectChoice(Ratio.PORTRAIT, lazy_gettext("Poster, 4:5")),
    SelectChoice(Ratio.SQUARE, lazy_gettext("Square")),
    SelectChoice(Ratio.LANDSCAPE, lazy_gettext("Landscape, 3:2")),
    SelectChoice(Ratio.WIDE, lazy_gettext("Wide, 16:9")),
]
FOCUS = [
    SelectChoice("0-0", lazy_gettext("Top left")),
    SelectChoice("50-0", lazy_gettext("Top")),
    SelectChoice("100-0", lazy_gettext("Top right")),
    SelectChoice("0-50", lazy_gettext("Left")),
    SelectChoice("50-50", lazy_gettext("Middle")),
    SelectChoice("100-50", lazy_gettext("Right")),
    SelectChoice("0-100", lazy_gettext("Bottom left")),
    SelectChoice("50-100", lazy_gettext("Bottom")),
    SelectChoice("100-100", lazy_gettext("Bottom right")),
]


def described() -> Any:
    return line(
        lazy_gettext("What the picture shows"),
        lazy_gettext("A few words for those who cannot see it, as: a trumpeter under a street lamp."),
        maxlength=images.LONGEST_ALTERNATIVE_TEXT,
    )


class UploadForm(SessionForm):
    picture = FileField(
        lazy_gettext("Picture"),
        description=lazy_gettext("PNG, JPEG or WebP, at most 12 MB, best 1280 pixels wide or more."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    alternative_text = described()

    def content(self) -> bytes:
        """Raises Invalid with every sentence at its field; no pixel is decoded that the header rules out."""
        content = _read(self.picture.data) if self.picture.data else None
        reader = Reader()
        reader.read(self.alternative_text, images.described)
        try:
            images.check(_chosen(content))
        except Invalid as refusal:
            reader.errors["picture"] = [str(refusal)]
        reader.checked({})
        return content or b""


def _read(file: FileStorage) -> bytes:
    with file.stream as stream:
        return stream.read()


def _chosen(content: bytes | None) -> bytes:
    if content is None:
        raise Invalid(_("Please choose a picture."))
    return content


class ImageForm(SessionForm):
    alternative_text = described()
    ratio = SelectField(lazy_gettext("Show"), choices=RATIOS)
    focus = RadioField(lazy_gettext("Keep this part"), choices=FOCUS)

    @property
    def point(self) -> tuple[int, int]:
        across, down = self.focus.data.split("-")
        return int(across), int(down)


def of_image(image: EventImage) -> dict[str, Any]:
    return {
        "alternative_text": image.alternative_text,
        "ratio": image.ratio,
        "focus": f"{image.focus_x}-{image.focus_y}",
    }
