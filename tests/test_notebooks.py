"""Notebooks are executed, run anew from start to end, and show no text that belongs to others."""

import html
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_QUOTE = 20
LARGEST = 1_000_000
SLOW = {"error_analysis"}
"""They read 1,700 messages with the encoder: minutes on a small machine."""
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
    """The tour, the two how-tos and the error analysis are there."""
    assert {path.stem for path in NOTEBOOKS} >= {"error_analysis", "extend", "own_transcripts", "tour"}


def test_the_package_knows_no_notebook():
    """Notebooks import the package, never the reverse, and no notebook is part of the wheel."""
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "temperament").rglob("*.py"))]
    assert sources
    assert not [
        text for text in sources if re.search(r"^\s*(?:from|import) +(?:notebooks|IPython|nbformat)\b", text, re.M)
    ]
    assert not list((ROOT / "temperament").rglob("*.ipynb"))


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


def needs_shared(path):
    """Tell whether a notebook reads the texts beside the repository, and so runs in two ways."""
    return any("TEMPERAMENT_SHARED" in "".join(cell["source"]) for cell in code_cells(path))


def runs():
    """Return every notebook with what lies beside the repository; those that read nothing there are run once."""
    return [(path, beside) for path in NOTEBOOKS for beside in ("shared", "nothing")[not needs_shared(path) :]]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("path", "beside"), runs(), ids=lambda one: getattr(one, "stem", one))
def test_a_notebook_runs(path, beside, request, monkeypatch, tmp_path):
    """It runs from start to end, with the real messages beside the repository and without, and warns of nothing."""
    if path.stem in SLOW and os.environ.get("TEMPERAMENT_SLOW") != "1":
        pytest.skip(f"{path.stem} takes minutes; set TEMPERAMENT_SLOW=1 to run it")
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("matplotlib")
    folder = request.getfixturevalue("shared") if beside == "shared" else tmp_path
    monkeypatch.setenv("TEMPERAMENT_SHARED", str(folder))
    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(book, timeout=600, kernel_name="python3", resources=place).execute()
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    said = [output.text for cell in cells for output in cell.outputs if output.get("name") == "stderr"]
    assert not [text for text in said if "Warning" in text or "Traceback" in text]
