"""Labelled files → model folder: read, keep test messages out, train, score, write the card."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from temperament import __version__, adapting, classifier, model, seen, shipped
from temperament.card import model_card
from temperament.classifier import Trained
from temperament.datasets import Example, SoftExample, file_hash, read_examples, read_soft, without_leaks
from temperament.encoder import EncoderModel
from temperament.errors import InputError, UsageError
from temperament.evaluate import evaluate, macro_f1
from temperament.feedback import Feedback, read_feedback
from temperament.labels import HEADS, Reading
from temperament.language import Report
from temperament.model import Model
from temperament.reader import AnyModel, Classifier
from temperament.vetting import Rules, Vetted, key, vet

AnyTrained = TypeVar("AnyTrained", Model, EncoderModel)


@dataclass(frozen=True, slots=True)
class Material:
    """What a model is trained on: examples without those of the test files, which are typical, and which come last."""

    examples: list[Example]
    typical: list[bool]
    last: list[bool]
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
    feedback: Sequence[Path] = (),
    start: str | None = None,
    rules: Rules = Rules(),  # noqa: B008 (frozen)
) -> str:
    """Train the fast model on labelled files, score it on test files, write the model folder and return its card.

    ``soft`` files hold texts as ``classify --format json`` wrote them. ``typical`` names those of the ``files`` that are
    like what the model will read; it is calibrated on them, and all others count half (default: on all). ``feedback``
    files hold verdicts on readings (``temperament.feedback``). ``start`` names a linear model to adapt; ``None`` begins
    with nothing. ``rules`` say what to do with messages that stand in a test file or twice. A model that is there already
    is moved aside to ``NAME.previous-N``. ``report`` is told what is being done, in Chinese and English. Raises ``InputError``,
    ``UsageError`` or ``TrainingError``.
    """
    begin = shipped.start(start, files, soft, report)
    material = gather(files, tests, output, report, soft=soft, typical=typical, feedback=feedback, rules=rules)
    trained = _train(material, begin, output.name, report)
    made = replace(
        trained.model,
        training=trained.model.training | ({} if begin is None else {"start": begin.name}),
        scores=trained.model.scores | shipped.gained(material.examples, trained.read, files, report),
    )
    return finish(made, material, output, report, lambda done, card, folder: model.save(done, folder, card))


def _train(material: Material, begin: Model | None, name: str, report: Report) -> Trained:
    if begin is not None:
        return adapting.adapt(material.examples, begin, name, report, typical=material.typical)
    return classifier.fit(material.examples, name, report, soft=material.soft, typical=material.typical)


def gather(
    files: Sequence[Path],
    tests: Sequence[Path],
    output: Path,
    report: Report,
    *,
    soft: Sequence[Path] = (),
    typical: Sequence[Path] = (),
    last: Sequence[Path] = (),
    feedback: Sequence[Path] = (),
    rules: Rules = Rules(),  # noqa: B008 (frozen)
) -> Material:
    """Read all files, and leave out of training or refuse what the rules say."""
    _refuse_place(output)
    _refuse_unknown("--typical", typical, files)
    _refuse_unknown("--last", last, files)
    parts = [(path, read_examples(path)) for path in files]
    said = {path: read_feedback(path) for path in feedback}
    parts += [(path, one.examples) for path, one in said.items()]
    taught = [(path, read_soft(path)) for path in soft]
    if len({path.name for path in tests}) < len(tests):
        raise UsageError("测试文件有重名的，分不清。请改名。", "Two test files have the same name. Rename one of them.")
    held_out = {path.name: read_examples(path) for path in tests}
    vetted = vet(parts, [(path, held_out[path.name]) for path in tests], rules)
    _tell(vetted, report)
    asked = [one for part in held_out.values() for one in part]
    examples = [example for _, part in vetted.parts for example in part]
    unlabelled = without_leaks([one for _, part in taught for one in part], asked, key)
    known = [*(one.text for one in examples), *(one.text for one in unlabelled)]
    return Material(
        examples=examples,
        typical=[not typical or path in typical for path, part in vetted.parts for _ in part],
        last=[path in last for path, part in vetted.parts for _ in part],
        soft=unlabelled,
        tests=held_out,
        facts={"files": _facts([*parts, *taught])} | _counted(vetted, said) | {seen.FACT: seen.pack(known)},
    )


def _counted(vetted: Vetted, said: Mapping[Path, Feedback]) -> dict[str, Any]:
    """Return what was left out and what feedback said, for the card."""
    facts: dict[str, Any] = {
        "temperament": __version__,
        "left_out_as_test": vetted.leaked,
        "left_out_as_contradicting": vetted.contradicting,
        "copies": vetted.copies,
    }
    verdicts = [{"name": path.name, **one.counts} for path, one in said.items()]
    return facts | ({"feedback": verdicts} if verdicts else {})


def finish(
    trained: AnyTrained, material: Material, output: Path, report: Report, save: Callable[[AnyTrained, str, Path], None]
) -> str:
    """Score a trained model on the test files, ``save`` it with its card into a folder, put that in place; return the card."""
    scores = {"tests": {name: _score(trained, gold) for name, gold in material.tests.items()}}
    done = replace(trained, training=trained.training | material.facts, scores=trained.scores | scores)
    card = model_card(done)
    with _put_in_place(output, report) as folder:
        save(done, card, folder)
    return card


def _tell(vetted: Vetted, report: Report) -> None:
    """Report what was left out."""
    if vetted.leaked:
        report(
            f"有 {vetted.leaked} 条训练消息也在测试文件里，已剔除。",
            f"{vetted.leaked} training messages also stand in a test file; left out.",
        )
    if vetted.contradicting:
        report(
            f"有 {vetted.contradicting} 条消息文字相同而标签不同，已剔除。",
            f"{vetted.contradicting} messages with the same text and different labels; left out.",
        )
    if vetted.copies:
        report(f"有 {vetted.copies} 条重复，只算一次。", f"{vetted.copies} copies; each text counts once.")


@contextmanager
def _put_in_place(output: Path, report: Report) -> Iterator[Path]:
    """Give a folder to write into; at the end it becomes ``output``, and a model that was there is kept beside it."""
    aside = output.with_name(output.name + ".part")
    yield aside
    if (output / model.MANIFEST).exists():
        previous = next(
            place for n in count(1) if not (place := output.with_name(f"{output.name}.previous-{n}")).exists()
        )
        output.rename(previous)
        report(f"原来的模型移到 {previous}", f"the model that was there is now {previous}")
    elif output.is_dir():
        output.rmdir()
    aside.rename(output)
    report(f"模型已写到 {output}", f"model written to {output}")


def _refuse_unknown(option: str, named: Sequence[Path], files: Sequence[Path]) -> None:
    strange = [path for path in named if path not in files]
    if strange:
        raise UsageError(
            f"{option} 指的文件要在训练文件之中，{strange[0]} 不在。",
            f"{option} names some of the training files; {strange[0]} is not among them.",
        )


def _refuse_place(output: Path) -> None:
    """Find out before the long work whether the folder can be made; leave no trace."""
    try:
        if output.is_dir():
            foreign = any(output.iterdir()) and not (output / model.MANIFEST).is_file()
        else:
            foreign = False
            output.mkdir(parents=True)
            output.rmdir()
    except (OSError, ValueError) as error:
        raise InputError(
            f"建不了文件夹 {output}（{error}）。模型要写成文件夹，请换一个名字或位置。",
            f"The folder {output} cannot be made ({error}). A model is a folder; choose another name or place.",
        ) from error
    if foreign:
        raise InputError(
            f"文件夹 {output} 里有别的东西，不是模型。请换一个名字。",
            f"The folder {output} holds other things than a model. Choose another name.",
        )


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
