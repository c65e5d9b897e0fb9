from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField

from carneau.catalogue.models import Event
from carneau.core.errors import Invalid
from carneau.manage import reading
from carneau.web.forms import SessionForm


class CopiesForm(SessionForm):
    dates = TextAreaField(
        lazy_gettext("Dates"),
        description=lazy_gettext("One a line, as 2027-05-21 20:00, or only 2027-05-21 for the same time of day."),
        render_kw={"rows": 8},
    )
    publish = BooleanField(lazy_gettext("Publish them at once"))

    def starts(self, event: Event) -> list[Any]:
        """Raises Invalid with one sentence for each line that cannot be read."""
        wanted, problems = [], []
        same_time = f"{reading.written_moment(event.starts_at, event.zone)[11:]}"
        for typed in filter(None, map(str.strip, (self.dates.data or "").splitlines())):
            try:
                wanted.append(reading.moment(typed if len(typed) > 10 else f"{typed} {same_time}", event.zone))
            except Invalid as refusal:
                problems.append(f"{typed[:40]}: {refusal}")
        if not wanted and not problems:
            problems.append(_("Please give at least one date."))
        if problems:
            raise Invalid(" ".join(problems), errors={"dates": problems})
        return wanted
