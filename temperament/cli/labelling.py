"""The command for labelling by hand."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from temperament.cli.common import Lang, ModelName, TextColumn, ask_language, read_all, write_json
from temperament.errors import ExitCode, InputError, UsageError
from temperament.help_texts import tell
from temperament.language import Language

if TYPE_CHECKING:
    from temperament.labelling import Message, Session, Store
    from temperament.reader import Classifier

SuggestWhen = Literal["after", "before", "never"]
Shape = Literal["majority", "votes", "all"]
_SMALLEST = (40, 12)


def label(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tell("label.file"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=tell("label.output"))],
    annotator: Annotated[str | None, typer.Option("--annotator", "-a", help=tell("label.annotator"))] = None,
    suggest: Annotated[SuggestWhen, typer.Option("--suggest", help=tell("label.suggest"))] = "after",
    select: Annotated[int | None, typer.Option("--select", min=1, help=tell("label.select"))] = None,
    overlap: Annotated[bool, typer.Option("--overlap", help=tell("label.overlap"))] = False,  # noqa: FBT002
    dry_run: Annotated[bool, typer.Option("--dry-run", help=tell("label.dry_run"))] = False,  # noqa: FBT002
    export: Annotated[Path | None, typer.Option("--export", help=tell("label.export"))] = None,
    shape: Annotated[Shape, typer.Option("--shape", help=tell("label.shape"))] = "majority",
    text_column: TextColumn = None,
    model: ModelName = "default",
    lang: Lang = None,
) -> int:
    """Label messages with single keys, or export the labels."""
    from temperament.labelling import Session

    language = ask_language(lang)
    store = _store(file, output)
    if export is not None:
        return _export(store, export, shape, language)
    name = annotator or _user()
    messages = _messages(file, text_column, store, name, model, select=select, overlap=overlap)
    if dry_run:
        done = {one.id for one in store.read() if one.annotator == name}
        write_json({"id": one.id, "text": one.text} for one in messages if one.id not in done)
        return ExitCode.OK
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "标注要在终端里按键，这里不是终端。导出用 --export，只看会标哪些用 --dry-run。",
            "Labelling takes keys from a terminal, and this is none. Use --export to export, --dry-run to see what would "
            "be labelled.",
        )
    read = None if suggest == "never" else _reader(model).classify
    session = Session(messages, store, name, suggest, read)
    before = len(session.given)
    _run(session, language)
    _goodbye(session, before, output, language)
    return ExitCode.OK


def _store(file: Path, output: Path) -> "Store":
    from temperament.labelling import Store

    if output.suffix.lower() != ".jsonl" or output.resolve() == file.resolve():
        raise UsageError(
            f"-o 要是另一个 .jsonl 文件，不是“{output}”。表格用 --export 导出。",
            f"-o takes another file that ends in .jsonl, not {str(output)!r}. Use --export for tables.",
        )
    return Store(output)


def _user() -> str:
    """Return the name of whoever is logged in; a machine may not know it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "A"


def _reader(model: str) -> "Classifier":
    from temperament.reader import Classifier, choose

    return Classifier.load(choose(model, 2))


def _messages(
    file: Path, column: str | None, store: "Store", annotator: str, model: str, *, select: int | None, overlap: bool
) -> "list[Message]":
    """Return the messages of this sitting: those this annotator has labelled, for going back, and those to label."""
    from temperament.labelling import read_messages

    messages = read_messages(file, column)
    labels = store.read()
    mine = {one.id for one in labels if one.annotator == annotator}
    if overlap:
        others = {one.id for one in labels if one.annotator != annotator}
        messages = [one for one in messages if one.id in others | mine]
        if not messages:
            raise InputError(
                f"{store.path} 里还没有别人的标注，没有可以重叠的。",
                f"{store.path} holds no labels of others to overlap with.",
            )
    if select is None:
        return messages
    done = [one for one in messages if one.id in mine]
    open_ones = [one for one in messages if one.id not in mine]
    return [*done, *_selected(open_ones, [one.text for one in labels], _reader(model), select)]


def _selected(messages: "list[Message]", labelled: list[str], reader: "Classifier", count: int) -> "list[Message]":
    from temperament.labelling.selection import select

    readings = list(read_all(reader, [one.text for one in messages], explain=False))
    return [messages[place] for place in select(readings, count, list(dict.fromkeys(labelled)))]


def _run(session: "Session", language: Language) -> None:
    """Draw, wait for a key, and again, until the annotator leaves."""
    from temperament.cli.terminal import Canvas, Keyboard
    from temperament.labelling.codebook import codebook
    from temperament.render.labelling import screen

    book = codebook()
    with Keyboard() as keyboard, Canvas() as canvas:
        while session.mode != "over":
            width, height = canvas.size
            canvas.draw(screen(session, book, max(width, _SMALLEST[0]), max(height, _SMALLEST[1]), language))
            session.press(keyboard.read())


def _goodbye(session: "Session", before: int, output: Path, language: Language) -> None:
    new, total, open_ones = len(session.given) - before, len(session.given), len(session.messages) - len(session.given)
    zh = f"{session.annotator}：这次 {new} 条，共 {total} 条，已存到 {output}；还剩 {open_ones} 条。"
    en = f"{session.annotator}: {new} now, {total} in all, kept in {output}; {open_ones} left."
    same, compared = session.agreement()
    if compared:
        zh += f"与模型一致：气质 {same['temperament']}/{compared}，情绪 {same['state']}/{compared}。"
        en += f" Same as the model: temperament {same['temperament']}/{compared}, state {same['state']}/{compared}."
    sys.stderr.write((zh if language == "zh" else en) + "\n")


def _export(store: "Store", path: Path, shape: Shape, language: Language) -> int:
    from temperament.labelling.exporting import export

    labels = store.read()
    if not labels:
        raise InputError(f"{store.path} 里还没有标注。", f"{store.path} holds no labels yet.")
    rows, left_out = export(labels, path, shape)
    zh = f"{rows} 行写到 {path}。" + (f"{left_out} 条没有多数意见，未写入；用 --shape votes 看。" if left_out else "")
    en = f"{rows} rows written to {path}." + (
        f" {left_out} messages without a majority were left out; see them with --shape votes." if left_out else ""
    )
    sys.stderr.write((zh if language == "zh" else en) + "\n")
    return ExitCode.OK
