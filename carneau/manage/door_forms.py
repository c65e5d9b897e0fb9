"""What the pages of the door ask for."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import AnyOf, Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput

from carneau.admissions import devices, gates, links
from carneau.admissions.models import DoorDevice
from carneau.catalogue.models import Event, TicketType
from carneau.fulfilment.box_office import REFERENCE
from carneau.manage import reading
from carneau.manage.event_forms import figures, moment
from carneau.manage.forms import line_field
from carneau.manage.reading import Reader
from carneau.web import filters
from carneau.web.forms import SessionForm, visible

LONGEST_NOTE = 500
INCOMPLETE = lazy_gettext("This form did not come as a whole. Please open it again.")


def name_field(label: str, longest: int, hint: str = "") -> Field:
    field = line_field(label, lazy_gettext("Please enter a name."), longest, hint)
    field.kwargs["validators"].append(visible)
    return field


class Boxes(SelectMultipleField):
    option_widget = CheckboxInput()


class GateForm(SessionForm):
    name = name_field(
        lazy_gettext("Name"),
        gates.LONGEST_NAME,
        lazy_gettext("As it is written above the door: North, or Balcony left."),
    )
    types = Boxes(lazy_gettext("Who may pass"), validate_choice=False)

    def __init__(self, kinds: Sequence[TicketType], *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kinds = kinds
        self.types.choices = [(kind.public_id, kind.name) for kind in kinds]

    def validate_types(self, field: Field) -> None:
        if set(field.data or ()) - {kind.public_id for kind in self.kinds}:
            raise ValidationError(_("There is no such ticket type; somebody may have deleted it."))

    @property
    def chosen(self) -> list[TicketType]:
        """None of them stands for all: also of those that are made later."""
        return [kind for kind in self.kinds if kind.public_id in (self.types.data or ())]


class ListAgeForm(SessionForm):
    CHOICES = ("5", "10", "20", "30", "60")
    minutes = RadioField(validators=[AnyOf(CHOICES, message=INCOMPLETE)], choices=CHOICES)


class ReentryForm(SessionForm):
    wanted = RadioField(validators=[AnyOf(("yes", "no"), message=INCOMPLETE)], choices=["yes", "no"])

    @property
    def is_allowed(self) -> bool:
        return bool(self.wanted.data == "yes")


class LinkForm(SessionForm):
    """`ref` is the link's from the start: the same form sent twice is one link."""

    label = name_field(
        lazy_gettext("Name of the link"), links.LONGEST_LABEL, lazy_gettext("As Main entrance, or Friday's team.")
    )
    events = Boxes(lazy_gettext("For which dates"), validate_choice=False)
    expires_at = moment(lazy_gettext("Ends"), lazy_gettext("Left empty: twelve hours after the last date."))
    most_devices = figures(
        lazy_gettext("How many phones"),
        lazy_gettext("When so many have opened it, it takes no more."),
        inputmode="numeric",
    )
    sees_names = BooleanField(
        lazy_gettext("These phones see names"),
        description=lazy_gettext("Whose ticket it is, and the search by name. Without it they see ticket types only."),
    )
    ref = HiddenField(validators=[Regexp(REFERENCE, message=INCOMPLETE)])

    def __init__(self, event: Event, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.event, self.offered = event, links.dates_of(event)
        self.events.choices = [(each.slug, filters.moment(each.starts_at, each.time_zone)) for each in self.offered]

    @property
    def chosen(self) -> list[Event]:
        if len(self.offered) == 1:
            return self.offered
        return [each for each in self.offered if each.slug in (self.events.data or ())]

    def validate_events(self, field: Field) -> None:
        if set(field.data or ()) - {each.slug for each in self.offered}:
            raise ValidationError(_("There is no such date; somebody may have deleted it."))

    def terms(self) -> dict[str, Any]:
        """For `links.create`. Raises Invalid with every sentence at its field."""
        reader = Reader()
        expires_at = reader.read(self.expires_at, reading.moment_or_none, self.event.zone)
        most_devices = reader.read(self.most_devices, reading.whole)
        reader.checked({})
        return {
            "events": self.chosen,
            "label": self.label.data,
            "expires_at": expires_at,
            "most_devices": most_devices,
            "sees_names": self.sees_names.data,
            "public_id": self.ref.data,
        }


def of_new_link(event: Event, ref: str) -> dict[str, Any]:
    return {
        "events": [event.slug],
        "most_devices": "10",
        "sees_names": True,
        "ref": ref,
    }


class DeviceForm(SessionForm):
    name = name_field(lazy_gettext("Name of the phone"), devices.LONGEST_NAME)
    sees_names = BooleanField(
        lazy_gettext("It sees names"),
        description=lazy_gettext("Whose ticket it is, and the search by name. Counts from its next request on."),
    )


def of_device(device: DoorDevice) -> dict[str, Any]:
    return {"name": device.name, "sees_names": device.sees_names}


class NoteForm(SessionForm):
    note = TextAreaField(
        lazy_gettext("What was found"),
        validators=[
            Length(max=LONGEST_NOTE, message=lazy_gettext("Please shorten the note to at most 500 letters.")),
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_NOTE},
    )

    def validate_note(self, field: Field) -> None:
        if any(each < " " and each not in "\r\n\t" for each in field.data or ""):
            raise ValidationError(_("This contains a character that cannot be kept."))
