from datetime import time, timedelta

from carneau.standalone.season import places
from carneau.standalone.season.shape import FRIDAY, SATURDAY, TUESDAY, Offer, Picture, Show, When

PARALLEL_FIELDS = Show(
    slug="parallel-fields",
    house=places.LES_RIVES,
    title="Parallel Fields",
    summary="Two days, three islands, twenty-six acts, and no two stages within earshot.",
    category="Festival",
    venue=places.TROIS_ILES,
    when=When(12, SATURDAY, time(12), timedelta(hours=35), doors=time(11)),
    picture=Picture(
        "parallel-fields",
        "Rows of a field run towards a low sun whose light spreads in bands from yellow to violet,"
        " under PARALLEL FIELDS.",
    ),
    booking_fee_minor=200,
    offers=(
        Offer("Weekend", "Both days, from Saturday noon.", 9900, 1800, max_per_order=6, sold=21),
        Offer("Saturday", "Saturday only, until 02:00.", 5900, 900, max_per_order=6, sold=8),
        Offer("Sunday", "Sunday only, until 23:00.", 5900, 900, max_per_order=6),
        Offer(
            "Camping",
            "One pitch for up to three people; needs weekend tickets.",
            2500,
            400,
            max_per_order=2,
            is_extra=True,
        ),
        Offer("Parking", "One car for the weekend, at the north meadow.", 1200, 350, max_per_order=2, is_extra=True),
    ),
    description="""\
The Ouvre splits above Orvelle and makes three islands of one park. Each gets a stage and a temper of its own,
and footbridges in between, so that you can walk out of a song you have had enough of and into one you have
never heard.

# Three islands

- **Grande Île**: bands with too many members, until midnight
- **Île aux Saules**: folk, voices, a choir that anyone may join at four o’clock
- **Îlot**: electronics under the trees, until two in the morning on Saturday

# Camping and getting there

The camp site on the south meadow opens on Saturday at nine and closes on Monday at noon. Showers are hot and
free. Tram 5 runs all night. Children under ten come in with a grown-up and need no ticket.

Paths are firm gravel; each stage has a raised platform with a ramp. Bring a cup, or buy one for two euros and
keep it.
""",
)

WHY_BRIDGES_HUM = Show(
    slug="why-bridges-hum",
    house=places.LES_RIVES,
    title="Why Bridges Hum",
    summary="A free lecture with a rope, a ruler and a very long string.",
    category="Lecture",
    venue=places.VAUCLAIR,
    when=When(2, TUESDAY, time(18, 30), timedelta(hours=1, minutes=30), doors=time(18)),
    picture=Picture(
        "why-bridges-hum",
        "A black suspension bridge on red; its deck swings like a plucked string. Below, Why bridges hum.",
    ),
    tax_basis_points=0,
    offers=(Offer("Free seat", "Please give your place back if you cannot come.", 0, 240, max_per_order=4, sold=40),),
    description="""\
On windy evenings the Pont des Lavandières sings a low G. People who live beside it say that one gets used to
it. The engineer Salomé Wittenbach has listened to it for six years, with microphones, strain gauges and once,
at four in the morning, with her ear.

In this lecture she explains how wind makes a structure sing, when that is charming and when it is not, and
what the bridge tells those who maintain it. With experiments: you will be handed one end of a string.

The hall is step-free and has a hearing loop. In French with a live English translation by headset. No
knowledge is needed, and questions from children go first.
""",
)

THE_LAST_TRAM = Show(
    slug="the-last-tram",
    house=places.LES_RIVES,
    title="The Last Tram",
    summary="Cinema on the Glacis: a night on line 4, under the open sky.",
    category="Film",
    venue=places.GLACIS,
    when=When(5, FRIDAY, time(21, 30), timedelta(hours=2), doors=time(20)),
    picture=Picture(
        "the-last-tram",
        "A tram comes towards us through the night, its lamp a fan of yellow dots; above, THE LAST"
        " TRAM in stencil letters.",
    ),
    offers=(
        Offer("Deck chair", "With a blanket.", 1300, 180, sold=15),
        Offer("Lawn", "Bring your own blanket.", 900, 320),
        Offer("Child on the lawn", "Up to 14 years.", 500, 100),
    ),
    description="""\
At 00:40 the last tram of line 4 leaves the depot with a driver on her final shift, a man carrying a wardrobe,
and two people who have just decided not to marry. It never quite arrives. *The Last Tram* was filmed in
Orvelle over eleven nights, with the real timetable, and half of the city is in it somewhere.

We show it where it ends, on the lawn of the Glacis, on a screen of eighteen metres. The film begins when it
is dark enough.

# Weather

Drizzle does not stop us; ponchos are free. If there is a storm we postpone to Saturday, write to you by five
in the afternoon, and your ticket stays good, or your money goes back.

In French with English subtitles. Level paths from the Porte des Glacis.
""",
)

INK_BY_HAND = Show(
    slug="ink-by-hand",
    house=places.LES_RIVES,
    title="Ink by Hand",
    summary="A day with wood type, a hand press and eleven other people.",
    category="Workshop",
    venue=places.CICERO,
    when=When(3, SATURDAY, time(10), timedelta(hours=6, minutes=30), doors=time(9, 45)),
    picture=Picture(
        "ink-by-hand",
        "The wooden letters g, R and an ampersand printed over each other in yellow, blue and red, above Ink by Hand.",
    ),
    tax_basis_points=2000,
    offers=(Offer("Place at the press", "Material, apron and lunch are included.", 9500, 12, max_per_order=2, sold=5),),
    description="""\
Atelier Cicéro keeps four hundred cases of wood and lead type, the oldest from 1840, and a press that takes
two people to pull. In one day you set a short text of your own, choose ink, lose a letter, find it again, and
print an edition of thirty.

# The day

- 10:00 coffee, and how to read backwards
- 11:00 setting, spacing, proofing
- 13:00 lunch at the long stone
- 14:00 two colours, one after the other
- 16:30 everyone goes home with a poster from everyone

You need no experience, only clothes that may get dirty. Twelve places, taught by Marguerite Ollivon and
Sandor Peeters. The workshop is on the ground floor; the press can be worked while sitting.
""",
)

THE_LONG_TABLE = Show(
    slug="the-long-table",
    house=places.LES_RIVES,
    title="The Long Table",
    summary="Dinner for eighty at one table, cooked by the stalls of the Sainte-Marthe market.",
    category="Food",
    venue=places.SAINTE_MARTHE,
    when=When(4, FRIDAY, time(19), timedelta(hours=3, minutes=30), doors=time(18, 30)),
    picture=Picture(
        "the-long-table",
        "A long red table seen from above, with plates of fish, lemons, tomatoes and bread, and a"
        " row of stools on either side.",
    ),
    tax_basis_points=1000,
    offers=(
        Offer("Place at the table", "Four courses, water and bread.", 4200, 60, max_per_order=6, sold=19),
        Offer(
            "Neighbour’s price", "For those who would otherwise stay at home. No questions.", 1800, 20, max_per_order=2
        ),
    ),
    description="""\
When the market closes, the stalls of Halle Sainte-Marthe push their counters aside and lay one table, from
the fish to the flowers. What was not sold by noon is cooked by six. Nobody chooses their seat, and the bread
is passed by hand.

# Usually there is

- A soup with something green in it
- Fish from the Ouvre, or beans for those who prefer
- Cheese, discussed at length
- A cake as long as the cake maker can carry

Tell us what you cannot eat by Wednesday and the kitchen will cook around it. The hall is step-free, and so is
the table: every tenth place is without a stool.
""",
)

SHOWS = (PARALLEL_FIELDS, WHY_BRIDGES_HUM, THE_LAST_TRAM, INK_BY_HAND, THE_LONG_TABLE)
