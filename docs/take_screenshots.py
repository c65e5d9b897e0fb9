"""Drives a running demo as a buyer and takes a picture of every page on the way.

    python docs/take_screenshots.py http://127.0.0.1:8000 http://127.0.0.1:8025 screenshots

The addresses of the site and of its mailbox are those that `python3 -m carneau demo` prints.
"""

import argparse
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {360: 740, 768: 1024, 1280: 800}
THEMES = ("light", "dark")
EVENT = "parallel-fields"


class Tour:
    def __init__(self, page: Page, site: str, mailbox: str, folder: Path, suffix: str) -> None:
        self.page, self.site, self.mailbox, self.folder, self.suffix = page, site, mailbox, folder, suffix
        self.taken = 0

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")

    def take(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.taken += 1
        for picture in self.page.locator("img[loading=lazy]").all():
            picture.scroll_into_view_if_needed()
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.folder / f"{self.taken:02}-{name}-{self.suffix}.png", full_page=True)

    def buy(self) -> None:
        self.open(f"{self.site}/")
        self.take("listing")
        self.open(f"{self.site}/e/{EVENT}")
        self.take("event")
        self.page.screenshot(path=self.folder / f"00-first-look-{self.suffix}.png")
        self.page.locator(".type select").nth(0).select_option("2")
        self.page.locator(".type select").nth(3).select_option("1")
        self.page.get_by_role("button", name="Put into the cart").click()
        self.page.get_by_role("link", name="Go to your cart").wait_for()
        self.take("chosen")
        self.page.get_by_role("link", name="Go to your cart").click()
        self.take("cart")
        self.page.get_by_role("link", name="Check out").click()
        self.take("checkout")
        self.page.get_by_role("button", name="Pay").click()
        self.page.get_by_role("alert").wait_for()
        self.take("checkout-errors")
        self.page.get_by_label("Your name").fill("Ada Bergström-Nwosu")
        self.page.get_by_label("Your e-mail address").fill("ada@example.org")
        self.page.get_by_role("button", name="Pay").click()
        self.page.wait_for_url(lambda url: not url.startswith(self.site))
        self.take("payment")
        self.page.get_by_role("link", name="Back to").click()
        self.take("cancelled")
        self.page.get_by_role("button", name="Try again").click()
        self.page.wait_for_url(lambda url: not url.startswith(self.site))
        self.pay()

    def pay(self) -> None:
        for label, text in (("Card number", "4242424242424242"), ("Expiry", "12/34"), ("Security code", "123")):
            self.page.get_by_label(label).fill(text)
        self.page.get_by_role("button", name="Pay").click()
        self.page.get_by_role("heading", name="Your tickets are here").wait_for(timeout=20_000)
        self.take("success")
        self.page.get_by_role("link", name="Keep this link").click()
        self.take("purchase")
        self.page.get_by_role("link", name=re.compile("Weekend")).first.click()
        self.take("ticket")
        self.open(self.mailbox)
        self.take("mailbox")
        self.page.get_by_role("link", name=re.compile("ticket", re.IGNORECASE)).first.click()
        self.take("mail")

    def look_around(self) -> None:
        for name, path in (
            ("sold-out", "/e/tamsin-orrevall"),
            ("not-yet", "/e/ballast"),
            ("few-left", "/e/ink-by-hand"),
            ("nothing-found", "/?q=xylophone+in+space"),
            ("empty-cart", "/cart"),
            ("no-such-page", "/no-such-page"),
        ):
            self.open(self.site + path)
            self.take(name)


def tours(browser: Browser, site: str, mailbox: str, folder: Path, sizes: list[int]) -> Iterator[Tour]:
    for theme in THEMES:
        for width in sizes:
            context = browser.new_context(
                viewport={"width": width, "height": SIZES.get(width, 800)}, color_scheme=theme, reduced_motion="reduce"
            )
            context.set_default_timeout(20_000)
            yield Tour(context.new_page(), site, mailbox, folder, f"{width}-{theme}")
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site")
    parser.add_argument("mailbox")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, action="append", help="of 360, 768, 1280; all of them unless given")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for tour in tours(browser, asked.site, asked.mailbox, asked.folder, asked.width or list(SIZES)):
            tour.look_around()
            tour.buy()
        browser.close()


if __name__ == "__main__":
    main()
