"""`check_bank`: every check over a bank, as one report for people and for machines."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from questions.bankfiles import Bank, parse_bank
from questions.coverage import DomainCoverage, coverage_of
from questions.lint.bank import (
    check_counts,
    check_doubles,
    check_freshness,
    check_key_places,
    check_misconceptions,
    check_names,
    check_repeated_options,
    check_shares,
)
from questions.lint.findings import Finding, Weight, error, warning
from questions.lint.guessers import (
    FEWEST_QUESTIONS,
    FEWEST_TO_SPEAK,
    GuesserResult,
    TrainedGuesser,
    blind_guessers,
    trained_guesser,
)
from questions.lint.question import check_question


@dataclass(frozen=True, slots=True)
class BankReport:
    """What check_bank found, with the coverage against need and the table of blind guessers."""

    questions: int
    pilots: int
    misconceptions: int
    findings: tuple[Finding, ...]
    coverage: tuple[DomainCoverage, ...]
    guessers: tuple[GuesserResult, ...]
    trained: TrainedGuesser = field(default_factory=lambda: TrainedGuesser((), ()))

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == Weight.ERROR]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == Weight.WARNING]

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": self.questions,
            "pilots": self.pilots,
            "misconceptions": self.misconceptions,
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
            "coverage": [asdict(domain) | {"missing": domain.missing} for domain in self.coverage],
            "guessers": [
                asdict(guesser) | {"difference": guesser.difference, "is_near_chance": guesser.is_near_chance}
                for guesser in self.guessers
            ],
            "trained": {"weights": dict(self.trained.weights), "surest": dict(self.trained.surest)},
        }


def check_bank_files(path: Path, today: date) -> BankReport:
    """Reads a folder as far as it can be read and checks what was read; form problems are errors too."""
    bank, problems = parse_bank(path)
    form = [error("form", p.text, slug=p.slug, field=p.field, file=p.file) for p in problems]
    if bank is None:
        return BankReport(0, 0, 0, tuple(form), (), ())
    return check_bank(bank, today, form)


def check_bank(bank: Bank, today: date, form: list[Finding] | None = None) -> BankReport:
    """Every check over a bank. `form` are findings of reading it; what they cover is not said twice."""
    findings = list(form or [])
    seen = {(finding.file, finding.slug, finding.field) for finding in findings}
    for question in bank.questions:
        findings += [f for f in check_question(question) if (f.file, f.slug, f.field) not in seen]
    for check in (check_names, check_counts, check_shares, check_doubles, check_repeated_options,
                  check_key_places, check_misconceptions):  # fmt: skip
        findings += check(bank)
    findings += check_freshness(bank, today)
    guessers = blind_guessers(bank.questions)
    findings += _guesser_findings(guessers)
    return BankReport(
        questions=len(bank.questions),
        pilots=sum(question.pilot for question in bank.questions),
        misconceptions=len(bank.misconceptions),
        findings=tuple(findings),
        coverage=tuple(coverage_of(bank.blueprint, bank.questions)),
        guessers=tuple(guessers),
        trained=trained_guesser(bank.questions),
    )


def _guesser_findings(guessers: list[GuesserResult]) -> list[Finding]:
    """Guessers away from chance are errors; with few questions chance itself wanders, so only a warning."""
    found = []
    for guesser in guessers:
        if guesser.is_near_chance or guesser.n < FEWEST_TO_SPEAK:
            continue
        text = (
            f"“{guesser.name}” hits {guesser.hit_rate:.1%} of {guesser.n} single-select questions; "
            f"chance is {guesser.chance:.1%}"
        )
        say = error if guesser.n >= FEWEST_QUESTIONS else warning
        found.append(say("blind-guesser", text))
    return found
