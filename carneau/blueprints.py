"""The URL map on one page."""

from flask import Flask

from carneau.accounts import account, second_factor_pages, second_step
from carneau.accounts import views as accounts
from carneau.api import checkout as api_checkout
from carneau.api import events as api_events
from carneau.api import openapi as api_openapi
from carneau.api import organisations as api_organisations
from carneau.api import ticket_types as api_ticket_types
from carneau.api import tickets as api_tickets
from carneau.api import users as api_users
from carneau.cart import views as cart
from carneau.catalogue import crawlers, media
from carneau.catalogue import views as catalogue
from carneau.checkout import views as checkout
from carneau.door import finding as door_finding
from carneau.door import installing as door_installing
from carneau.door import offline as door_offline
from carneau.door import registering as door_registering
from carneau.door import views as door
from carneau.manage import attendees as manage_attendees
from carneau.manage import audit as manage_audit
from carneau.manage import box_office as manage_box_office
from carneau.manage import door as manage_door
from carneau.manage import (
    door_conflicts,
    door_devices,
    door_gates,
    door_links,
    door_scans,
    endings,
    event_refunds,
    events,
    images,
    publication,
    ticket_types,
)
from carneau.manage import exports as manage_exports
from carneau.manage import flags as manage_flags
from carneau.manage import integrations as manage_integrations
from carneau.manage import invitations as manage_invitations
from carneau.manage import messages as manage_messages
from carneau.manage import organisations as manage_organisations
from carneau.manage import people as manage_people
from carneau.manage import purchases as manage_purchases
from carneau.manage import refunds as manage_refunds
from carneau.manage import sales as manage_sales
from carneau.manage import team as manage_team
from carneau.manage import webhooks as manage_webhooks
from carneau.my import account as my_account
from carneau.my import views as my
from carneau.ops import health, metrics
from carneau.ops import views as installation
from carneau.payments import views as payments
from carneau.tickets import views as tickets


def register(app: Flask) -> None:
    running = (health.bp, metrics.bp, installation.bp)
    public = (media.bp, catalogue.bp, crawlers.bp, cart.bp, payments.bp, checkout.bp, tickets.bp)
    organisers = (
        manage_organisations.bp,
        manage_team.bp,
        manage_audit.bp,
        manage_integrations.bp,
        manage_webhooks.bp,
        manage_invitations.bp,
        events.bp,
        publication.bp,
        endings.bp,
        ticket_types.bp,
        images.bp,
        manage_attendees.bp,
        manage_box_office.bp,
        manage_door.bp,
        door_gates.bp,
        door_links.bp,
        door_devices.bp,
        door_scans.bp,
        door_conflicts.bp,
        event_refunds.bp,
        manage_exports.bp,
        manage_flags.bp,
        manage_messages.bp,
        manage_people.bp,
        manage_purchases.bp,
        manage_refunds.bp,
        manage_sales.bp,
    )
    programs = (
        api_openapi.bp,
        api_events.bp,
        api_organisations.bp,
        api_ticket_types.bp,
        api_checkout.bp,
        api_users.bp,
        api_tickets.bp,
    )
    own = (accounts.bp, second_step.bp, account.bp, second_factor_pages.bp, my.bp, my_account.bp)
    doors = (door_registering.bp, door_finding.bp, door_offline.bp, door_installing.bp, door.bp)
    for blueprint in (*running, *public, *programs, *own, *organisers, *doors):
        app.register_blueprint(blueprint)
