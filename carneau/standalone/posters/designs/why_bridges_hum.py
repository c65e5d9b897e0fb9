from math import pi, sin

from carneau.standalone.posters.lettering import Face, write
from carneau.standalone.posters.sheet import Sheet

PAPER, RED, INK = "#f6f3ec", "#e2231a", "#141414"
DECK = 860


def hum(x: float, harmonic: int) -> float:
    return sin(pi * harmonic * (x - 60) / 1080)


def draw() -> Sheet:
    sheet = Sheet(RED)
    for index in range(37):
        x = 60 + index * 30
        sway = abs(hum(x, 3))
        foot = DECK - 14 + 74 * hum(x, 3)
        top = 150 + 520 * (1 - ((x - 600) / 540) ** 2)
        sheet.rect(x - 2.5 - 5 * sway, top, x + 2.5 + 5 * sway, foot, PAPER)
    deck = [(x, DECK + 74 * hum(x, 3)) for x in range(60, 1141, 4)]
    sheet.stroke(deck, 26, INK, round_ends=False)
    main = [(x, 150 + 520 * (1 - ((x - 600) / 540) ** 2)) for x in range(60, 1141, 4)]
    sheet.stroke(main, 12, INK, round_ends=False)
    for x in (60, 1140):
        sheet.rect(x - 16, 110, x + 16, 980, INK)
    write(sheet, "Why bridges", 148, 56, 1160, PAPER, Face.BLACK, tracking=-0.03)
    write(sheet, "hum", 300, 48, 1420, INK, Face.BLACK, tracking=-0.04)
    for line, text in enumerate(("A free lecture with", "a rope, a ruler and", "a very long string")):
        write(sheet, text, 31, 780, 1268 + line * 40, PAPER)
    write(sheet, "Collège Vauclair, 18:30", 31, 780, 1420, INK)
    return sheet
