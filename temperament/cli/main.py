"""The program: its commands, and the one place that turns errors into exit codes."""

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, get_args

import typer

from temperament import __version__
from temperament.cli import (
    advising,
    batching,
    cases,
    checking,
    conversing,
    evaluating,
    labelling,
    playbook,
    practice,
    reading,
    serving,
    topics,
    training,
)
from temperament.cli.common import Lang, OutputFormat, ask_language
from temperament.errors import ExitCode, TemperamentError
from temperament.help_texts import tell
from temperament.language import default_language

app = typer.Typer(
    name="temperament",
    help=tell("app"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
playbook_app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
case_app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
feedback_app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
_COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("classify", reading.classify),
    ("batch", batching.batch),
    ("advise", advising.advise),
    ("guide", advising.guide),
    ("check", checking.check),
    ("transcript", conversing.transcript),
    ("topics", topics.topics),
    ("practice", practice.practice),
    ("template", advising.template),
    ("trust", advising.trust),
    ("label", labelling.label),
    ("train", training.train),
    ("evaluate", evaluating.evaluate),
    ("agreement", evaluating.agreement),
    ("serve", serving.serve),
)
_PLAYBOOK_COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("list", playbook.list_entries),
    ("show", playbook.show_entry),
    ("validate", playbook.validate),
    ("init", playbook.init),
    ("export", playbook.export),
    ("import", playbook.import_workbook),
)
_CASE_COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("new", cases.new),
    ("list", cases.list_cases),
    ("show", cases.show_case),
    ("note", cases.note),
    ("step", cases.step),
    ("due", cases.due),
    ("report", cases.report),
    ("export", cases.export),
)
for _name, _command in _COMMANDS:
    app.command(_name, help=tell(_name))(_command)
for _name, _command in _PLAYBOOK_COMMANDS:
    playbook_app.command(_name, help=tell(f"playbook.{_name}"))(_command)
for _name, _command in _CASE_COMMANDS:
    case_app.command(_name, help=tell(f"case.{_name}"))(_command)
feedback_app.command("export", help=tell("feedback.export"))(serving.export)
app.add_typer(case_app, name="case", help=tell("case"))
app.add_typer(feedback_app, name="feedback", help=tell("feedback"))
app.add_typer(playbook_app, name="playbook", help=tell("playbook"))


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer hands the flag over by position)
    if wanted:
        sys.stdout.write(f"temperament {__version__}\n")
        raise typer.Exit


@app.callback()
def _top(
    *,
    lang: Lang = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=tell("version"))
    ] = False,
) -> None:
    """Hold the options that stand before every command."""
    ask_language(lang)


_INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""
_SIMPLE = {"--format": "form", "--model": "model", "--channel": "channel", "--lang": "lang"}


def _simple_reading(arguments: list[str]) -> dict[str, Any] | None:
    """Return what ``classify`` is called with, if that is messages and plain options; else leave it to typer.

    Typer reads options with pydantic, whose import takes longer than reading a message.
    """
    if arguments[:1] != ["classify"]:
        return None
    values: dict[str, Any] = {"texts": []}
    rest = iter(arguments[1:])
    for one in rest:
        if one in _SIMPLE:
            value = next(rest, "-")
            if value.startswith("-") or (one == "--format" and value not in get_args(OutputFormat)):
                return None
            values[_SIMPLE[one]] = value
        elif one.startswith("-"):
            return None
        else:
            values["texts"].append(one)
    return values if values["texts"] else None


def _classify(values: dict[str, Any]) -> int:
    try:
        reading.classify(**values)
    except typer.Exit as stop:
        return int(stop.exit_code)
    return ExitCode.OK


def main() -> int:
    """Run the command line; the one place that turns errors into exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        simple = _simple_reading(sys.argv[1:])
        if simple is not None:
            return _classify(simple)
        return int(app(standalone_mode=False) or ExitCode.OK)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except TemperamentError as error:
        sys.stderr.write(error.message(default_language()) + "\n")
        return error.exit_code
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # typer's own usage errors; their class is private
            error.show()
            return int(error.exit_code)
        if os.environ.get("TEMPERAMENT_DEBUG"):
            raise
        zh = f"程序内部出错：{type(error).__name__}: {error}。请设 TEMPERAMENT_DEBUG=1 再运行一次，把输出发给我们。"
        en = f"Internal error: {type(error).__name__}: {error}. Run again with TEMPERAMENT_DEBUG=1 and send us the output."
        sys.stderr.write((zh, en)[default_language() == "en"] + "\n")
        return ExitCode.INTERNAL
