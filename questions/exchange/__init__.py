"""Questions to and from other systems: JSON, CSV, Moodle XML. Pure: bytes in, rows out."""

from questions.exchange.csv_format import neutralised, read_csv, write_csv
from questions.exchange.json_format import exported, read_json, write_json
from questions.exchange.moodle_format import read_moodle
from questions.exchange.rows import ImportRow, UnreadableFile

__all__ = [
    "ImportRow",
    "UnreadableFile",
    "exported",
    "neutralised",
    "read_csv",
    "read_json",
    "read_moodle",
    "write_csv",
    "write_json",
]
