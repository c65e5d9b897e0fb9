from collections.abc import Callable
from functools import partial

from PIL import Image

from carneau.standalone.posters.designs import (
    a_ghost_in_the_signal_box,
    ballast,
    brass_on_the_steps,
    five_past_blue,
    four_chairs,
    gravity_again,
    great_circle,
    ink_by_hand,
    mild_panic,
    parallel_fields,
    tamsin_orrevall,
    the_lantern_ceilidh,
    the_last_tram,
    the_long_table,
    the_owl_who_counted,
    the_weather_in_the_walls,
    undertow,
    why_bridges_hum,
)
from carneau.standalone.posters.sheet import Sheet

POSTERS: dict[str, Callable[[], Sheet]] = {
    "undertow": undertow.draw,
    "the-weather-in-the-walls-dusk": partial(the_weather_in_the_walls.draw, the_weather_in_the_walls.DUSK),
    "the-weather-in-the-walls-rain": partial(the_weather_in_the_walls.draw, the_weather_in_the_walls.RAIN),
    "the-weather-in-the-walls-frost": partial(the_weather_in_the_walls.draw, the_weather_in_the_walls.FROST),
    "parallel-fields": parallel_fields.draw,
    "why-bridges-hum": why_bridges_hum.draw,
    "tamsin-orrevall": tamsin_orrevall.draw,
    "five-past-blue": five_past_blue.draw,
    "ballast": ballast.draw,
    "brass-on-the-steps": brass_on_the_steps.draw,
    "mild-panic": mild_panic.draw,
    "the-owl-who-counted": the_owl_who_counted.draw,
    "the-last-tram": the_last_tram.draw,
    "four-chairs": four_chairs.draw,
    "ink-by-hand": ink_by_hand.draw,
    "great-circle": great_circle.draw,
    "gravity-again": gravity_again.draw,
    "the-long-table": the_long_table.draw,
    "the-lantern-ceilidh": the_lantern_ceilidh.draw,
    "a-ghost-in-the-signal-box": a_ghost_in_the_signal_box.draw,
}


def draw(name: str) -> Image.Image:
    return POSTERS[name]().finish()
