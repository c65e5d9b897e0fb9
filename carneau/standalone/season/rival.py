from datetime import time, timedelta

from carneau.standalone.season import places
from carneau.standalone.season.shape import SATURDAY, THURSDAY, Offer, Picture, Show, When

THE_LANTERN_CEILIDH = Show(
    slug="the-lantern-ceilidh",
    house=places.ROPEWALK,
    title="The Lantern Ceilidh",
    summary="An evening of set dances with a live band, by the light of two hundred paper lanterns.",
    category="Dance",
    venue=places.ROPEWALK_HALL,
    when=When(2, SATURDAY, time(19, 30), timedelta(hours=3, minutes=30), doors=time(19)),
    picture=Picture(
        "the-lantern-ceilidh",
        "A quilt of stars and pinwheels in rust, cream and blue, above The Lantern Ceilidh in slab letters.",
    ),
    currency="GBP",
    booking_fee_minor=75,
    tax_basis_points=2000,
    offers=(
        Offer("Dancer", "Every dance is taught first.", 1450, 180, sold=14),
        Offer("Watcher", "A seat in the gallery. You may change your mind.", 900, 60),
    ),
    description="""\
The Ropewalk is the longest room in Harrowmouth: rope was made here once, a quarter of a mile at a time. It
turns out to be the right shape for a longways set of sixty couples.

The Tidewaiters play fiddle, pipes and a very old piano. Their caller, Agnes Thorlby, explains each dance
before it starts and forgives everyone afterwards.

# Before you come

- Flat shoes; the floor is sprung and rather fast
- Come alone if you like, partners are found at the door
- Soup and bread at nine
- Ramp at the Cable Street entrance
""",
)

A_GHOST_IN_THE_SIGNAL_BOX = Show(
    slug="a-ghost-in-the-signal-box",
    house=places.ROPEWALK,
    title="A Ghost in the Signal Box",
    summary="One storyteller, one lamp, and a bell code that nobody sent.",
    category="Storytelling",
    venue=places.BOOKING_HALL,
    when=When(3, THURSDAY, time(20), timedelta(hours=1, minutes=15), doors=time(19, 30)),
    picture=Picture(
        "a-ghost-in-the-signal-box",
        "A playbill in red and black wood type, A GHOST IN THE SIGNAL BOX, with a railway signal on either side.",
    ),
    currency="GBP",
    booking_fee_minor=75,
    tax_basis_points=2000,
    offers=(Offer("Bench", "Benches from the old waiting room, with cushions.", 1100, 70, max_per_order=6),),
    description="""\
For eleven nights in a row the box at Harrowmouth Junction received the signal *train entering section*, and
for eleven nights no train came. The signalman wrote it all down. Corwin Hathersedge found the book.

He tells the story in the old booking hall, by the lamp that stood in the box, with the original block bell on
the table. It rings when it should, mostly.

Not suitable for children under ten, or for anyone who has to catch the last train home.
""",
)

SHOWS = (THE_LANTERN_CEILIDH, A_GHOST_IN_THE_SIGNAL_BOX)
