"""Checks of one question: cues that give the key away, and craft. The admin shows the same on save."""

import re
from collections.abc import Callable, Iterator

from questions.bankfiles import BankQuestion
from questions.lint.findings import Finding, error, warning
from questions.lint.words import absolutes, content_words, longest_sentence, reading_grade
from questions.rules import question_problems

OPTION_COUNTS = (4, 5)
KEY_LENGTH_RATIO = 1.4
HIGHEST_GRADE = 14.0
LONGEST_SENTENCE = 38
SHORTEST_RATIONALE = 30
LONGEST_RATIONALE_SENTENCES = 4
_ABOVE = re.compile(
    r"\b(all|none|both|neither) of the (above|options|answers)\b|\b(both|neither) [A-E] (and|nor) [A-E]\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(not|except|least|isn't|doesn't|cannot)\b")
_ARTICLE_END = re.compile(r"\b(a|an)\s*[:?]?$", re.IGNORECASE)
_BLAME = re.compile(r"^(this is )?(in)?correct\b", re.IGNORECASE)

Place = tuple[str, str, str]  # check, field, text


def check_question(question: BankQuestion) -> list[Finding]:
    """Everything there is to say about one question by itself: broken rules as errors, craft as warnings."""
    findings = [
        error("rule", problem.text, slug=question.slug, field=problem.field, file=question.file)
        for problem in question_problems(question)
    ]
    for check in _ERRORS:
        findings += [error(n, t, slug=question.slug, field=f, file=question.file) for n, f, t in check(question)]
    for check in _WARNINGS:
        findings += [warning(n, t, slug=question.slug, field=f, file=question.file) for n, f, t in check(question)]
    return findings


def _option_count(question: BankQuestion) -> Iterator[Place]:
    if len(question.options) not in OPTION_COUNTS:
        yield "option-count", "options", f"has {len(question.options)} options; four or five are the exam's form"


def _of_the_above(question: BankQuestion) -> Iterator[Place]:
    for number, option in enumerate(question.options, start=1):
        if _ABOVE.search(option.text):
            yield "of-the-above", f"options[{number}].text", "leans on the other options; say what it means itself"


def _key_length(question: BankQuestion) -> Iterator[Place]:
    keys = [len(option.text) for option in question.options if option.key]
    others = [len(option.text) for option in question.options if not option.key]
    if not keys or not others:
        return
    if min(keys) > KEY_LENGTH_RATIO * max(others):
        yield "key-length", "options", "the right option is by far the longest; give the wrong ones the same detail"
    if max(keys) * KEY_LENGTH_RATIO < min(others):
        yield "key-length", "options", "the right option is by far the shortest"


def _absolutes(question: BankQuestion) -> Iterator[Place]:
    in_keys = {word for option in question.options if option.key for word in absolutes(option.text)}
    in_others = {word for option in question.options if not option.key for word in absolutes(option.text)}
    if in_others and not in_keys:
        words = ", ".join(sorted(in_others))
        yield "absolutes", "options", f"absolute words stand in wrong options only: {words}"


def _echo(question: BankQuestion) -> Iterator[Place]:
    """Words of the stem that come back in every key and in no distractor."""
    stem = content_words(question.stem)
    keys = [content_words(option.text) for option in question.options if option.key]
    others = [content_words(option.text) for option in question.options if not option.key]
    if not keys:
        return
    echoed = stem & frozenset.intersection(*keys)
    echoed -= frozenset().union(*others)
    if echoed:
        yield "stem-echo", "options", f"only the right option repeats the stem: {', '.join(sorted(echoed))}…"


def _grammar(question: BankQuestion) -> Iterator[Place]:
    texts = [option.text.strip() for option in question.options if option.text.strip()]
    if not texts:
        return
    if _ARTICLE_END.search(question.stem.strip()):
        yield "grammar", "stem", "ends with “a” or “an”, which fits some options only; end it before the article"
    stops = [text.endswith(".") for text in texts]
    if len(set(stops)) > 1 and _only_keys_differ(question, stops):
        yield "grammar", "options", "a full stop sets the right option apart"
    capitals = [text[0].isupper() for text in texts if text[0].isalpha()]
    if len(set(capitals)) > 1:
        yield "grammar", "options", "some options begin with a capital letter and some do not"
    forms = [_form(text) for text in texts]
    if len(forms) == len(question.options) and _only_keys_differ(question, forms):
        yield "grammar", "options", "the right option has another form of words than all others"


def _only_keys_differ(question: BankQuestion, marks: list[str] | list[bool]) -> bool:
    keys = {mark for mark, option in zip(marks, question.options, strict=False) if option.key}
    others = {mark for mark, option in zip(marks, question.options, strict=False) if not option.key}
    return len(others) == 1 and len(keys) == 1 and keys != others


def _form(text: str) -> str:
    """The outward form of an option by its first word: “-ing”, “to …”, an article, or anything else."""
    first = re.split(r"\W+", text.strip(), maxsplit=1)[0].lower()
    if first in ("a", "an", "the"):
        return "article"
    if first == "to":
        return "to"
    return "-ing" if first.endswith("ing") and len(first) > 4 else "other"


def _negative(question: BankQuestion) -> Iterator[Place]:
    found = _NEGATIVE.search(question.stem)
    if found and f"**{found.group()}" not in question.stem:
        yield "negative-stem", "stem", f"asks by “{found.group()}”; ask for what is right, or set the word in bold"


def _reading(question: BankQuestion) -> Iterator[Place]:
    text = f"{question.scenario}\n{question.stem}"
    grade = reading_grade(text)
    if grade > HIGHEST_GRADE:
        yield "reading", "scenario", f"reads like school year {grade:.0f}; shorter words and sentences help everybody"
    if (words := longest_sentence(text)) > LONGEST_SENTENCE:
        yield "reading", "scenario", f"has a sentence of {words} words"


def _rationales(question: BankQuestion) -> Iterator[Place]:
    for number, option in enumerate(question.options, start=1):
        text = option.rationale.strip()
        if text and len(text) < SHORTEST_RATIONALE:
            yield "rationale", f"options[{number}].rationale", "is too short to teach anything"
        if _BLAME.search(text):
            yield "rationale", f"options[{number}].rationale", "says right or wrong; say why instead"
    reasons = [" ".join(option.rationale.lower().split()) for option in question.options if option.rationale.strip()]
    if len(set(reasons)) < len(reasons):
        yield "rationale", "options", "two options share the same rationale"


def _misconceptions(question: BankQuestion) -> Iterator[Place]:
    wrong = [option for option in question.options if not option.key]
    if wrong and not any(option.misconception for option in wrong):
        yield "misconception", "options", "no wrong option names the misconception that it stands for"


_ERRORS: tuple[Callable[[BankQuestion], Iterator[Place]], ...] = (_of_the_above,)
_WARNINGS: tuple[Callable[[BankQuestion], Iterator[Place]], ...] = (
    _option_count,
    _key_length,
    _absolutes,
    _echo,
    _grammar,
    _negative,
    _reading,
    _rationales,
    _misconceptions,
)
