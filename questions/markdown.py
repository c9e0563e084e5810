"""Authors' Markdown into HTML that is safe to show: raw HTML is text, and nothing is fetched from elsewhere."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

INLINE_TAGS = {"a", "br", "code", "del", "em", "strong"}
BLOCK_TAGS = INLINE_TAGS | {
    "blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}}
LINK_REL = "noopener"
CACHED_TEXTS = 8192
_OWN_PICTURE = re.compile(r"/static/[A-Za-z0-9_\-/]+\.(?:png|svg|webp)")


def _lower_headings(state: StateCore) -> None:
    """A text never brings a second page heading: # becomes h2, ## becomes h3."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PARSER.core.ruler.push("lower_headings", _lower_headings)


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    """Links lead to http(s) or inside this site; pictures come from our own static files; the rest is dropped."""
    if (tag, name) == ("a", "rel"):
        return LINK_REL
    if name not in ATTRIBUTES.get(tag, ()):  # nh3 lets title and lang through everywhere
        return None
    if name == "src":
        return value if _OWN_PICTURE.fullmatch(value) else None
    if name == "href":
        return value if _leads_somewhere_safe(value) else None
    return value


def _leads_somewhere_safe(address: str) -> bool:
    if any(character <= " " or character == "\\" for character in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return parts.scheme in ("http", "https") and bool(parts.netloc)
    return address.startswith(("/", "#")) and not address.startswith("//")


def _clean(html: str, tags: set[str]) -> SafeString:
    cleaned = nh3.clean(
        html,
        tags=tags,
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        attribute_filter=_safe_attribute,
        url_schemes={"http", "https"},
        link_rel=LINK_REL,
        strip_comments=True,
    )
    # A picture that lost its address would only show a broken frame.
    return mark_safe(re.sub(r"<img(?![^>]*\bsrc=)[^>]*>", "", cleaned))  # noqa: S308 (cleaned by nh3)


@lru_cache(maxsize=CACHED_TEXTS)
def render_markdown(text: str) -> SafeString:
    """Block Markdown (scenario, notes, labs) as safe HTML."""
    return _clean(_PARSER.render(text), BLOCK_TAGS)


@lru_cache(maxsize=CACHED_TEXTS)
def render_inline_markdown(text: str) -> SafeString:
    """Markdown of one running text (stem, option, rationale) as safe HTML without block elements."""
    return _clean(_PARSER.renderInline(" ".join(text.split())), INLINE_TAGS)
