"""The load table names the row that a plain request to ``/v1/classify`` is, whatever the defaults are."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("msgspec", reason="needs the extra [server]")
FILE = Path(__file__).resolve().parents[1] / "benchmarks" / "load.py"


def load():
    """The load tool as a module."""
    found = importlib.util.spec_from_file_location("load_tool", FILE)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_one_row_is_the_default(monkeypatch):
    """Evidence and advice, as in the public contract; where the defaults change, the label moves."""
    tool = load()
    names = [tool.named(*case) for case in tool.CASES]
    assert [name for name in names if "default" in name] == ["reading, evidence, advice (default)"]
    plain = tool.Classify(text="", advice=False)
    monkeypatch.setattr(tool, "Classify", lambda text: plain)
    names = [tool.named(*case) for case in tool.CASES]
    assert [name for name in names if "default" in name] == ["reading, evidence (default)"]


def test_the_written_table_has_the_rows_of_the_tool():
    """What is in the repository was measured with these cases."""
    tool = load()
    written = (FILE.parent / "LOAD.md").read_text(encoding="utf-8")
    for case in tool.CASES:
        assert f"| {tool.named(*case)} | 1 |" in written
