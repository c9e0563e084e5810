"""Counting words, hedges, absolutes and syllables: the features that test-wise people go by."""

import re

ABSOLUTE = re.compile(
    r"\b(always|never|only|all|every|must|any|none|cannot|entirely|completely|impossible|guarantees?)\b",
    re.IGNORECASE,
)
HEDGE = re.compile(r"\b(may|might|can|could|usually|typically|often|some|sometimes|generally|likely)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_CODE = re.compile(r"`[^`]*`")
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE_END = re.compile(r"[.!?:;]+(?:\s|$)|\n+")
# Words of every scenario: to share them tells nothing.
COMMON = frozenset(
    """
    about after also another application architect because been before being between does each from have heroku
    into more most much must needs other over same should some such than that their them then there these they
    this those through time uses using want wants were what when where which while will with without would
    """.split()  # noqa: SIM905
)


def content_words(text: str) -> frozenset[str]:
    """Words of four letters or more that carry meaning, cut to their first six letters so that forms agree."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:6] for word in words if len(word) >= 4 and word not in COMMON)


def absolutes(text: str) -> list[str]:
    return [found.lower() for found in ABSOLUTE.findall(text)]


def hedges(text: str) -> list[str]:
    return [found.lower() for found in HEDGE.findall(text)]


def reading_grade(text: str) -> float:
    """School years needed to read a text, without its code. 0 for an empty one.

    Formula  0.39 × words per sentence + 11.8 × syllables per word − 15.59
    Source   Kincaid, Fishburne, Rogers & Chissom (1975), Flesch–Kincaid grade level.
    """
    sentences = [part for part in _SENTENCE_END.split(_CODE.sub("code", text)) if _WORD.search(part)]
    words = [word for part in sentences for word in _WORD.findall(part)]
    if not words:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def longest_sentence(text: str) -> int:
    """Words in the longest sentence."""
    parts = _SENTENCE_END.split(_CODE.sub("code", text))
    return max((len(_WORD.findall(part)) for part in parts), default=0)


def _syllables(word: str) -> int:
    lowered = word.lower()
    count = len(_VOWELS.findall(lowered))
    if lowered.endswith("e") and not lowered.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)
