"""Bank files (YAML, Markdown) into plain values.

blueprint.yaml                        the exam's format, domains and topics
questions/<domain>/<topic>.yaml       a list of questions whose first topic is that topic
misconceptions/<domain>.yaml          a list of contrast pairs
labs/<slug>.yaml · notes/<topic>.md   hands-on exercises, topic notes
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from questions.bankfiles.format import (
    Bank,
    BankBlueprint,
    BankDomain,
    BankFileError,
    BankLab,
    BankMisconception,
    BankOption,
    BankQuestion,
    BankReference,
    BankSide,
    BankTopic,
    Problem,
)
from questions.bankfiles.records import Record

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NO_DAY = date.min


def read_bank(path: Path) -> Bank:
    """The bank in a folder.

    Raises   BankFileError with every problem of its form: file, slug, field, what is wrong.
    """
    bank, problems = parse_bank(path)
    if problems or bank is None:
        raise BankFileError(problems)
    return bank


def parse_bank(path: Path) -> tuple[Bank | None, list[Problem]]:
    """The bank as far as it can be read, and every problem of its form. No blueprint, no bank."""
    problems: list[Problem] = []
    blueprint = _read_blueprint(path, problems)
    if blueprint is None:
        return None, problems
    bank = Bank(
        blueprint=blueprint,
        questions=tuple(_read_questions(path, problems)),
        misconceptions=tuple(_read_misconceptions(path, problems)),
        labs=tuple(_read_labs(path, problems)),
        notes={file.stem: file.read_text("utf-8").strip() for file in sorted(path.glob("notes/*.md"))},
    )
    problems.extend(_misplaced(bank))
    return bank, problems


def question_from(record: Record) -> BankQuestion:
    """One question from a mapping; problems are noted in the record."""
    question = BankQuestion(
        slug=record.slug,
        topics=record.texts("topics", required=True),
        level=record.whole("level", 1, 5),
        pilot=record.flag("pilot"),
        scenario=record.text("scenario", required=False),
        stem=record.text("stem"),
        select=record.whole("select", 1, 9, default=1),
        verified_on=record.day("verified_on"),
        options=tuple(_option(option) for option in record.records("options")),
        references=tuple(_reference(reference) for reference in record.records("references")),
        alike=record.texts("alike"),
        file=record.file,
    )
    record.refuse_others()
    return question


def _option(record: Record) -> BankOption:
    option = BankOption(
        text=record.text("text"),
        key=record.flag("key"),
        rationale=record.text("rationale"),
        misconception=record.text("misconception", required=False),
    )
    record.refuse_others()
    return option


def _reference(record: Record) -> BankReference:
    reference = BankReference(
        url=record.text("url"),
        title=record.text("title"),
        verified_on=record.day("verified_on") or NO_DAY,
        page_updated=record.month("page_updated"),
    )
    record.refuse_others()
    return reference


def _read_questions(path: Path, problems: list[Problem]) -> Iterator[BankQuestion]:
    for file in sorted(path.glob("questions/*/*.yaml")):
        for record in _list_of(file, path, problems, named_by="slug"):
            yield question_from(record)


def _read_misconceptions(path: Path, problems: list[Problem]) -> Iterator[BankMisconception]:
    for file in sorted(path.glob("misconceptions/*.yaml")):
        for record in _list_of(file, path, problems, named_by="code"):
            yield BankMisconception(
                code=record.slug,
                name=record.text("name"),
                left=_side(record.record("left")),
                right=_side(record.record("right")),
                domain=file.stem,
                file=record.file,
            )
            record.refuse_others()


def _side(record: Record) -> BankSide:
    side = BankSide(record.text("name"), record.text("choose_when"), record.texts("points", required=True))
    record.refuse_others()
    return side


def _read_labs(path: Path, problems: list[Problem]) -> Iterator[BankLab]:
    for file in sorted(path.glob("labs/*.yaml")):
        values = _yaml_of(file, path, problems)
        if values is None:
            continue
        record = Record(values, file=_short(file, path), slug=file.stem, problems=problems)
        steps = record.values.get("steps")
        if isinstance(steps, list):
            texts = record.texts("steps", required=True)
            body = "\n".join(f"{number}. {step}" for number, step in enumerate(texts, start=1))
        else:
            body = record.text("steps")
        yield BankLab(
            slug=file.stem,
            topic=record.text("topic"),
            title=record.text("title"),
            minutes=record.whole("minutes", 5, 240),
            steps=body,
            self_checks=record.texts("self_checks", required=True),
        )
        record.refuse_others()


def _read_blueprint(path: Path, problems: list[Problem]) -> BankBlueprint | None:
    file = path / "blueprint.yaml"
    if not file.is_file():
        problems.append(Problem("blueprint.yaml", "", "", f"is not in {path.name}/; a bank needs it"))
        return None
    values = _yaml_of(file, path, problems)
    if values is None:
        return None
    record = Record(values, file="blueprint.yaml", problems=problems)
    blueprint = BankBlueprint(
        code=record.text("code"),
        name=record.text("name"),
        version=record.whole("version", 1, 9999),
        effective_on=record.day("effective_on") or NO_DAY,
        minutes=record.whole("minutes", 1, 600),
        scored_count=record.whole("scored_count", 1, 500),
        pilot_count=record.whole("pilot_count", 0, 100),
        pass_percent=record.whole("pass_percent", 0, 100),
        scoring_rule=record.text("scoring_rule"),
        retake_after_days=record.wholes("retake_after_days", 0, 366),
        domains=tuple(_domain(domain) for domain in record.records("domains")),
    )
    record.refuse_others()
    total = sum(domain.weight_percent for domain in blueprint.domains)
    if total != 100:
        record.note("domains", f"weigh {total} percent together; they must weigh 100")
    return blueprint


def _domain(record: Record) -> BankDomain:
    domain = BankDomain(
        code=record.text("code"),
        letters=record.text("letters"),
        name=record.text("name"),
        weight_percent=record.whole("weight_percent", 0, 100),
        topics=tuple(_topic(topic) for topic in record.records("topics")),
    )
    record.refuse_others()
    return domain


def _topic(record: Record) -> BankTopic:
    topic = BankTopic(
        code=record.text("code"),
        name=record.text("name"),
        summary=record.text("summary", required=False),
        foundations=record.texts("foundations"),
    )
    record.refuse_others()
    return topic


def _misplaced(bank: Bank) -> Iterator[Problem]:
    """Names that must be unique, and names that must exist."""
    domains = {domain.code for domain in bank.blueprint.domains}
    topics = [topic for domain in bank.blueprint.domains for topic in domain.topics]
    codes = {topic.code for topic in topics}
    yield from _repeated([("blueprint.yaml", topic.code) for topic in topics], "is a topic twice")
    yield from _repeated([(q.file, q.slug) for q in bank.questions], "is the slug of two questions")
    yield from _repeated([(m.file, m.code) for m in bank.misconceptions], "is a misconception twice")
    for topic in topics:
        for code in set(topic.foundations) - codes:
            yield Problem("blueprint.yaml", topic.code, "foundations", f"there is no topic “{code}”")
    for misconception in bank.misconceptions:
        if misconception.domain not in domains:
            yield Problem(misconception.file, "", "", f"there is no domain “{misconception.domain}”")
    for question in bank.questions:
        _, domain, name = question.file.split("/")
        first = question.topics[0] if question.topics else ""
        if (domain, name) != (bank.domain_of_topic.get(first, domain), f"{first or name[:-5]}.yaml"):
            yield Problem(question.file, question.slug, "topics", "the first topic is not this file's")
    for lab in bank.labs:
        if lab.topic not in codes:
            yield Problem(f"labs/{lab.slug}.yaml", lab.slug, "topic", f"there is no topic “{lab.topic}”")
    for code in sorted(set(bank.notes) - codes):
        yield Problem(f"notes/{code}.md", "", "", f"there is no topic “{code}”")


def _repeated(named: list[tuple[str, str]], text: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for file, name in named:
        if name in seen:
            yield Problem(file, name, "", text)
        seen.add(name)


def _list_of(file: Path, root: Path, problems: list[Problem], *, named_by: str) -> Iterator[Record]:
    values = _yaml_of(file, root, problems)
    short = _short(file, root)
    if values is not None and not isinstance(values, list):
        problems.append(Problem(short, "", "", "must be a list"))
        return
    for number, entry in enumerate(values or [], start=1):
        name = entry.get(named_by) if isinstance(entry, dict) else None
        record = Record(entry, file=short, slug=str(name or f"no. {number}"), problems=problems)
        record.text(named_by)
        yield record


def _yaml_of(file: Path, root: Path, problems: list[Problem]) -> Any:
    try:
        return yaml.load(file.read_text("utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader, in C where there is one)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(_short(file, root), "", "", f"cannot be read: {' '.join(str(error).split())}"))
        return None


def _short(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()
