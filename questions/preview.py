"""How a question that may not be saved yet will look: in the exam and in review."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from questions.bankfiles import BankQuestion, BankReference
from questions.markdown import render_inline_markdown, render_markdown
from questions.models import Misconception
from questions.rules import NUMBER_WORDS

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class PreviewOption:
    letter: str
    html: SafeString
    is_key: bool
    rationale_html: SafeString
    misconception: str


@dataclass(frozen=True, slots=True)
class Preview:
    scenario_html: SafeString
    stem_html: SafeString
    select_count: int
    select_word: str
    options: tuple[PreviewOption, ...]
    references: tuple[BankReference, ...]


def preview_of(question: BankQuestion) -> Preview:
    """Rendered with the same Markdown rules as the exam; misconceptions by the name they have now."""
    codes = {option.misconception for option in question.options if option.misconception}
    names = dict(Misconception.objects.filter(code__in=codes).values_list("code", "name"))
    return Preview(
        scenario_html=render_markdown(question.scenario),
        stem_html=render_inline_markdown(question.stem),
        select_count=question.select,
        select_word=NUMBER_WORDS.get(question.select, str(question.select)),
        options=tuple(
            PreviewOption(
                letter=LETTERS[place % len(LETTERS)],
                html=render_inline_markdown(option.text),
                is_key=option.key,
                rationale_html=render_inline_markdown(option.rationale),
                misconception=names.get(option.misconception, ""),
            )
            for place, option in enumerate(question.options)
        ),
        references=question.references,
    )
