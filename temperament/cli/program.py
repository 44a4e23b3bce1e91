"""The program as typer knows it: all commands and the options that stand before them."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

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
from temperament.cli.common import Lang, ask_language
from temperament.help_texts import tell

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
