"""Plain values into bank files, so that what is read back is the same."""

from pathlib import Path
from typing import Any

import yaml

from questions.bankfiles.format import Bank, BankMisconception, BankQuestion, BankSide


class _Dumper(yaml.SafeDumper):
    """Keeps fields in order and writes texts of several lines as blocks, as authors do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_bank(bank: Bank, folder: Path) -> list[Path]:
    """Writes a whole bank into a folder that is new or empty; gives the files written.

    Raises   FileExistsError if the folder holds anything already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; export into a new folder")
    files: dict[str, str] = {"blueprint.yaml": _dump(_blueprint(bank))}
    domain_of = bank.domain_of_topic
    for topic, domain in domain_of.items():
        if questions := [question for question in bank.questions if question.topics[0] == topic]:
            files[f"questions/{domain}/{topic}.yaml"] = _dump([question_values(q) for q in questions])
    for domain in sorted({misconception.domain for misconception in bank.misconceptions}):
        pairs = [_misconception(pair) for pair in bank.misconceptions if pair.domain == domain]
        files[f"misconceptions/{domain}.yaml"] = _dump(pairs)
    for lab in bank.labs:
        values = {"topic": lab.topic, "title": lab.title, "minutes": lab.minutes, "steps": lab.steps}
        files[f"labs/{lab.slug}.yaml"] = _dump({**values, "self_checks": list(lab.self_checks)})
    for topic, text in bank.notes.items():
        files[f"notes/{topic}.md"] = text + "\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [folder / name for name in files]


def question_values(question: BankQuestion) -> dict[str, Any]:
    """A question as the mapping that its file holds; empty optional fields are left out."""
    values: dict[str, Any] = {
        "slug": question.slug,
        "topics": list(question.topics),
        "level": question.level,
        "pilot": question.pilot,
        "scenario": question.scenario,
        "stem": question.stem,
        "select": question.select,
        "verified_on": question.verified_on,
        "options": [
            _without_empty({"text": o.text, "key": o.key, "rationale": o.rationale, "misconception": o.misconception})
            for o in question.options
        ],
        "references": [
            _without_empty(
                {"url": r.url, "title": r.title, "verified_on": r.verified_on, "page_updated": r.page_updated}
            )
            for r in question.references
        ],
        "alike": list(question.alike),
    }
    return {name: value for name, value in values.items() if value not in ("", [], None)}


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", False)}


def _misconception(pair: BankMisconception) -> dict[str, Any]:
    def side(half: BankSide) -> dict[str, Any]:
        return half.as_json()

    return {"code": pair.code, "name": pair.name, "left": side(pair.left), "right": side(pair.right)}


def _blueprint(bank: Bank) -> dict[str, Any]:
    blueprint = bank.blueprint
    names = (
        "code", "name", "version", "effective_on", "minutes",
        "scored_count", "pilot_count", "pass_percent", "scoring_rule",
    )  # fmt: skip
    values = {name: getattr(blueprint, name) for name in names}
    if blueprint.retake_after_days:
        values["retake_after_days"] = list(blueprint.retake_after_days)
    values["domains"] = [
        {
            "code": domain.code,
            "letters": domain.letters,
            "name": domain.name,
            "weight_percent": domain.weight_percent,
            "topics": [
                _without_empty({"code": topic.code, "name": topic.name, "summary": topic.summary})
                | ({"foundations": list(topic.foundations)} if topic.foundations else {})
                for topic in domain.topics
            ],
        }
        for domain in blueprint.domains
    ]
    return values


def _dump(values: Any) -> str:
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
