"""The command that checks replies."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from temperament.cli.common import (
    ChannelName,
    Lang,
    OwnPlaybook,
    TableFile,
    TextColumn,
    ask_language,
    open_playbook,
    read_messages,
    show,
    write,
    write_json,
)
from temperament.errors import ExitCode, UsageError
from temperament.help_texts import tell
from temperament.language import Language

if TYPE_CHECKING:
    from temperament.labels import Reading
    from temperament.playbook import Playbook
    from temperament.reply.drafts import Checked, Draft

CheckFormat = Literal["text", "json", "sarif", "github"]
Threshold = Literal["error", "warning", "suggestion"]
_PLAIN = {".txt", ""}


def check(
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help=tell("check.texts"))] = None,
    file: TableFile = None,
    text_column: TextColumn = None,
    state: Annotated[str | None, typer.Option("--state", "-s", help=tell("check.state"))] = None,
    temperament: Annotated[str | None, typer.Option("--temperament", "-t", help=tell("check.temperament"))] = None,
    channel: ChannelName = None,
    disable: Annotated[list[str] | None, typer.Option("--disable", help=tell("check.disable"))] = None,
    allow: Annotated[list[str] | None, typer.Option("--allow", help=tell("check.allow"))] = None,
    fail_on: Annotated[Threshold, typer.Option("--fail-on", help=tell("check.fail_on"))] = "warning",
    baseline: Annotated[Path | None, typer.Option("--baseline", help=tell("check.baseline"))] = None,
    write_baseline: Annotated[Path | None, typer.Option("--write-baseline", help=tell("check.write_baseline"))] = None,
    no_learned: Annotated[bool, typer.Option("--no-learned", help=tell("check.no_learned"))] = False,  # noqa: FBT002
    explain: Annotated[str | None, typer.Option("--explain", metavar="RULE", help=tell("check.explain"))] = None,
    self_test: Annotated[bool, typer.Option("--self-test", help=tell("check.self_test"))] = False,  # noqa: FBT002
    playbook: OwnPlaybook = None,
    form: Annotated[CheckFormat, typer.Option("--format", help=tell("check.format"))] = "text",
    lang: Lang = None,
) -> int:
    """Check draft replies; the exit code says whether one has a finding as grave as ``--fail-on``."""
    language = ask_language(lang)
    book = open_playbook(playbook)
    if explain is not None:
        return _explain(explain, book, form, language)
    if self_test:
        return _try_out(book, form, language)
    from temperament.playbook.naming import channel_named
    from temperament.reply import Checker, Wanted, at_least, shipped_checker
    from temperament.reply.baseline import read_baseline, without_known
    from temperament.reply.baseline import write_baseline as note_down
    from temperament.reply.drafts import check_all
    from temperament.reply.learned import LEARNED

    reading = _reading(state, temperament)
    left_out = frozenset((*(disable or ()), *([LEARNED] if no_learned else ())))
    wanted = Wanted(reading, channel_named(channel), left_out, tuple(allow or ()), language)
    known = read_baseline(baseline) if baseline is not None else frozenset()
    drafts = _drafts(texts, file, text_column)
    if not drafts:
        sys.stderr.write(("没有读到回复。\n", "No replies were given.\n")[language == "en"])
    checker = shipped_checker() if playbook is None else Checker(book)
    found = check_all(drafts, checker, wanted)
    if write_baseline is not None:
        count = note_down(write_baseline, found)
        said = (f"{count} 处记入 {write_baseline}。\n", f"{count} findings noted in {write_baseline}.\n")
        sys.stderr.write(said[language == "en"])
        return ExitCode.OK
    code = ExitCode.OK
    named = file if file is not None and str(file) != "-" else None

    def fresh() -> "Iterator[Checked]":
        nonlocal code
        for one in found:
            left = without_known(one, known)
            if any(at_least(finding.level, fail_on) for finding in left.findings):
                code = ExitCode.FINDINGS
            yield left

    _report(fresh(), named, form, language)
    return code


def _reading(state: str | None, temperament: str | None) -> "Reading | None":
    from temperament.labels import Reading

    return None if state is None and temperament is None else Reading.of(temperament or "unclear", state or "calm")


def _drafts(texts: list[str] | None, file: Path | None, column: str | None) -> "list[Draft]":
    """Read the replies; those of a text file with their places in it."""
    from temperament.datasets import read_bytes
    from temperament.decoding import decode
    from temperament.reply.drafts import drafts_of, lines_of

    if file is not None and not texts and str(file) != "-" and file.suffix.lower() in _PLAIN:
        return list(lines_of(decode(read_bytes(file))))
    return drafts_of(read_messages(texts, file, column))


def _report(checked: "Iterable[Checked]", file: Path | None, form: CheckFormat, language: Language) -> None:
    if form == "sarif":
        from temperament.render.annotations import sarif

        write_json([sarif(list(checked), file, language)])
    elif form == "github":
        from temperament.render.annotations import github

        for one in checked:
            write(github(one, file, language))
    elif form == "json":
        from temperament.render.jsonl import findings_json

        write_json(findings_json(one.draft.text, one.findings) for one in checked)
    else:
        from temperament.render.cards import reply_card

        for number, one in enumerate(checked, 1):
            show(reply_card(one.draft.text, one.findings, number, language))


def _explain(name: str, book: "Playbook", form: CheckFormat, language: Language) -> int:
    """Print what stands behind a rule."""
    from dataclasses import asdict

    from temperament.render.rules import rule_card
    from temperament.reply.explaining import explain

    _text_or_json(form)
    found = explain(name, book, language)
    if not found:
        raise UsageError(
            f"没有“{name}”这条规则。用 temperament playbook list --kind checks 看全部规则。",
            f"There is no rule {name!r}. See all rules with: temperament playbook list --kind checks.",
        )
    if form == "json":
        write_json(asdict(one) for one in found)
    else:
        show(*(rule_card(one, language) for one in found))
    return ExitCode.OK


def _try_out(book: "Playbook", form: CheckFormat, language: Language) -> int:
    """Try the examples of every rule and name those that do not do what they should."""
    from dataclasses import asdict

    from temperament.render.rules import trial_report
    from temperament.reply.trial import try_out

    _text_or_json(form)
    tries = list(try_out(book))
    failed = [one for one in tries if not one.passed]
    if form == "json":
        write_json([{"examples": len(tries), "failed": [asdict(one) for one in failed]}])
    else:
        show(trial_report(tries, language))
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _text_or_json(form: CheckFormat) -> None:
    if form not in {"text", "json"}:
        raise UsageError(
            f"--explain 和 --self-test 只有 text 和 json 两种输出，没有 {form}。",
            f"--explain and --self-test write text or json, not {form}.",
        )
