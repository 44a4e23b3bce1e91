"""Notebooks are executed, run anew from start to end, and show no text that belongs to others."""

import html
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_QUOTE = 20
LARGEST = 1_000_000
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    """Return the code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def shown(path):
    """Return all text in the outputs of a notebook, without HTML tags."""
    outputs = [output for cell in code_cells(path) for output in cell["outputs"]]
    texts = ["".join(output.get("text", "")) for output in outputs]
    for output in outputs:
        data = output.get("data", {})
        texts.extend("".join(value) for kind, value in data.items() if kind.startswith("text/"))
    return html.unescape(re.sub(r"<[^>]+>", " ", "\n".join(texts)))


def test_there_are_notebooks():
    """The error analysis is there."""
    assert "error_analysis" in [path.stem for path in NOTEBOOKS]


@every_notebook
def test_a_notebook_is_executed(path):
    """Every code cell was run, in order, without an error; the file stays small enough for a repository."""
    cells = code_cells(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"] == []
    assert path.stat().st_size < LARGEST


@every_notebook
def test_outputs_hold_no_long_piece_of_a_real_message(path, shared):
    """No 21 characters in a row of any real message stand in the outputs: the texts belong to their authors."""
    size = LONGEST_QUOTE + 1
    text = shown(path)
    pieces = {text[start : start + size] for start in range(len(text) - size + 1)}
    quoted = []
    for name in ("real_dev", "real_train"):
        for line in (shared / "labels" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            real = row["text"]
            if any(real[start : start + size] in pieces for start in range(len(real) - size + 1)):
                quoted.append(row["id"])
    assert quoted == []


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("beside", ["shared", "nothing"])
@every_notebook
def test_a_notebook_runs(path, beside, request, monkeypatch, tmp_path):
    """It runs from start to end, with the real messages beside the repository and without."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("matplotlib")
    folder = request.getfixturevalue("shared") if beside == "shared" else tmp_path
    monkeypatch.setenv("TEMPERAMENT_SHARED", str(folder))
    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(book, timeout=600, kernel_name="python3", resources=place).execute()
    counts = [cell.execution_count for cell in book.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
