"""The coverage page is current, and what it points at is there."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

from temperament import playbook
from temperament.advice import recommend
from temperament.labels import Reading

ROOT = Path(__file__).resolve().parent.parent
ROWS = yaml.safe_load((ROOT / "docs" / "rows.yaml").read_text(encoding="utf-8"))
BOOK = playbook.shipped()


@pytest.fixture(scope="module")
def coverage():
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "docs" / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(coverage):
    """Refresh it with ``python docs/coverage.py``."""
    assert (ROOT / "docs" / "COVERAGE.md").read_text(encoding="utf-8") == coverage.page()


def test_every_row_has_entries_and_a_command(coverage):
    """All 125 rows of the requirements, each answered by something."""
    assert [row["row"] for row in ROWS] == list(range(1, 126))
    assert [row["row"] for row in ROWS if not coverage.entries_of(row)] == []
    lines = [line for line in coverage.page().splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(lines) == 125
    assert [line for line in lines if "`temperament " not in line] == []


def test_the_rows_are_the_requirements(shared):
    """Numbers, names and lines are those of the requirements' table."""
    text = (shared / "requirements.md").read_text(encoding="utf-8").split("## 3.")[1].split("## 4.")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    wanted = {
        int(row[0]): (row[2].replace("**", ""), row[1]) for row in rows if len(row) == 5 and row[0].strip().isdigit()
    }
    assert {row["row"]: (row["name"], row["lines"]) for row in ROWS} == wanted


def test_commands_of_guidelines_show_them(coverage):
    """Where the page says that ``advise`` shows a guideline, the advice holds it."""
    checked = 0
    for one in BOOK.guidelines.values():
        command = coverage._command("guidelines", one)
        if not command.startswith("temperament advise "):
            continue
        advice = recommend(
            Reading.of(state=one.states[0] if one.states else "calm"),
            one.channels[0] if one.channels else None,
            industry=one.industries[0] if one.industries else None,
        )
        assert one.id in [note.entry for note in advice.notes], one.id
        checked += 1
    assert checked > 40
