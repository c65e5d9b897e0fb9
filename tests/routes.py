"""Every route, every method, who may enter, and what they are answered: the table that test_routes.py asks through."""

from dataclasses import dataclass
from string import Formatter
from typing import Any

from carneau.organisations.models import Role

OWNER, MANAGER, FINANCE, DOOR = Role.OWNER, Role.MANAGER, Role.FINANCE, Role.DOOR


@dataclass(frozen=True)
class Row:
    """`status` is the answer for who may enter. A POST comes empty: who is let in reads what is missing, a 422."""

    path: str
    status: int
    roles: tuple[Role, ...] | None = None
    needs_login: bool = False
    if_logged_in: int | None = None
    if_missing: int = 404
    writes: bool = False
    at_the_door: int | None = None

    @property
    def placeholders(self) -> list[str]:
        return [name for _text, name, _format, _conversion in Formatter().parse(self.path) if name]


def anyone(path: str, status: int = 200, **more: Any) -> Row:
    return Row(path, status, **more)


def logged_in(path: str, status: int = 200, **more: Any) -> Row:
    return Row(path, status, needs_login=True, **more)


def member(path: str, *roles: Role, status: int = 200, **more: Any) -> Row:
    return Row(f"/manage{path}", status, roles, needs_login=True, **more)


def program(path: str, **more: Any) -> Row:
    """A log-in opens nothing here but one's own; what tokens open is told in tests/api/test_tokens.py."""
    return Row(path, 401, if_missing=401, **more)


def scanner(path: str, status: int = 403, **more: Any) -> Row:
    """Nobody here has a phone that is a device: all are refused, also from what does not exist. `at_the_door` is the
    answer for members who could make theirs one."""
    return Row(f"/door{path}", status, if_missing=status, **more)


def webhook(path: str, status: int = 200) -> Row:
    return member(f"/organisations/{{organisation_slug}}/integrations/webhooks{path}", OWNER, status=status)


ROUTES: dict[tuple[str, str], Row] = {
    ("account.address_edit", "GET"): logged_in("/account/address"),
    ("account.address_update", "POST"): logged_in("/account/address", 422),
    ("account.all_sessions_destroy", "POST"): logged_in("/logout/everywhere", 422),
    ("account.logout", "GET"): anyone("/logout"),
    ("account.name_edit", "GET"): logged_in("/account/name"),
    ("account.name_update", "POST"): logged_in("/account/name", 422),
    ("account.password_edit", "GET"): logged_in("/account/password"),
    ("account.password_update", "POST"): logged_in("/account/password", 422),
    ("account.sessions_destroy", "POST"): anyone("/logout", 422),
    ("account.show", "GET"): logged_in("/account"),
    ("accounts.accounts_create", "POST"): anyone("/register", 422),
    ("accounts.accounts_new", "GET"): anyone("/register", if_logged_in=303),
    ("accounts.links_create", "POST"): anyone("/login/link", 422),
    ("accounts.links_show", "GET"): anyone("/links/no-such-link", 404),
    ("accounts.links_update", "POST"): anyone("/links/no-such-link", 404),
    ("accounts.mail_show", "GET"): anyone("/login/mail"),
    ("accounts.passwords_create", "POST"): anyone("/password", 422),
    ("accounts.passwords_new", "GET"): anyone("/password"),
    ("accounts.sessions_create", "POST"): anyone("/login", 422),
    ("accounts.sessions_new", "GET"): anyone("/login?next=/cart", if_logged_in=303),
    ("api_checkout.create", "POST"): anyone("/create-checkout-session", 415),
    ("api_events.index", "GET"): anyone("/api/events"),
    ("api_events.show", "GET"): anyone("/api/events/{slug}"),
    ("api_openapi.show", "GET"): anyone("/api/openapi.json"),
    ("api_organisations.attendees_index", "GET"): program("/api/organisations/{organisation_slug}/attendees"),
    ("api_organisations.events_index", "GET"): program("/api/organisations/{organisation_slug}/events"),
    ("api_organisations.purchases_index", "GET"): program("/api/organisations/{organisation_slug}/purchases"),
    ("api_organisations.purchases_show", "GET"): program("/api/organisations/{organisation_slug}/purchases/{ref}"),
    ("api_ticket_types.create", "POST"): program("/api/ticketTypes"),
    ("api_users.tickets_index", "GET"): program("/api/users/me/tickets", if_logged_in=200),
    ("assets.show", "GET"): anyone("/assets/old/carneau.css"),
    ("cart.count_show", "GET"): anyone("/cart/count"),
    ("cart.emptyings_create", "POST"): anyone("/cart/emptying", 404),
    ("cart.extensions_create", "POST"): anyone("/cart/extension", 404),
    ("cart.lines_create", "POST"): anyone("/cart/lines", 422),
    ("cart.lines_update", "POST"): anyone("/cart/lines/{public_id}", 422, if_missing=422),
    ("cart.removals_create", "POST"): anyone("/cart/lines/{public_id}/removal", 404),
    ("cart.show", "GET"): anyone("/cart"),
    ("catalogue.availability_show", "GET"): anyone("/e/{slug}/availability"),
    ("catalogue.calendar_show", "GET"): anyone("/e/{slug}.ics"),
    ("catalogue.index", "GET"): anyone("/"),
    ("catalogue.show", "GET"): anyone("/e/{slug}"),
    ("checkout.cancellation_create", "POST"): anyone("/checkout/{ref}/cancellation", 404),
    ("checkout.cancelled", "GET"): anyone("/checkout/cancelled?purchase={ref}", 404),
    ("checkout.cart_create", "POST"): anyone("/checkout/{ref}/cart", 404),
    ("checkout.create", "POST"): anyone("/checkout", 303),
    ("checkout.mails_create", "POST"): anyone("/purchases/{ref}/mail", 404),
    ("checkout.new", "GET"): anyone("/checkout", 303),
    ("checkout.payment_create", "POST"): anyone("/checkout/{ref}/payment", 404),
    ("checkout.show", "GET"): anyone("/purchases/{ref}?key={key}"),
    ("checkout.success", "GET"): anyone("/checkout/success?purchase={ref}", 404),
    ("crawlers.robots", "GET"): anyone("/robots.txt"),
    ("crawlers.sitemap", "GET"): anyone("/sitemap.xml"),
    ("api_tickets.verify", "POST"): anyone("/api/tickets/verify", 415),
    ("door.admissions_create", "POST"): scanner("/{slug}/admissions"),
    ("door.counts_show", "GET"): scanner("/{slug}/counts"),
    ("door.index", "GET"): anyone("/door"),
    ("door.photos_create", "POST"): scanner("/{slug}/photos"),
    ("door.show", "GET"): scanner("/{slug}", at_the_door=200),
    ("door.undo_create", "POST"): scanner("/{slug}/admissions/{scan}/undo"),
    ("door_finding.codes_show", "GET"): anyone("/door/codes/{code}", 303, if_missing=303),
    ("door_finding.groups_create", "POST"): scanner("/{slug}/groups"),
    ("door_finding.search_show", "GET"): scanner("/{slug}/search"),
    ("door_installing.icons_show", "GET"): anyone("/door/icon-192.png"),
    ("door_installing.manifest_show", "GET"): anyone("/door/manifest.webmanifest?event={slug}", if_missing=200),
    ("door_installing.no_network_show", "GET"): anyone("/door/no-network.html"),
    ("door_installing.worker_show", "GET"): anyone("/door/sw.js"),
    ("door_offline.snapshot_show", "GET"): scanner("/{slug}/snapshot"),
    ("door_offline.sync_create", "POST"): scanner("/{slug}/sync"),
    ("door_registering.devices_create", "POST"): scanner("/{slug}/devices", at_the_door=422),
    ("door_registering.links_create", "POST"): anyone("/door/links/{secret}", 422),
    ("door_registering.links_show", "GET"): anyone("/door/links/{secret}"),
    ("health.alive", "GET"): anyone("/healthz"),
    ("installation.checks_create", "POST"): logged_in("/installation/checks", 404),
    ("installation.show", "GET"): logged_in("/installation", 404),
    ("metrics.show", "GET"): anyone("/metrics", 404),
    ("health.ready", "GET"): anyone("/readyz"),
    ("manage_attendees.edit", "GET"): member("/events/{slug}/attendees/{ticket_ref}", OWNER, MANAGER),
    ("manage_attendees.index", "GET"): member("/events/{slug}/attendees", OWNER, MANAGER, DOOR),
    ("manage_attendees.invalidation_create", "POST"): member(
        "/events/{slug}/attendees/{ticket_ref}/invalidation", OWNER, MANAGER, status=422
    ),
    ("manage_attendees.mails_create", "POST"): member(
        "/events/{slug}/attendees/{ticket_ref}/mails", OWNER, MANAGER, status=422
    ),
    ("manage_attendees.update", "POST"): member("/events/{slug}/attendees/{ticket_ref}", OWNER, MANAGER, status=422),
    ("manage_box_office.create", "POST"): member("/events/{slug}/box-office", OWNER, MANAGER, status=422),
    ("manage_box_office.new", "GET"): member("/events/{slug}/box-office", OWNER, MANAGER),
    ("manage_door.show", "GET"): member("/events/{slug}/door", OWNER, MANAGER, DOOR),
    ("manage_door_conflicts.index", "GET"): member("/events/{slug}/door/conflicts", OWNER, MANAGER),
    ("manage_door_conflicts.notes_update", "POST"): member(
        "/events/{slug}/door/conflicts/{device_ref}/{nonce}", OWNER, MANAGER, status=422
    ),
    ("manage_door_conflicts.removals_create", "POST"): member(
        "/events/{slug}/door/conflicts/{device_ref}/{nonce}/removal", OWNER, MANAGER, status=422
    ),
    ("manage_door_devices.edit", "GET"): member("/events/{slug}/door/phones/{device_ref}", OWNER, MANAGER),
    ("manage_door_devices.index", "GET"): member("/events/{slug}/door/phones", OWNER, MANAGER),
    ("manage_door_devices.revocations_create", "POST"): member(
        "/events/{slug}/door/phones/{device_ref}/revocation", OWNER, MANAGER, status=422
    ),
    ("manage_door_devices.revocations_new", "GET"): member(
        "/events/{slug}/door/phones/{device_ref}/revocation", OWNER, MANAGER
    ),
    ("manage_door_devices.update", "POST"): member(
        "/events/{slug}/door/phones/{device_ref}", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.closings_create", "POST"): member(
        "/events/{slug}/door/gates/{gate_ref}/closing", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.create", "POST"): member("/events/{slug}/door/gates", OWNER, MANAGER, status=422),
    ("manage_door_gates.edit", "GET"): member("/events/{slug}/door/gates/{gate_ref}", OWNER, MANAGER),
    ("manage_door_gates.index", "GET"): member("/events/{slug}/door/gates", OWNER, MANAGER),
    ("manage_door_gates.openings_create", "POST"): member(
        "/events/{slug}/door/gates/{gate_ref}/opening", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.positions_update", "POST"): member(
        "/events/{slug}/door/gates/{gate_ref}/position", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.list_age_update", "POST"): member(
        "/events/{slug}/door/gates/list-age", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.reentry_update", "POST"): member(
        "/events/{slug}/door/gates/re-entry", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.removals_create", "POST"): member(
        "/events/{slug}/door/gates/{gate_ref}/removal", OWNER, MANAGER, status=422
    ),
    ("manage_door_gates.update", "POST"): member("/events/{slug}/door/gates/{gate_ref}", OWNER, MANAGER, status=422),
    ("manage_door_links.create", "POST"): member("/events/{slug}/door/links", OWNER, MANAGER, status=422),
    ("manage_door_links.new", "GET"): member("/events/{slug}/door/links/new", OWNER, MANAGER),
    ("manage_door_links.revocations_create", "POST"): member(
        "/events/{slug}/door/links/{link_ref}/revocation", OWNER, MANAGER, status=422
    ),
    ("manage_door_links.revocations_new", "GET"): member(
        "/events/{slug}/door/links/{link_ref}/revocation", OWNER, MANAGER
    ),
    ("manage_door_scans.index", "GET"): member("/events/{slug}/door/scans", OWNER, MANAGER),
    ("manage_door_scans.undoings_create", "POST"): member(
        "/events/{slug}/door/scans/{device_ref}/{entry}/undoing", OWNER, MANAGER, status=422
    ),
    ("manage_event_refunds.create", "POST"): member("/events/{slug}/refunds", OWNER, FINANCE, status=422),
    ("manage_event_refunds.show", "GET"): member("/events/{slug}/refunds", OWNER, FINANCE),
    ("manage_exports.admissions", "GET"): member("/events/{slug}/exports/admissions.csv", OWNER, MANAGER),
    ("manage_exports.attendees", "GET"): member("/events/{slug}/exports/attendees.csv", OWNER, MANAGER),
    ("manage_exports.create", "POST"): member("/events/{slug}/exports", OWNER, MANAGER, FINANCE, status=422),
    ("manage_exports.files_show", "GET"): member("/events/{slug}/exports/files/{export_ref}", OWNER, MANAGER, FINANCE),
    ("manage_exports.index", "GET"): member("/events/{slug}/exports", OWNER, MANAGER, FINANCE),
    ("manage_exports.money", "GET"): member("/events/{slug}/exports/money.csv", OWNER, MANAGER, FINANCE),
    ("manage_exports.purchases", "GET"): member("/events/{slug}/exports/purchases.csv", OWNER, MANAGER, FINANCE),
    ("manage_messages.create", "POST"): member("/events/{slug}/messages", OWNER, MANAGER, status=422),
    ("manage_messages.index", "GET"): member("/events/{slug}/messages", OWNER, MANAGER),
    ("manage_people.data_create", "POST"): member("/organisations/{organisation_slug}/people/data", OWNER, status=422),
    ("manage_people.erasures_create", "POST"): member(
        "/organisations/{organisation_slug}/people/erasure", OWNER, status=422
    ),
    ("manage_people.index", "GET"): member("/organisations/{organisation_slug}/people", OWNER),
    ("manage_people.show", "POST"): member("/organisations/{organisation_slug}/people", OWNER, status=422),
    ("manage_purchases.index", "GET"): member("/events/{slug}/purchases", OWNER, MANAGER, FINANCE),
    ("manage_purchases.mails_create", "POST"): member(
        "/events/{slug}/purchases/{ref}/mails", OWNER, MANAGER, status=422
    ),
    ("manage_purchases.show", "GET"): member("/events/{slug}/purchases/{ref}", OWNER, MANAGER, FINANCE),
    ("manage_refunds.create", "POST"): member("/events/{slug}/purchases/{ref}/refunds", OWNER, FINANCE, status=422),
    ("manage_refunds.new", "GET"): member("/events/{slug}/purchases/{ref}/refunds/new", OWNER, FINANCE),
    ("manage_flags.closings_create", "POST"): member(
        "/organisations/{organisation_slug}/flags/{flag_ref}/closing", OWNER, FINANCE, status=422
    ),
    ("manage_flags.closings_new", "GET"): member("/organisations/{organisation_slug}/flags/{flag_ref}", OWNER, FINANCE),
    ("manage_flags.index", "GET"): member("/organisations/{organisation_slug}/flags", OWNER, FINANCE),
    ("manage_flags.refunds_create", "POST"): member(
        "/organisations/{organisation_slug}/flags/{flag_ref}/refund", OWNER, FINANCE, status=422
    ),
    ("manage_audit.index", "GET"): member("/organisations/{organisation_slug}/audit", OWNER),
    ("manage_integrations.index", "GET"): member("/organisations/{organisation_slug}/integrations", OWNER),
    ("manage_integrations.revocations_create", "POST"): member(
        "/organisations/{organisation_slug}/integrations/tokens/{token_ref}/revocation", OWNER, status=422
    ),
    ("manage_integrations.tokens_create", "POST"): member(
        "/organisations/{organisation_slug}/integrations/tokens", OWNER, status=422
    ),
    ("manage_integrations.tokens_new", "GET"): member(
        "/organisations/{organisation_slug}/integrations/tokens/new", OWNER
    ),
    ("manage_invitations.show", "GET"): anyone("/manage/invitations/{invitation_ref}?key={invitation_key}"),
    ("manage_invitations.update", "POST"): logged_in("/manage/invitations/{invitation_ref}?key={invitation_key}", 422),
    ("manage_organisations.create", "POST"): logged_in("/manage/organisations", 422),
    ("manage_organisations.departures_create", "POST"): member(
        "/organisations/{organisation_slug}/departure", OWNER, MANAGER, FINANCE, DOOR, status=422
    ),
    ("manage_organisations.departures_new", "GET"): member(
        "/organisations/{organisation_slug}/departure", OWNER, MANAGER, FINANCE, DOOR
    ),
    ("manage_organisations.edit", "GET"): member("/organisations/{organisation_slug}/edit", OWNER),
    ("manage_organisations.new", "GET"): logged_in("/manage/organisations/new"),
    ("manage_organisations.update", "POST"): member("/organisations/{organisation_slug}/edit", OWNER, status=422),
    ("manage_team.edit", "GET"): member("/organisations/{organisation_slug}/team/{member_ref}", OWNER),
    ("manage_team.index", "GET"): member("/organisations/{organisation_slug}/team", OWNER),
    ("manage_team.invitations_create", "POST"): member(
        "/organisations/{organisation_slug}/team/invitations", OWNER, status=422
    ),
    ("manage_team.removals_create", "POST"): member(
        "/organisations/{organisation_slug}/team/{member_ref}/removal", OWNER, status=422
    ),
    ("manage_team.update", "POST"): member("/organisations/{organisation_slug}/team/{member_ref}", OWNER, status=422),
    ("manage_team.withdrawals_create", "POST"): member(
        "/organisations/{organisation_slug}/team/invitations/{invitation_ref}/withdrawal", OWNER, status=422
    ),
    ("manage_organisations.index", "GET"): logged_in("/manage"),
    ("manage_organisations.show", "GET"): member("/organisations/{organisation_slug}", OWNER, MANAGER, FINANCE, DOOR),
    ("manage_sales.show", "GET"): member("/events/{slug}", OWNER, MANAGER, FINANCE),
    ("manage_sales.inquiries_create", "POST"): member(
        "/events/{slug}/stock/inquiries", OWNER, MANAGER, FINANCE, status=422
    ),
    ("manage_sales.stock_show", "GET"): member("/events/{slug}/stock", OWNER, MANAGER, FINANCE),
    ("manage_endings.cancellations_create", "POST"): member("/events/{slug}/cancellation", OWNER, MANAGER, status=422),
    ("manage_endings.cancellations_new", "GET"): member("/events/{slug}/cancellation", OWNER, MANAGER),
    ("manage_endings.deletions_create", "POST"): member("/events/{slug}/deletion", OWNER, MANAGER, status=422),
    ("manage_endings.deletions_new", "GET"): member("/events/{slug}/deletion", OWNER, MANAGER),
    ("manage_events.create", "POST"): member("/organisations/{organisation_slug}/events", OWNER, MANAGER, status=422),
    ("manage_events.edit", "GET"): member("/events/{slug}/edit", OWNER, MANAGER),
    ("manage_events.new", "GET"): member("/organisations/{organisation_slug}/events/new", OWNER, MANAGER),
    ("manage_events.update", "POST"): member("/events/{slug}/edit", OWNER, MANAGER, status=422),
    ("manage_images.create", "POST"): member("/events/{slug}/images", OWNER, MANAGER, status=422),
    ("manage_images.edit", "GET"): member("/events/{slug}/images/{source_key}", OWNER, MANAGER),
    ("manage_images.index", "GET"): member("/events/{slug}/images", OWNER, MANAGER),
    ("manage_images.positions_update", "POST"): member(
        "/events/{slug}/images/{source_key}/position", OWNER, MANAGER, status=422
    ),
    ("manage_images.removals_create", "POST"): member(
        "/events/{slug}/images/{source_key}/removal", OWNER, MANAGER, status=422
    ),
    ("manage_images.update", "POST"): member("/events/{slug}/images/{source_key}", OWNER, MANAGER, status=422),
    ("manage_publication.copies_create", "POST"): member("/events/{slug}/copies", OWNER, MANAGER, status=422),
    ("manage_publication.copies_new", "GET"): member("/events/{slug}/copies", OWNER, MANAGER),
    ("manage_publication.create", "POST"): member("/events/{slug}/publication", OWNER, MANAGER, status=422),
    ("manage_publication.preview", "GET"): member("/events/{slug}/preview", OWNER, MANAGER),
    ("manage_publication.show", "GET"): member("/events/{slug}/publication", OWNER, MANAGER),
    ("manage_publication.withdrawals_create", "POST"): member("/events/{slug}/withdrawal", OWNER, MANAGER, status=422),
    ("manage_ticket_types.create", "POST"): member("/events/{slug}/ticket-types", OWNER, MANAGER, status=422),
    ("manage_ticket_types.deletions_create", "POST"): member(
        "/events/{slug}/ticket-types/{public_id}/deletion", OWNER, MANAGER, status=422
    ),
    ("manage_ticket_types.deletions_new", "GET"): member(
        "/events/{slug}/ticket-types/{public_id}/deletion", OWNER, MANAGER
    ),
    ("manage_ticket_types.edit", "GET"): member("/events/{slug}/ticket-types/{public_id}", OWNER, MANAGER),
    ("manage_ticket_types.index", "GET"): member("/events/{slug}/ticket-types", OWNER, MANAGER),
    ("manage_ticket_types.new", "GET"): member("/events/{slug}/ticket-types/new", OWNER, MANAGER),
    ("manage_ticket_types.positions_update", "POST"): member(
        "/events/{slug}/ticket-types/{public_id}/position", OWNER, MANAGER, status=422
    ),
    ("manage_ticket_types.update", "POST"): member(
        "/events/{slug}/ticket-types/{public_id}", OWNER, MANAGER, status=422
    ),
    ("manage_webhooks.activations_create", "POST"): webhook("/{endpoint_ref}/activation", 422),
    ("manage_webhooks.create", "POST"): webhook("", 422),
    ("manage_webhooks.deactivations_create", "POST"): webhook("/{endpoint_ref}/deactivation", 422),
    ("manage_webhooks.new", "GET"): webhook("/new"),
    ("manage_webhooks.pings_create", "POST"): webhook("/{endpoint_ref}/pings", 422),
    ("manage_webhooks.removals_create", "POST"): webhook("/{endpoint_ref}/removal", 422),
    ("manage_webhooks.repetitions_create", "POST"): webhook(
        "/{endpoint_ref}/deliveries/{delivery_ref}/repetition", 422
    ),
    ("manage_webhooks.show", "GET"): webhook("/{endpoint_ref}"),
    ("manage_webhooks.update", "POST"): webhook("/{endpoint_ref}", 422),
    ("media.show", "GET"): anyone("/media/no-such-picture-320.webp", 404),
    ("my_account.data_create", "POST"): logged_in("/account/data", 422),
    ("my_account.data_new", "GET"): logged_in("/account/data"),
    ("my_account.purchase_data_show", "GET"): anyone("/purchases/{ref}/data.json?key={key}"),
    ("my_account.deletion_create", "POST"): logged_in("/account/deletion", 422),
    ("my_account.deletion_new", "GET"): logged_in("/account/deletion"),
    ("my_account.deletion_show", "GET"): anyone("/account/deleted"),
    ("my.holders_create", "POST"): anyone("/tickets/{code}/holder?key={key}", 422),
    ("my.holders_new", "GET"): anyone("/tickets/{code}/holder?key={key}"),
    ("my.holders_show", "GET"): anyone("/my/tickets/passed"),
    ("my.past_tickets_index", "GET"): logged_in("/my/tickets/past"),
    ("my.tickets_index", "GET"): logged_in("/my/tickets"),
    ("payments.webhook_create", "POST"): anyone("/webhook", 400),
    ("second_factor.codes_create", "POST"): logged_in("/account/second-factor/codes", 409),
    ("second_factor.create", "POST"): logged_in("/account/second-factor", 422),
    ("second_factor.destroy", "POST"): logged_in("/account/second-factor/removal", 409),
    ("second_factor.show", "GET"): logged_in("/account/second-factor"),
    ("second_step.codes_create", "POST"): anyone("/login/code", 303),
    ("second_step.codes_new", "GET"): anyone("/login/code", 303),
    ("static", "GET"): anyone("/static/css/base.css"),
    ("tickets.files_show", "GET"): anyone("/tickets/{code}.svg"),
    ("tickets.of_purchase_show", "GET"): anyone("/purchases/{ref}/tickets.pdf?key={key}"),
    ("tickets.show", "GET"): anyone("/tickets/{code}"),
}
