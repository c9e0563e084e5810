"""The checks of check_bank: pure, without the database. The admin shows those of one question on save."""

from questions.lint.findings import Finding, Weight
from questions.lint.guessers import GuesserResult, blind_guessers
from questions.lint.question import check_question
from questions.lint.report import BankReport, check_bank, check_bank_files

__all__ = [
    "BankReport",
    "Finding",
    "GuesserResult",
    "Weight",
    "blind_guessers",
    "check_bank",
    "check_bank_files",
    "check_question",
]
