"""What a scan page says without the server: its sentences, with {places} that the page's script fills."""

from flask_babel import gettext as _

from carneau.admissions import wording


def all_of_them() -> dict[str, str]:
    return _verdicts() | _state() | _finding() | _differences()


def _verdicts() -> dict[str, str]:
    return {str(reason): str(sentence) for reason, sentence in wording.PLAIN.items()} | {
        "come_in_unlisted": _("Come in. The ticket is genuine and newer than this phone's list."),
        "exit": _("Goodbye. This ticket lets in again."),
        "exit_for_good": _("Goodbye. There is no coming back in with this ticket."),
        "already_in": _("Somebody is in with this ticket already."),
        "inside": _("In since %(time)s.", time="{time}"),
        "inside_by_gate": _("In since %(time)s, by %(gate)s.", time="{time}", gate="{gate}"),
        "left": _("In and out again. This event lets nobody in again."),
        "other_gate": _("Not here: this ticket goes in by %(gates)s.", gates="{gates}"),
        "other_day": _("Right event, other date."),
        "no_list": _("No network, and this phone has no list of the tickets yet. It needs the network once."),
        "no_check": _("No network, and this browser cannot check tickets by itself. Use https, or a newer browser."),
    }


def _state() -> dict[str, str]:
    return {
        "online": _("Online."),
        "offline": _("No network: this phone decides alone."),
        "not_kept": _("This browser cannot keep the page: do not reload it without a network."),
        "age_now": _("List up to date."),
        "age_minutes": _("List %(minutes)s minutes old.", minutes="{count}"),
        "age_minutes.one": _("List 1 minute old."),
        "age_hours": _("List %(hours)s hours old.", hours="{count}"),
        "list_coming": _("The list is being loaded."),
        "list_missing": _("This phone has no list yet: it cannot decide without a network."),
        "list_old": _("An old list may miss refunds. Find a network."),
        "clock_wrong": _("This phone's clock is wrong. Verdicts are right all the same, times are not."),
        "waiting": _("%(scans)s scans wait to be sent.", scans="{count}"),
        "waiting.one": _("1 scan waits to be sent."),
        "ended": _(
            "This phone may not scan here any more. Its list was deleted. Ask who is in charge for a new door link of"
            " this event: open it on this phone, or hold its QR before the camera."
        ),
        "not_taken": _(
            "%(scans)s scans were not sent. Nothing is lost: they stay on this phone, and with the new link they are"
            " sent by themselves.",
            scans="{count}",
        ),
        "not_taken.one": _(
            "1 scan was not sent. Nothing is lost: it stays on this phone, and with the new link it is sent by itself."
        ),
    }


def _finding() -> dict[str, str]:
    return {
        "find_offline": _("No network: this phone looks in its own list."),
        "find_online": _("This phone looks in its own list."),
        "find_nobody": _("No ticket on this phone's list has the name or reference “%(q)s”.", q="{q}"),
        "find_more": _("There are more. Type more of the name."),
        "find_left": _("left"),
        "find_void": _("void"),
        "find_refunded": _("refunded"),
    }


def _differences() -> dict[str, str]:
    places = {"who": "{who}", "time": "{time}", "sentence": "{sentence}"}
    return {
        "let_in_twice": _("%(people)s people were let in twice: see the board.", people="{count}"),
        "let_in_twice.one": _("One person was let in twice: see the board."),
        "differently": _("%(scans)s scans turned out differently:", scans="{count}"),
        "differently.one": _("One scan turned out differently:"),
        "somebody": _("Somebody"),
        "was_let_in": _("%(who)s, let in here at %(time)s. %(sentence)s", **places),
        "was_refused": _("%(who)s, refused here at %(time)s. %(sentence)s", **places),
    }
