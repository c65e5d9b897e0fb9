from dataclasses import replace
from datetime import time, timedelta

from carneau.standalone.season import places
from carneau.standalone.season.shape import FRIDAY, SATURDAY, SUNDAY, THURSDAY, Offer, Picture, Show, When

THURSDAY_NIGHT = When(2, THURSDAY, time(20), timedelta(hours=2, minutes=10), doors=time(19, 15))
HOUSE_IN_PIECES = "A house cut from paper, a different weather in each of its rooms: sun, rain, snow, lightning, a moon"


def _seats(stalls_sold: int, balcony_sold: int) -> tuple[Offer, ...]:
    return (
        Offer("Stalls", "Rows A to N.", 3200, 210, sold=stalls_sold),
        Offer("Balcony", "Rows A to F.", 2200, 120, sold=balcony_sold),
        Offer("Under 26", "Any seat that is free when you arrive.", 1200, 40, max_per_order=2),
    )


WEATHER_THURSDAY = Show(
    slug="the-weather-in-the-walls-thursday",
    house=places.LES_RIVES,
    title="The Weather in the Walls",
    summary="Three sisters inherit a house that rains indoors. A comedy with puddles.",
    category="Theatre",
    venue=places.QUAI_BLEU,
    when=THURSDAY_NIGHT,
    picture=Picture("the-weather-in-the-walls-dusk", f"{HOUSE_IN_PIECES} in the attic. The paper is apricot."),
    booking_fee_minor=100,
    offers=_seats(stalls_sold=14, balcony_sold=4),
    description="""\
Their mother left them the house on the quay, on one condition: they must spend one winter in it, all three,
together. By the second scene it is drizzling in the hall. By the interval there is fog on the landing, and
the eldest has stopped pretending not to notice.

Léonie Abrassart’s play is about what families keep quiet and where it goes instead. It is also very funny,
and the water on the stage is real.

# The evening

- Two acts of fifty minutes, one interval
- With Hanne Delacourt-Ruiz, Mirela Stanek and Oumou Verhaegen
- Thursday: talk with the cast afterwards, in the foyer
- In French, with English surtitles

The theatre is step-free throughout. Four wheelchair places are kept in row G; choose *Stalls* and write to
us.
""",
)

WEATHER_FRIDAY = replace(
    WEATHER_THURSDAY,
    slug="the-weather-in-the-walls-friday",
    when=replace(THURSDAY_NIGHT, weekday=FRIDAY),
    offers=_seats(stalls_sold=22, balcony_sold=3),
    picture=Picture("the-weather-in-the-walls-rain", f"{HOUSE_IN_PIECES} in the attic. The paper is sea green."),
    description=WEATHER_THURSDAY.description.replace(
        "- Thursday: talk with the cast afterwards, in the foyer\n", "- Friday: audio description by headset\n"
    ),
)

WEATHER_SATURDAY = replace(
    WEATHER_THURSDAY,
    slug="the-weather-in-the-walls-saturday",
    when=replace(THURSDAY_NIGHT, weekday=SATURDAY),
    offers=_seats(stalls_sold=36, balcony_sold=8),
    picture=Picture("the-weather-in-the-walls-frost", f"{HOUSE_IN_PIECES} in the attic. The paper is lilac."),
    description=WEATHER_THURSDAY.description.replace(
        "- Thursday: talk with the cast afterwards, in the foyer\n", "- Saturday: the last of three evenings\n"
    ),
)

MILD_PANIC = Show(
    slug="mild-panic",
    house=places.LES_RIVES,
    title="Mild Panic",
    summary="Five comedians, ten minutes each, and a kettle that decides when time is up.",
    category="Comedy",
    venue=places.PETIT_VERTIGE,
    when=When(1, THURSDAY, time(20), timedelta(hours=2), doors=time(19)),
    picture=Picture(
        "mild-panic",
        "On plain yellow, the word Mild stands calmly at the top; beneath it the letters of Panic"
        " tumble down the page.",
    ),
    booking_fee_minor=50,
    tax_basis_points=2000,
    offers=(
        Offer("Seat", "Chairs and the odd sofa; first come, first seated.", 1400, 85, sold=24),
        Offer("On the stairs", "A cushion, a rail and an honest price.", 700, 15),
    ),
    description="""\
The rules are simple. Each comedian gets ten minutes and brings one thing they are worried about. When the
kettle on stage boils, they stop, in the middle of a word if need be.

Hosting is Bastien Okwuosa, who worries about kettles. With him on the bill this month: Pia Lindgaard-Moss,
Théo Quennebert, The Brothers Amaro (there is one), and a newcomer chosen on the afternoon.

Sets are in French or in English, and the programme says which. Nobody in the front row will be asked what
they do for a living.
""",
)

THE_OWL_WHO_COUNTED = Show(
    slug="the-owl-who-counted",
    house=places.LES_RIVES,
    title="The Owl Who Counted",
    summary="A puppet play about large numbers and small fears, for children from four.",
    category="Family",
    venue=places.QUAI_BLEU,
    when=When(1, SUNDAY, time(15), timedelta(minutes=50), doors=time(14, 30)),
    picture=Picture(
        "the-owl-who-counted",
        "A plum-coloured paper owl on a branch, with a 1 in its left eye and a 2 in its right, under"
        " the title in round letters.",
    ),
    offers=(
        Offer("Family", "One ticket lets in two adults and two children.", 3200, 25, max_per_order=2, sold=6),
        Offer("Child", "From four years; children under two sit on a lap for nothing.", 800, 50, sold=7),
        Offer("Adult", "", 1200, 45, sold=4),
    ),
    description="""\
Olga the owl counts everything: acorns, stars, the legs of centipedes. Only the dark she cannot count, because
there is just one of it. So one night she sets out to find its end.

A play with eleven puppets, a hand drum and a great many paper leaves, made by the Compagnie Petit Pois.
Everyone may count along, loudly.

# For grown-ups

- Fifty minutes, no interval, almost no words
- Lights stay half on, and the door stays open
- Afterwards the puppets receive visitors
- Prams park in the foyer; there is a changing table on every floor
""",
)

BALLAST = Show(
    slug="ballast",
    house=places.LES_RIVES,
    title="Ballast",
    summary="A circus about weight: six acrobats, a long plank, and nothing to hold on to.",
    category="Circus",
    venue=places.CHAPITEAU,
    when=When(10, THURSDAY, time(19, 30), timedelta(hours=1, minutes=20), doors=time(18, 45)),
    picture=Picture(
        "ballast",
        "A red ball and a yellow triangle balance on a tilted black beam over a blue half circle; above, BALLAST.",
    ),
    booking_fee_minor=100,
    offers=(
        Offer("Ringside", "The first two rows. You may be asked to hold a rope.", 3400, 90, opens_in_days=9),
        Offer("Bench", "Rows three to nine.", 2600, 310, opens_in_days=9),
        Offer("Under 16", "On the benches, beside an adult.", 1300, 120, opens_in_days=9),
    ),
    description="""\
What keeps us upright? The Compagnie Contrepoids answers with a seven-metre plank, four hundred kilos of
sandbags and six people who trust each other more than is reasonable. Nothing is hung from the roof and no one
is caught by a net: everything that rises in this piece is lifted by something that falls.

*Ballast* was three years in the making. It is quiet, patient and at moments hard to watch, and it ends with
everyone on stage asleep on everyone else.

The tent is heated and stands on level ground. Dogs wait outside with our usher, who likes them.
""",
)

GRAVITY_AGAIN = Show(
    slug="gravity-again",
    house=places.LES_RIVES,
    title="Gravity, Again",
    summary="Eight dancers fall for an hour, each time for a different reason.",
    category="Dance",
    venue=places.ENTREPOTS,
    when=When(4, SATURDAY, time(20), timedelta(hours=1, minutes=5), doors=time(19, 30)),
    picture=Picture(
        "gravity-again",
        "A square tumbles down the page, every step of its fall kept, turning from orange to violet.",
    ),
    booking_fee_minor=100,
    offers=(
        Offer("Seat", "Raked seating, free choice.", 2400, 160, sold=12),
        Offer("Floor cushion", "At the edge of the dance floor.", 1600, 40),
    ),
    description="""\
Falling asleep, falling behind, falling for someone, falling down. The company Les Heures Pleines has
collected two hundred ways of doing it and kept the forty that can be repeated nightly.

Choreographer Ayla Brennecke-Sow works with dancers aged 19 to 71. The music, for tape and one live trombone,
is by Joris Malatesta, and it falls too, by a semitone every nine minutes.

# Access

Step-free entrance at hangar 8. A relaxed evening with softer sound can be arranged for groups; please write
to us.
""",
)

SHOWS = (
    MILD_PANIC,
    THE_OWL_WHO_COUNTED,
    WEATHER_THURSDAY,
    WEATHER_FRIDAY,
    WEATHER_SATURDAY,
    BALLAST,
    GRAVITY_AGAIN,
)
