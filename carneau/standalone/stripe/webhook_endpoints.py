from typing import Any

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/webhook_endpoints"


def index(world: World, _params: dict[str, Any]) -> Json:
    """The one that deliveries go to. Only Stripe's answer to making one carries the secret."""
    return listing.as_list([_endpoint(world, world.webhook_url)] if world.webhook_url else [], URL)


def _endpoint(world: World, url: str) -> Json:
    return {
        "id": "we_simulator",
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": 1767225600,
        "description": None,
        "enabled_events": sorted(world.settings.webhook_events),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }
