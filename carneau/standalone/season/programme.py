from carneau.standalone.season import music, places, rival, stage, town
from carneau.standalone.season.shape import House, Show

HOUSES: tuple[House, ...] = (places.LES_RIVES, places.ROPEWALK)
SHOWS: tuple[Show, ...] = (*music.SHOWS, *stage.SHOWS, *town.SHOWS, *rival.SHOWS)
