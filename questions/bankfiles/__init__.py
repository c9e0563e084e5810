"""The bank as files that people read and review: format, reading, writing. No database here."""

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
from questions.bankfiles.reading import parse_bank, question_from, read_bank
from questions.bankfiles.records import Record
from questions.bankfiles.writing import question_values, write_bank

__all__ = [
    "Bank",
    "BankBlueprint",
    "BankDomain",
    "BankFileError",
    "BankLab",
    "BankMisconception",
    "BankOption",
    "BankQuestion",
    "BankReference",
    "BankSide",
    "BankTopic",
    "Problem",
    "Record",
    "parse_bank",
    "question_from",
    "question_values",
    "read_bank",
    "write_bank",
]
