"""What every published question must satisfy: for bank files, the admin, imports and check_bank alike.

These are the rules without which a question cannot be graded or explained. Matters of craft are in `questions/lint/`.
"""

import re
from collections.abc import Collection, Iterator

from questions.bankfiles import Bank, BankQuestion, Problem

NUMBER_WORDS = {2: "two", 3: "three", 4: "four"}
OPTIONS_LEAST, OPTIONS_MOST = 3, 8
_CHOOSE = re.compile(r"\b(?:choose|select)\s+(?:the\s+)?(two|three|four|[2-4])\b", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_LOOSE_LINK = re.compile(r"\]\(\s*<?(?://|(?!https?://)[a-z][a-z0-9+.-]*:)", re.IGNORECASE)


def question_problems(question: BankQuestion) -> list[Problem]:
    """Everything that keeps a question from being published, each with the field it is about."""
    return [
        Problem(question.file, question.slug, field, text)
        for part in (_form, _options, _references, _markdown)
        for field, text in part(question)
    ]


def bank_problems(bank: Bank) -> list[Problem]:
    """`question_problems` of a whole bank, and names of topics and misconceptions that nobody defined."""
    topics = set(bank.domain_of_topic)
    codes = {misconception.code for misconception in bank.misconceptions}
    problems: list[Problem] = []
    for question in bank.questions:
        problems.extend(question_problems(question))
        problems.extend(unknown_names(question, topics, codes))
    return problems


def unknown_names(
    question: BankQuestion, topics: Collection[str], misconceptions: Collection[str]
) -> Iterator[Problem]:
    for topic in question.topics:
        if topic not in topics:
            yield Problem(question.file, question.slug, "topics", f"there is no topic “{topic}”")
    for number, option in enumerate(question.options, start=1):
        if option.misconception and option.misconception not in misconceptions:
            yield Problem(
                question.file,
                question.slug,
                f"options[{number}].misconception",
                f"there is no misconception “{option.misconception}”",
            )


def stated_count(stem: str) -> int | None:
    """How many answers the stem asks for in words, such as 2 for “Choose two.”; None if it does not say."""
    found = _CHOOSE.search(stem)
    if not found:
        return None
    word = found.group(1).lower()
    return int(word) if word.isdigit() else {text: number for number, text in NUMBER_WORDS.items()}[word]


def _form(question: BankQuestion) -> Iterator[tuple[str, str]]:
    if not question.topics:
        yield "topics", "needs at least one topic; the first decides the domain"
    if not question.stem.strip():
        yield "stem", "is empty"
    if question.verified_on is None:
        yield "verified_on", "says on which day the facts were last checked; it is missing"
    asked = stated_count(question.stem)
    if question.select > 1 and asked != question.select:
        word = NUMBER_WORDS.get(question.select, str(question.select))
        yield "stem", f"must say “Choose {word}.”, because {question.select} options are to be chosen"
    if question.select == 1 and asked is not None:
        yield "stem", f"asks for {asked} answers, but one is to be chosen"


def _options(question: BankQuestion) -> Iterator[tuple[str, str]]:
    options = question.options
    if not OPTIONS_LEAST <= len(options) <= OPTIONS_MOST:
        yield "options", f"needs {OPTIONS_LEAST} to {OPTIONS_MOST} options, has {len(options)}"
    if len(question.keys) != question.select:
        yield "select", f"says {question.select}, but {len(question.keys)} options are marked right"
    if options and len(question.keys) == len(options):
        yield "options", "are all right; at least one must be wrong"
    seen: dict[str, int] = {}
    for number, option in enumerate(options, start=1):
        place = f"options[{number}]"
        if not option.text.strip():
            yield f"{place}.text", "is empty"
        if not option.rationale.strip():
            yield f"{place}.rationale", "is missing: say why it is right, or when it would be right and why not here"
        if option.key and option.misconception:
            yield f"{place}.misconception", "belongs to a wrong option; this one is right"
        same = " ".join(option.text.lower().split()).rstrip(".")
        if same and same in seen:
            yield f"{place}.text", f"says the same as option {seen[same]}"
        seen.setdefault(same, number)


def _references(question: BankQuestion) -> Iterator[tuple[str, str]]:
    if not question.references:
        yield "references", "needs at least one page that the facts rest on"
    for number, reference in enumerate(question.references, start=1):
        if not reference.url.startswith("https://"):
            yield f"references[{number}].url", "must begin with https://"
        if not reference.title.strip():
            yield f"references[{number}].title", "is missing"


def _markdown(question: BankQuestion) -> Iterator[tuple[str, str]]:
    texts = [("scenario", question.scenario), ("stem", question.stem)]
    for number, option in enumerate(question.options, start=1):
        texts += [(f"options[{number}].text", option.text), (f"options[{number}].rationale", option.rationale)]
    for field, text in texts:
        if _IMAGE.search(text):
            yield field, "holds an image from elsewhere; images from other sites are not shown"
        elif _LOOSE_LINK.search(text):
            yield field, "holds a link that does not begin with https://"
