from carneau.standalone.posters.lettering import Face, fill_box, write
from carneau.standalone.posters.sheet import HEIGHT, WIDTH, Sheet

PAPER, INK, RED = "#efe3c6", "#1d1a16", "#b3261e"
LEFT, RIGHT = 92.0, 1108.0


def rule(sheet: Sheet, y: float, ink: str) -> None:
    sheet.rect(LEFT, y, RIGHT, y + 7, ink)
    sheet.rect(LEFT, y + 12, RIGHT, y + 15, ink)


def signal(sheet: Sheet, x: float, side: int) -> None:
    """A semaphore whose arm points away from the middle of the page."""
    sheet.rect(x - 8, 1050, x + 8, 1284, INK)
    sheet.polygon([(x, 1036), (x - 14, 1056), (x + 14, 1056)], INK)
    top, bottom, end = 1084.0, 1132.0, x + side * 176
    arm = [(x + side * 20, top), (end, top), (end - side * 22, (top + bottom) / 2), (end, bottom)]
    sheet.polygon([*arm, (x + side * 20, bottom)], RED)
    near, far = sorted((x + side * 112, x + side * 132))
    sheet.rect(near, top, far, bottom, PAPER)
    sheet.disc(x - side * 2, (top + bottom) / 2, 26, INK)
    sheet.disc(x - side * 2, (top + bottom) / 2, 14, "#f2b632")


def draw() -> Sheet:
    sheet = Sheet(PAPER)
    for inset, width in ((36, 10), (56, 4)):
        sheet.rect(inset, inset, WIDTH - inset, HEIGHT - inset, INK)
        sheet.rect(inset + width, inset + width, WIDTH - inset - width, HEIGHT - inset - width, PAPER)
    fill_box(sheet, "A", Face.SLAB, (560, 96, 640, 160), INK)
    sheet.rect(LEFT, 124, 520, 130, INK)
    sheet.rect(680, 124, RIGHT, 130, INK)
    fill_box(sheet, "GHOST", Face.SLAB, (LEFT, 190, RIGHT, 560), RED)
    fill_box(sheet, "IN THE", Face.BLACK, (LEFT + 210, 596, RIGHT - 210, 676), INK)
    fill_box(sheet, "SIGNAL", Face.CONDENSED, (LEFT, 712, RIGHT, 990), INK)
    fill_box(sheet, "BOX", Face.SLAB, (LEFT + 262, 1034, RIGHT - 262, 1254), RED)
    signal(sheet, 300, -1)
    signal(sheet, 900, 1)
    rule(sheet, 1284, INK)
    write(sheet, "One storyteller, one lamp", 36, 600, 1350, INK, Face.DIDONE, align="centre")
    write(sheet, "The Old Booking Hall, Harrowmouth, 20:00", 31, 600, 1404, INK, align="centre")
    return sheet
