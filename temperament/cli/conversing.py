"""The command about whole conversations: transcript."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from temperament.cli.carding import Carding, show_scorecard
from temperament.cli.common import (
    ChannelName,
    Format,
    Lang,
    ModelName,
    OwnPlaybook,
    TextColumn,
    ask_language,
    open_playbook,
    show,
    write_json,
)
from temperament.cli.reporting import check_page, write_report
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.conversation import Conversation
    from temperament.language import Language
    from temperament.turns import Transcript
    from temperament.turns.columns import Columns

_WORTH_A_BAR = 200


def transcript(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help=tell("transcript.files"))] = None,
    conversation: Annotated[str | None, typer.Option("--conversation", help=tell("transcript.conversation"))] = None,
    speaker_column: Annotated[str | None, typer.Option("--speaker-column", help=tell("transcript.speaker"))] = None,
    text_column: TextColumn = None,
    time_column: Annotated[str | None, typer.Option("--time-column", help=tell("transcript.time"))] = None,
    conversation_column: Annotated[
        str | None, typer.Option("--conversation-column", help=tell("transcript.conversation_column"))
    ] = None,
    step_in: Annotated[float, typer.Option("--step-in", help=tell("transcript.step_in"))] = 0.5,
    patience: Annotated[int, typer.Option("--patience", help=tell("transcript.patience"))] = 1,
    model: ModelName = "default",
    channel: ChannelName = None,
    playbook: OwnPlaybook = None,
    scorecard: Annotated[bool, typer.Option("--scorecard", help=tell("transcript.scorecard"))] = False,  # noqa: FBT002
    html: Annotated[Path | None, typer.Option("--html", metavar="PAGE", help=tell("transcript.html"))] = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Read whole conversations and print what they show."""
    from temperament.analysis import analyze_many
    from temperament.forecast import Policy
    from temperament.reader import Classifier, choose
    from temperament.turns.columns import Columns

    language = ask_language(lang)
    if html is not None:
        check_page(html)
    columns = Columns(speaker_column, text_column, time_column, conversation_column)
    talks = _wanted(_read(files or [], columns, language), conversation)
    book = open_playbook(playbook)
    found = analyze_many(
        talks,
        channel=channel,
        language=language,
        book=book if playbook else None,
        reader=Classifier.load(choose(model, 2)),
        policy=Policy(step_in, patience).step_in,
    )
    watched = _watched(found, len(talks))
    if scorecard:
        show_scorecard(list(watched), Carding(book, language, channel), html, files or [], as_json=form == "json")
        return
    if html is not None:
        write_report(list(watched), html, files or [], language, book, as_json=form == "json")
        return
    if form == "json":
        from temperament.render.jsonl import conversation_json

        write_json(conversation_json(one) for one in watched)
        return
    from temperament.render.conversations import conversation_table, timeline

    read = list(watched)
    if len(read) == 1:
        show(timeline(read[0], book, language))
    else:
        show(conversation_table(read, language))


def _read(files: Sequence[Path], columns: "Columns", language: "Language") -> "list[Transcript]":
    """Read all conversations of files, folders or standard input; what is left out of a folder is named."""
    from temperament.decoding import decode
    from temperament.turns.chatlog import transcripts_of
    from temperament.turns.reading import files_in, finished, read_transcripts, with_own_ids

    if not files or [str(file) for file in files] == ["-"]:
        if sys.stdin.isatty():
            hint = (
                "请输入对话，每行“客户：…”或“客服：…”，Ctrl-D 结束：",
                "Type the talk, lines 客户：… or 客服：…; end with Ctrl-D:",
            )
            sys.stderr.write(hint[language == "en"] + "\n")
        return [finished(one) for one in transcripts_of(decode(sys.stdin.buffer.read()).splitlines(), "-")]
    listed = [files_in(file) for file in files]
    left_out = [name for one in listed for name in one.left_out]
    if left_out:
        names = "、".join(left_out[:5]) + (" ……" if len(left_out) > 5 else "")
        notes = (f"没有读 {len(left_out)} 个别的文件：{names}", f"Other files, not read ({len(left_out)}): {names}")
        sys.stderr.write(notes[language == "en"] + "\n")
    found = [(path, one) for part in listed for path in part.read for one in read_transcripts(path, columns)]
    return list(with_own_ids(found))


def _wanted(talks: "list[Transcript]", name: str | None) -> "list[Transcript]":
    """Return the conversation that was asked for, or all; raises ``InputError`` where there is none."""
    if not talks:
        raise InputError("没有读到对话。", "No conversation was found.")
    if name is None:
        return talks
    found = [one for one in talks if one.id == name]
    if found:
        return found
    near = [one.id for one in talks][:8]
    raise UsageError(
        f"没有编号为“{name}”的对话。有：{'、'.join(near)}{' ……' if len(talks) > len(near) else ''}。",
        f"There is no conversation {name!r}. There are: {', '.join(near)}{' …' if len(talks) > len(near) else ''}.",
    )


def _watched(found: "Iterator[Conversation]", total: int) -> "Iterator[Conversation]":
    """Pass the conversations on, with a progress bar on standard error when there are many."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    shown = total >= _WORTH_A_BAR and console.is_terminal
    with Progress(console=console, disable=not shown, transient=True) as progress:
        task = progress.add_task("", total=total)
        for one in found:
            yield one
            progress.advance(task)
