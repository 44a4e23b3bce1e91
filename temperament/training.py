"""Labelled files → model folder: read, keep test messages out, train, score, write the card."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from temperament import __version__, classifier, model
from temperament.card import model_card
from temperament.datasets import Example, file_hash, read_examples, without_leaks
from temperament.errors import InputError
from temperament.evaluate import evaluate
from temperament.model import Model
from temperament.reader import Classifier
from temperament.text import fold

Report = Callable[[str, str], None]


def train_model(files: Sequence[Path], tests: Sequence[Path], output: Path, report: Report) -> str:
    """Train on labelled files, score on test files, write the model folder and return its card.

    Training messages whose folded text also stands in a test file are left out. ``report`` is told what is being
    done, in Chinese and English. Raises ``InputError`` or ``TrainingError``.
    """
    _refuse_place(output)
    parts = [(path, read_examples(path)) for path in files]
    examples = [example for _, part in parts for example in part]
    held_out = {path: read_examples(path) for path in tests}
    kept = without_leaks(examples, [one for part in held_out.values() for one in part], _key)
    leaked = len(examples) - len(kept)
    if leaked:
        report(
            f"有 {leaked} 条训练消息也在测试文件里，已剔除。",
            f"{leaked} training messages also stand in a test file; left out.",
        )
    trained = classifier.train(kept, output.name, report)
    trained = replace(
        trained,
        training=trained.training | {"temperament": __version__, "files": _facts(parts), "left_out_as_test": leaked},
        scores=trained.scores | {"tests": {path.name: _score(trained, gold) for path, gold in held_out.items()}},
    )
    card = model_card(trained)
    model.save(trained, output, card)
    report(f"模型已写到 {output}", f"model written to {output}")
    return card


def _refuse_place(output: Path) -> None:
    """Find out before the long work whether the folder can be made; leave no trace."""
    try:
        if not output.is_dir():
            output.mkdir(parents=True)
            output.rmdir()
    except (OSError, ValueError) as error:
        raise InputError(
            f"建不了文件夹 {output}（{error}）。模型要写成文件夹，请换一个名字或位置。",
            f"The folder {output} cannot be made ({error}). A model is a folder; choose another name or place.",
        ) from error


def _key(text: str) -> str:
    return fold(text).text


def _facts(parts: Sequence[tuple[Path, Sequence[Example]]]) -> list[dict[str, Any]]:
    return [{"name": path.name, "sha256": file_hash(path), "messages": len(part)} for path, part in parts]


def _score(trained: Model, gold: Sequence[Example]) -> dict[str, Any]:
    readings = Classifier(trained).classify_many([one.text for one in gold], explain=False)
    return asdict(evaluate(gold, readings))
