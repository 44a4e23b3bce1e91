"""Labelled files → model folder: read, keep test messages out, train, score, write the card."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from temperament import __version__, classifier, model
from temperament.card import model_card
from temperament.datasets import Example, SoftExample, file_hash, read_examples, read_soft, without_leaks
from temperament.encoder import EncoderModel
from temperament.errors import InputError, UsageError
from temperament.evaluate import evaluate, macro_f1
from temperament.labels import HEADS, Reading
from temperament.language import Report
from temperament.model import Model
from temperament.reader import AnyModel, Classifier
from temperament.text import fold

AnyTrained = TypeVar("AnyTrained", Model, EncoderModel)


@dataclass(frozen=True, slots=True)
class Material:
    """What a model is trained on: examples without those of the test files, and which of them are typical."""

    examples: list[Example]
    typical: list[bool]
    soft: list[SoftExample]
    tests: dict[str, list[Example]]
    facts: dict[str, Any]


def train_model(
    files: Sequence[Path],
    tests: Sequence[Path],
    output: Path,
    report: Report,
    *,
    soft: Sequence[Path] = (),
    typical: Sequence[Path] = (),
) -> str:
    """Train the fast model on labelled files, score it on test files, write the model folder and return its card.

    ``soft`` files hold texts as ``classify --format json`` wrote them. ``typical`` names those of the ``files`` that are
    like what the model will read; it is calibrated on them (default: on all). Training messages whose folded text also
    stands in a test file are left out. ``report`` is told what is being done, in Chinese and English. Raises
    ``InputError`` or ``TrainingError``.
    """
    material = gather(files, tests, output, report, soft=soft, typical=typical)
    trained = classifier.train(material.examples, output.name, report, soft=material.soft, typical=material.typical)
    return finish(trained, material, output, report, lambda done, card: model.save(done, output, card))


def gather(
    files: Sequence[Path],
    tests: Sequence[Path],
    output: Path,
    report: Report,
    *,
    soft: Sequence[Path] = (),
    typical: Sequence[Path] = (),
) -> Material:
    """Read all files, and leave out of training what stands in a test file."""
    _refuse_place(output)
    _refuse_unknown(typical, files)
    parts = [(path, read_examples(path)) for path in files]
    taught = [(path, read_soft(path)) for path in soft]
    held_out = {path.name: read_examples(path) for path in tests}
    asked = [one for part in held_out.values() for one in part]
    kept = [(path, without_leaks(part, asked, _key)) for path, part in parts]
    examples = [example for _, part in kept for example in part]
    leaked = sum(len(part) for _, part in parts) - len(examples)
    if leaked:
        report(
            f"有 {leaked} 条训练消息也在测试文件里，已剔除。",
            f"{leaked} training messages also stand in a test file; left out.",
        )
    return Material(
        examples=examples,
        typical=[not typical or path in typical for path, part in kept for _ in part],
        soft=without_leaks([one for _, part in taught for one in part], asked, _key),
        tests=held_out,
        facts={"temperament": __version__, "files": _facts([*parts, *taught]), "left_out_as_test": leaked},
    )


def finish(
    trained: AnyTrained, material: Material, output: Path, report: Report, save: Callable[[AnyTrained, str], None]
) -> str:
    """Score a trained model on the test files, ``save`` it with its card, and return the card."""
    scores = {"tests": {name: _score(trained, gold) for name, gold in material.tests.items()}}
    done = replace(trained, training=trained.training | material.facts, scores=trained.scores | scores)
    card = model_card(done)
    save(done, card)
    report(f"模型已写到 {output}", f"model written to {output}")
    return card


def _refuse_unknown(typical: Sequence[Path], files: Sequence[Path]) -> None:
    strange = [path for path in typical if path not in files]
    if strange:
        raise UsageError(
            f"--typical 指的文件要在训练文件之中，{strange[0]} 不在。",
            f"--typical names some of the training files; {strange[0]} is not among them.",
        )


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


def _facts(parts: Sequence[tuple[Path, Sequence[Example] | Sequence[SoftExample]]]) -> list[dict[str, Any]]:
    return [{"name": path.name, "sha256": file_hash(path), "messages": len(part)} for path, part in parts]


def _score(trained: AnyModel, gold: Sequence[Example]) -> dict[str, Any]:
    readings = Classifier(trained).classify_many([one.text for one in gold], explain=False)
    return asdict(evaluate(gold, readings)) | {"by_source": _by_source(gold, readings)}


def _by_source(gold: Sequence[Example], readings: Sequence[Reading]) -> dict[str, dict[str, float]]:
    """Return messages and macro-F1 by source (public messages) or channel (written ones)."""
    found: dict[str, dict[str, float]] = {}
    for source in sorted({one.source for one in gold} - {""}):
        pairs = [(one, read) for one, read in zip(gold, readings, strict=True) if one.source == source]
        found[source] = {"messages": len(pairs)} | {
            head: macro_f1([getattr(one, head) for one, _ in pairs], [getattr(read, head) for _, read in pairs])
            for head in HEADS
        }
    return found
