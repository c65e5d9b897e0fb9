from dataclasses import dataclass

PASSWORD = "carneau-demo"  # noqa: S105  of the demo's own accounts, printed by it
# Opens the festival's door to whoever has it: of the demo only, printed by it.
DOOR_SECRET = "carneau-demo-door"  # noqa: S105  as the line above says


@dataclass(frozen=True)
class Person:
    email: str
    name: str


BUYER = Person("buyer@demo.example", "Bela Marchetti")
PEOPLE = (
    Person("owner@demo.example", "Odile Granvert"),
    Person("manager@demo.example", "Matthis Oehler"),
    Person("finance@demo.example", "Fiona Arpagaus"),
    Person("door@demo.example", "Dario Nussbaum"),
    BUYER,
    Person("owner@rival.example", "Rosalie Tordoff"),
)
# Who works where, by the slug of the house, and as what.
TEAMS = {
    "les-rives": {
        "owner@demo.example": "owner",
        "manager@demo.example": "manager",
        "finance@demo.example": "finance",
        "door@demo.example": "door",
    },
    "ropewalk": {"owner@rival.example": "owner"},
}
# How many tickets of the first type of a show the buyer has.
BOUGHT = {"brass-on-the-steps": 2, "parallel-fields": 2, "the-owl-who-counted": 3, "why-bridges-hum": 1}
