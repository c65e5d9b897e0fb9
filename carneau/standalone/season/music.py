from datetime import time, timedelta

from carneau.standalone.season import places
from carneau.standalone.season.shape import FRIDAY, SATURDAY, SUNDAY, WEDNESDAY, Offer, Picture, Show, When

UNDERTOW = Show(
    slug="undertow",
    house=places.LES_RIVES,
    title="Undertow",
    summary="Six hours of slow, deep house and dub in a drained dry dock.",
    category="Club",
    venue=places.CALE_SECHE,
    when=When(1, SATURDAY, time(23), timedelta(hours=6), doors=time(23)),
    picture=Picture(
        "undertow",
        "Black and white waves swell across the upper half of the poster; below, UNDERTOW in coral block letters.",
    ),
    booking_fee_minor=100,
    tax_basis_points=2000,
    offers=(
        Offer("Early", "Come in before 00:30.", 1200, 150, max_per_order=6, sold=14),
        Offer("Any time", "Come in whenever you like, until 04:00.", 1800, 350, max_per_order=6),
    ),
    description="""\
La Cale Sèche was built to mend river barges. The dock has been dry for thirty years, the walls are two metres
thick, and the bass arrives through the floor before it arrives through the air.

Undertow begins slowly and stays unhurried. **Maren Oszlo** opens with two hours of dub and found sound,
**Ibrahim Calloway-Tran** takes the middle of the night, and the last hour belongs to whoever is still
dancing.

# Good to know

- 18 and over; bring a document with your photograph
- Earplugs are free at the bar, and so is water
- A quiet room with chairs is open all night, left of the cloakroom
- The N4 night tram stops at Quai des Forges every twenty minutes until six
""",
)

TAMSIN_ORREVALL = Show(
    slug="tamsin-orrevall",
    house=places.LES_RIVES,
    title="Tamsin Orrevall",
    summary="Songs from “Small Rooms”, alone at the piano.",
    category="Concert",
    venue=places.ARDOISE,
    when=When(3, WEDNESDAY, time(20, 30), timedelta(hours=1, minutes=45), doors=time(19, 45)),
    picture=Picture(
        "tamsin-orrevall",
        "Pink and blue archways, printed one over the other, lead into ever smaller rooms under the name"
        " Tamsin Orrevall.",
    ),
    booking_fee_minor=150,
    offers=(Offer("Seat", "Free choice of seats.", 2800, 120, max_per_order=4, sold=120),),
    description="""\
Tamsin Orrevall wrote her third record in eleven borrowed apartments, one song in each, on whatever piano was
standing there. She has since had them all tuned to sound a little wrong again.

In Orvelle she plays it from beginning to end, without amplification, for the hundred and twenty people who
fit into Salle Ardoise. Between the songs she tells how each room looked, who lived in it, and what the
neighbours said.

The evening has no interval. Latecomers are let in after the second song.
""",
)

FIVE_PAST_BLUE = Show(
    slug="five-past-blue",
    house=places.LES_RIVES,
    title="Five Past Blue",
    summary="A jazz quintet that writes for the late hour, ten steps below the street.",
    category="Jazz",
    venue=places.SAINT_LOUP,
    when=When(2, FRIDAY, time(21), timedelta(hours=2, minutes=15), doors=time(20)),
    picture=Picture(
        "five-past-blue",
        "Five broken rings in shades of blue around the hands of a clock that stands at five past twelve;"
        " below, FIVE PAST BLUE on amber.",
    ),
    booking_fee_minor=100,
    offers=(Offer("Table seat", "We seat you with your party; tables are for four.", 2200, 90, sold=82),),
    description="""\
Two saxophones, vibraphone, bass and drums: Five Past Blue met in the orchestra of a cruise ship and stayed
together for the hours after the passengers had gone to bed. Their music still sounds like that, relaxed,
exact, and a little salty.

# Two sets

1. *Harbour Logic*, the new suite in five parts
2. Pieces called out by the room; a list lies on the tables

The kitchen serves small plates until the first set begins. The cellar is reached by ten steps; please write
to us if you would like to use the goods lift, which we run with pleasure.
""",
)

FOUR_CHAIRS = Show(
    slug="four-chairs",
    house=places.LES_RIVES,
    title="Four Chairs",
    summary="The Saint-Éloi Quartet plays in the middle of the church, with the audience on all sides.",
    category="Classical",
    venue=places.SAINT_ELOI,
    when=When(3, SUNDAY, time(19, 30), timedelta(hours=1, minutes=50), doors=time(19)),
    picture=Picture(
        "four-chairs",
        "Four sets of fine cream and rose circles overlap on dark green, as ripples do; below, Four Chairs in italics.",
    ),
    booking_fee_minor=100,
    offers=(
        Offer("Inner circle", "The first three rows, on cushions and low chairs.", 3800, 80),
        Offer("Nave", "Chairs with backs; free choice of seats.", 2600, 220, sold=18),
        Offer("Under 26", "Any free chair. Please bring a document that shows your age.", 1000, 60, max_per_order=2),
    ),
    description="""\
A quartet usually faces us in a half circle. Tonight the four chairs stand back to back beneath the crossing,
and the listeners sit around them. Wherever you are, you hear one instrument more closely than the others.
After the interval the players change chairs, so that you hear another.

# Programme

- An old chaconne, arranged for four
- *Water Levels*, a first performance by our house composer Ilse Vantongeren
- Interval of twenty minutes
- A late quartet in A minor, with the slow movement that people come for

The church is heated to 17 degrees. Step-free entrance through the north door; hearing loop in the nave.
""",
)

BRASS_ON_THE_STEPS = Show(
    slug="brass-on-the-steps",
    house=places.LES_RIVES,
    title="Brass on the Steps",
    summary="Forty players on a hundred and two steps, and the town on the square below.",
    category="Concert",
    venue=places.TANNEURS,
    when=When(-2, SUNDAY, time(17), timedelta(hours=1, minutes=30)),
    picture=Picture(
        "brass-on-the-steps",
        "Golden horns stand on the steps of a tall stairway drawn in isometric blocks, under BRASS on the Steps.",
    ),
    offers=(Offer("Place on the square", "Standing; bring a cushion for the wall.", 500, 300, sold=96),),
    description="""\
Once a year the three brass bands of Orvelle forget who won last time and play together. The tubas stand at
the bottom, the cornets at the top, and the sound takes a quarter of a second to come down.

This year they open with the *Dyers’ March*, pass a tune from step to step without dropping it, and end with
the evening bells of Saint-Éloi, which are in B flat and join in.
""",
)

GREAT_CIRCLE = Show(
    slug="solenn-kaar-great-circle",
    house=places.LES_RIVES,
    title="Solenn Kaar: Great Circle",
    summary="The whole arena, one round stage, and the songs of four records.",
    category="Concert",
    venue=places.CONFLUENT,
    when=When(8, SATURDAY, time(20), timedelta(hours=2, minutes=45), doors=time(18)),
    picture=Picture(
        "great-circle",
        "A planet of acid green dots on deep violet, with a rose line drawn around it;"
        " above it GREAT CIRCLE, below it SOLENN KAAR.",
    ),
    booking_fee_minor=250,
    offers=(
        Offer("Standing", "All around the stage.", 5900, 2400, max_per_order=6, sold=22),
        Offer("Lower ring", "Numbered rows, free seats within the row.", 7900, 1400, max_per_order=6),
        Offer("Upper ring", "The best view of the lights.", 4900, 1160, max_per_order=6, sold=9),
        Offer("Wheelchair and companion", "One place and a seat beside it.", 5900, 40, max_per_order=2),
    ),
    description="""\
Solenn Kaar began with a loop pedal and an accordion in the stairwell of her school. Four records later she
brings a nine-piece band, two drummers among them, and a stage without a back: it stands in the middle of the
arena and turns once an hour.

**Great Circle** follows the new record around the globe, and the old songs have grown new arrangements on the
way. Support comes from *Paper Meridian*, who start at 19:00 sharp.

# Getting there

- Trams 2 and 7 to Confluent, every four minutes before and after the concert
- 900 stands for bicycles at the east gate, with attendants
- Cars: please use the park and ride at Les Écluses; the ticket includes the tram

# Access

Places for wheelchairs have their own entrance at gate C, open from 17:30. Sign language interpreters stand at
the left of the stage for the whole evening.
""",
)

SHOWS = (UNDERTOW, TAMSIN_ORREVALL, FIVE_PAST_BLUE, FOUR_CHAIRS, BRASS_ON_THE_STEPS, GREAT_CIRCLE)
