"""What every verb of the simulator acts on."""

import threading
from dataclasses import dataclass, field

from carneau.standalone.stripe.clock import Clock
from carneau.standalone.stripe.errors import Missing
from carneau.standalone.stripe.objects import Mismatch, problems
from carneau.standalone.stripe.settings import SimulatorSettings, Switches
from carneau.standalone.stripe.store import Json, Store

PARAM_OF = {"checkout.session": "session", "payment_intent": "intent"}


@dataclass
class World:
    settings: SimulatorSettings
    store: Store
    switches: Switches = field(default_factory=Switches)
    clock: Clock = field(default_factory=Clock)
    mismatches: list[str] = field(default_factory=list)
    busy_keys: set[str] = field(default_factory=set)
    due: threading.Condition = field(default_factory=threading.Condition)
    wakes: int = 0
    public_url: str = ""
    webhook_url: str | None = None

    def load(self, kind: str, id: str, param: str | None = None) -> Json:
        thing = self.store.find(kind, id)
        if thing is None:
            raise Missing(kind, id, param or PARAM_OF.get(kind, "id"))
        return thing

    def require_honest(self, thing: Json) -> None:
        """Said by us or not at all: what the library's classes do not describe is a bug here, and is kept."""
        if found := problems(thing):
            self.mismatches += found
            raise Mismatch("; ".join(found))
