import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carneau.catalogue.descriptions import TAGS, render

TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s[^<>]*)?)>")


def test_what_organisers_write_is_kept():
    html = render("# Line-up\n\n*One* and **two**\n\n- a\n- b\n\n> said\n\n[site](https://a.example) <m@a.example>")

    assert "<h3>Line-up</h3>" in html
    assert "<em>One</em> and <strong>two</strong>" in html
    assert html.count("<li>") == 2
    assert '<a href="https://a.example" rel="nofollow noopener">site</a>' in html
    assert 'href="mailto:m@a.example"' in html


def test_headings_stand_below_those_of_the_page():
    assert [int(n) for n in re.findall(r"<h(\d)>", render("# a\n## b\n### c\n#### d\n##### e\n###### f"))] == [
        3, 4, 5, 6, 6, 6,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "attack",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.example)",
        "[x](/logout)",
        "[x](\\\\evil.example)",
        "<script>alert(1)</script>",
        "<img src=//evil.example/x onerror=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](//evil.example/pixel.png)",
        '![<script>alert(1)</script>](x "onerror=1")',
        '<a href="#" data-hx-get="/admin" hx-on:click="alert(1)">x</a>',
        '[x](https://a.example "a\\" data-hx-get=\\"/x")',
        "<style>*{display:none}</style>",
        "<svg/onload=alert(1)>",
        "<javascript:alert(1)>",
        "<iframe src=https://evil.example></iframe>",
        "<form action=/x><input name=card></form>",
        '</div><div class="notice">',
    ],
)
def test_attacks_come_out_as_words(attack):
    assert_harmless(render(attack))


@given(st.text() | st.lists(st.sampled_from([*"<>[]()!\"'`#*_\\/:& \n", "javascript:", "img", "hx-get="])).map(
    "".join))  # fmt: skip
def test_whatever_is_written_gives_only_tags_we_know(text):
    assert_harmless(render(text))


def assert_harmless(html):
    rest = html
    for match in TAG.finditer(html):
        closing, name, attributes = match.groups()
        assert name in TAGS
        if closing:
            assert not attributes
        for attribute, value in re.findall(r'([\w:-]+)="([^"]*)"', attributes):
            allowed = {"a": {"href", "rel"}, "ol": {"start"}}.get(name, set())
            assert attribute in allowed
            assert attribute != "href" or re.match(r"https?://|mailto:", value, re.I)
        rest = rest.replace(match.group(0), "", 1)
    assert "<" not in rest
