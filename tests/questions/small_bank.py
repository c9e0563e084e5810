"""A bank of three questions as files, to change and to break."""

from pathlib import Path
from typing import Any

import yaml

BLUEPRINT: dict[str, Any] = {
    "code": "tiny",
    "name": "Tiny exam",
    "version": 1,
    "effective_on": "2026-01-01",
    "minutes": 10,
    "scored_count": 2,
    "pilot_count": 0,
    "pass_percent": 72,
    "scoring_rule": "all_or_nothing",
    "domains": [
        {
            "code": "platform",
            "letters": "PL",
            "name": "Platform",
            "weight_percent": 60,
            "topics": [
                {"code": "dynos", "name": "Dynos", "summary": "What runs."},
                {"code": "slugs", "name": "Slugs", "foundations": ["dynos"]},
            ],
        },
        {
            "code": "data",
            "letters": "DA",
            "name": "Data",
            "weight_percent": 40,
            "topics": [{"code": "postgres", "name": "Postgres"}],
        },
    ],
}

SCENARIOS = {
    "dynos-web": "A museum in Lima runs one small web app and little money is left.",
    "dynos-two": "A bakery chain in Porto sends mail at night, sells bread by day, closes on Sunday and grows fast.",
    "postgres-plan": "A clinic in Accra keeps patient records, wants daily copies, fast queries and a standby.",
}


def question(slug: str, topic: str, **changes: Any) -> dict[str, Any]:
    """One question that breaks no rule; the first option is its key."""
    select = changes.get("select", 1)
    texts = ["Basic dynos", "Standard dynos", "Private dynos", "Performance dynos", "Eco dynos"]
    values = {
        "slug": slug,
        "topics": [topic],
        "level": 3,
        "scenario": SCENARIOS.get(slug, SCENARIOS["dynos-web"]),
        "stem": "Which dyno fits?" + (" Choose two." if select == 2 else ""),
        "select": select,
        "verified_on": "2026-11-23",
        "options": [
            {
                "text": text,
                "key": number < select,
                "rationale": f"{text} would be chosen where their price buys what the app needs.",
                **({"misconception": "out-up"} if number == 3 else {}),
            }
            for number, text in enumerate(texts[: 4 if select == 1 else 5])
        ],
        "references": [
            {
                "url": "https://devcenter.heroku.com/articles/dyno-tiers",
                "title": "Dyno Tiers",
                "verified_on": "2026-11-23",
                "page_updated": "2025-04",
            }
        ],
    }
    return values | changes


def small_bank(folder: Path) -> Path:
    """Writes the bank into a folder and gives it back."""
    write_yaml(folder / "blueprint.yaml", BLUEPRINT)
    write_yaml(
        folder / "questions/platform/dynos.yaml",
        [question("dynos-web", "dynos"), question("dynos-two", "dynos", select=2)],
    )
    write_yaml(folder / "questions/data/postgres.yaml", [question("postgres-plan", "postgres", alike=["plans"])])
    write_yaml(
        folder / "misconceptions/platform.yaml",
        [
            {
                "code": "out-up",
                "name": "Out ↔ Up",
                "left": {"name": "Out", "choose_when": "Many requests come.", "points": ["More dynos"]},
                "right": {"name": "Up", "choose_when": "One request is heavy.", "points": ["Bigger dynos"]},
            }
        ],
    )
    write_yaml(
        folder / "labs/two-dynos.yaml",
        {
            "topic": "dynos",
            "title": "Run two dynos",
            "minutes": 20,
            "steps": ["Deploy an app.", "Run `heroku ps:scale web=2`."],
            "self_checks": ["Two dynos are listed"],
        },
    )
    (folder / "notes").mkdir()
    (folder / "notes/dynos.md").write_text("# Dynos\n\nWhat they are.\n")
    return folder


def change_question(folder: Path, named: str, /, **changes: Any) -> None:
    """Changes fields of one question in whatever file it stands."""
    for file in folder.glob("questions/*/*.yaml"):
        entries = yaml.safe_load(file.read_text())
        for entry in entries:
            if entry["slug"] == named:
                entry.update(changes)
        write_yaml(file, entries)


def write_yaml(file: Path, values: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False))
