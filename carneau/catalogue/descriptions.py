from collections.abc import MutableMapping
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"}
SCHEMES = ("http://", "https://", "mailto:")


def _below_the_page_headings(state: StateCore) -> None:
    """An organiser's headings stand under the page's own h1 and h2, whatever level they begin at, and skip none."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(levels.index(token.tag) + 3, 6)}"


def _words_of_picture(_renderer: Any, tokens: Any, index: int, _options: Any, _env: MutableMapping[str, Any]) -> str:
    return nh3.clean_text(tokens[index].content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.core.ruler.push("below_the_page_headings", _below_the_page_headings)
    parser.add_render_rule("image", _words_of_picture)
    return parser


PARSER = _parser()


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3 would keep `title` everywhere, `//host` and relative links: only a full address is a link of an organiser."""
    if (tag, name) == ("a", "href"):
        return value if value.lower().startswith(SCHEMES) else None
    return value if (tag, name) in (("a", "rel"), ("ol", "start")) else None


def render(markdown: str) -> str:
    """Safe HTML of an organiser's Markdown: no pictures, no HTML of their own, links leave with nofollow."""
    return nh3.clean(
        PARSER.render(markdown),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
