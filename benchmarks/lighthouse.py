"""Lighthouse on the pages of a sitting: `python -m benchmarks.lighthouse [--runs 3]`.

Production with gunicorn and HTTPS (a certificate of its own) on SQLite, the whole bank, one candidate with a finished
and a running mock. Needs Chromium and Lighthouse, which is a Node program: `npm install lighthouse` anywhere, then
`LIGHTHOUSE=…/node_modules/.bin/lighthouse`; without that variable `lighthouse` on the PATH or `npx lighthouse` is
taken. Scores are medians; what fell short is listed with its audit.
"""

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.table import markdown
from tests.processes import House, free_port, on_sqlite, own_certificate

EMAIL, PASSWORD = "candidate@example.com", "correct horse battery staple"
CATEGORIES = ("performance", "accessibility", "best-practices")
# On a busy machine Chromium now and then gives no trace.
TRIES = 3
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 95}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3, help="per page and device")
    parser.add_argument("--devices", nargs="+", choices=["desktop", "mobile"], default=["desktop", "mobile"])
    asked = parser.parse_args()
    command, chromium = lighthouse(), browser()
    rows: list[dict[str, Any]] = []
    short: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory() as name,
        deployed(Path(name)) as house,
        opened(house, chromium, Path(name)) as (context, port),
    ):
        for page, address in pages_of(context, house.address):
            for device in asked.devices:
                reports = [run(command, address, port, device, Path(name)) for _ in range(asked.runs)]
                rows.append({"page": page, "device": device, **scores(reports)})
                short |= {f"{page}, {device}: {line}": "" for report in reports for line in shortcomings(report)}
    print(f"Lighthouse {reports[0]['lighthouseVersion']}, median of n = {asked.runs} runs; goals {GOALS}\n")
    print(markdown(list(rows[0]), rows))
    for line in short:
        print(f"- {line}")


def lighthouse() -> list[str]:
    """How to call it. Exits, saying what is missing."""
    if given := os.environ.get("LIGHTHOUSE"):
        return shlex.split(given)
    if found := shutil.which("lighthouse"):
        return [found]
    if npx := shutil.which("npx"):
        return [npx, "--yes", "lighthouse"]
    sys.exit("Lighthouse needs Node: install Node, then `npm install lighthouse`, and set LIGHTHOUSE to its program.")


def browser() -> str:
    found = os.environ.get("PREP_CHROMIUM") or shutil.which("chromium")
    return found or sys.exit("Chromium is missing: install it, or set PREP_CHROMIUM to a Chrome.")


@contextmanager
def deployed(folder: Path) -> Iterator[House]:
    house = House(on_sqlite(folder / "var"), folder, tls=own_certificate(folder))
    house.manage("collectstatic", "--no-input", "--verbosity", "0")
    house.run_line("release")
    house.env["PREP_DEMO_PASSWORD"] = PASSWORD
    house.manage("seed_demo", "--anywhere")
    try:
        house.start("web")
        yield house
    finally:
        house.stop()


@contextmanager
def opened(house: House, chromium: str, folder: Path) -> Iterator[tuple[BrowserContext, int]]:
    """A browser that Lighthouse can join: its default context, and its debugging port."""
    port = free_port()
    arguments = ["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=chromium,
            headless=True,
            args=arguments,
            base_url=house.address,
            ignore_https_errors=True,
        )
        try:
            yield context, port
        finally:
            context.close()


def pages_of(context: BrowserContext, address: str) -> Iterator[tuple[str, str]]:
    """The candidate's pages, each ready when it is asked for: the mock begins after its start page was measured."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today/")
    page.goto("/exams/")
    finished = page.locator("#past [data-attempt]").first.get_attribute("data-attempt")
    yield "start", f"{address}/exams/start/"
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    page.wait_for_selector("#option-list label")
    room = page.url.split("#")[0]
    # Left alone, so that the room is open once.
    page.goto("about:blank")
    yield "exam", room
    yield "result", f"{address}/exams/{finished}/result/"
    yield "review", f"{address}/exams/{finished}/review/?show=all"


def run(command: list[str], address: str, port: int, device: str, folder: Path) -> dict[str, Any]:
    output = folder / "report.json"
    options = [f"--port={port}", "--output=json", f"--output-path={output}", "--quiet", "--disable-storage-reset"]
    options += [f"--only-categories={','.join(CATEGORIES)}"] + (["--preset=desktop"] if device == "desktop" else [])
    for _ in range(TRIES):
        done = subprocess.run([*command, address, *options], capture_output=True, text=True, timeout=900, check=False)
        if done.returncode == 0:
            break
    else:
        sys.exit(f"Lighthouse failed on {address}:\n{done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(output.read_text())
    if report.get("finalDisplayedUrl", address).split("#")[0].split("?")[0] != address.split("?")[0]:
        sys.exit(f"{address} led to {report['finalDisplayedUrl']}: nothing was measured.")
    return report


def scores(reports: list[dict[str, Any]]) -> dict[str, Any]:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    found: dict[str, Any] = {
        name: round(100 * median([report["categories"][name]["score"] for report in reports])) for name in CATEGORIES
    }
    audits = [report["audits"] for report in reports]
    largest = median([audit["largest-contentful-paint"]["numericValue"] for audit in audits])
    shift = max(audit["cumulative-layout-shift"]["numericValue"] for audit in audits)
    weight = median([audit["total-byte-weight"]["numericValue"] for audit in audits])
    return {**found, "LCP, ms": round(largest), "CLS, most": f"{shift:.3f}", "kB": round(weight / 1000)}


def shortcomings(report: dict[str, Any]) -> list[str]:
    """Audits with weight that a category below 100 did not get whole."""
    lines = []
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                lines.append(f"{category['title']}: {audit['title']}")
    return lines


if __name__ == "__main__":
    main()
