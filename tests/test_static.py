"""Static files are what their manifest says, and colours stay legible."""

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()


def _manifest() -> list[tuple[str, str]]:
    rows = (STATIC / "vendor" / "README.md").read_text().splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return [(row[0], row[4]) for row in cells if re.fullmatch(r"[0-9a-f]{64}", row[4])]


@pytest.mark.pure
@pytest.mark.parametrize(("name", "digest"), _manifest())
def test_vendored_file_is_the_one_in_the_manifest(name, digest):
    assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest


@pytest.mark.pure
def test_every_vendored_file_is_in_the_manifest():
    named = {name for name, _ in _manifest()}
    documents = {"README.md", "pico.LICENSE.md", "figtree.OFL.txt"}
    assert {path.name for path in (STATIC / "vendor").iterdir()} - documents == named


@pytest.mark.pure
def test_vendored_styles_name_no_source_map():
    for path in (STATIC / "vendor").glob("*.css"):
        assert "sourceMappingURL" not in path.read_text()


def _block(pattern: str) -> dict[str, str]:
    match = re.search(pattern + r"\s*\{(.*?)\}", TOKENS, re.DOTALL)
    assert match, pattern
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", match[1]))


LIGHT = _block(r':root,\s*:root\[data-theme="light"\]')
DARK = _block(r':root\[data-theme="dark"\]')


@pytest.mark.pure
def test_both_dark_blocks_are_equal():
    system = _block(r'@media \(prefers-color-scheme: dark\)\s*\{\s*:root:not\(\[data-theme="light"\]\)')
    assert system == DARK


def _luminance(colour: str) -> float:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    (ink, ground)
    for ink in ("--ink", "--ink-soft", "--muted", "--accent")
    for ground in ("--paper", "--surface", "--sunken", "--raised")
] + [(name, f"{name}-soft") for name in ("--positive", "--caution", "--critical")]


@pytest.mark.pure
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_legible(scheme, ink, ground):
    assert _contrast(scheme[ink], scheme[ground]) >= 4.5
