"""Measured figures as a Markdown table, to be pasted into the documents as they come."""

from collections.abc import Mapping, Sequence


def markdown(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """A Markdown table; fractions with four decimals, everything else as it prints."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(_cell(row[column]) for column in columns) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and abs(value) < 10 else str(value)
