"""Commands for the playbook: look, check, and make it one's own."""

from pathlib import Path
from typing import Annotated

import typer

from temperament.cli.common import Format, Lang, OwnPlaybook, ask_language, open_playbook, show, write, write_json
from temperament.errors import InputError
from temperament.help_texts import tell

Force = Annotated[bool, typer.Option("--force", help=tell("force"))]


def list_entries(
    kind: Annotated[str | None, typer.Option("--kind", help=tell("playbook.list.kind"))] = None,
    row: Annotated[int | None, typer.Option("--row", help=tell("playbook.list.row"))] = None,
    playbook: OwnPlaybook = None,
    lang: Lang = None,
    form: Format = "text",
) -> None:
    """List the entries of the playbook."""
    from temperament.render.tables import entry_title, playbook_table

    language = ask_language(lang)
    shelves = open_playbook(playbook).shelves()
    if kind is not None and kind not in shelves:
        raise InputError(
            f"没有“{kind}”这一类。可用的有：{'、'.join(shelves)}。",
            f"There is no kind {kind!r}. Choose one of: {', '.join(shelves)}.",
        )
    found = {
        name: {key: one for key, one in shelf.items() if row is None or row in one.rows}
        for name, shelf in shelves.items()
        if kind in {None, name}
    }
    if form == "json":
        write_json(
            {"kind": name, "id": one.id, "title": entry_title(one, language), "source": one.source, "rows": one.rows}
            for name, shelf in found.items()
            for one in shelf.values()
        )
    else:
        show(playbook_table(found, language))


def show_entry(
    identifier: Annotated[str, typer.Argument(metavar="ID", help=tell("playbook.show.id"))],
    playbook: OwnPlaybook = None,
    lang: Lang = None,
    form: Format = "text",
) -> None:
    """Show one entry of the playbook, as YAML or JSON."""
    from temperament.playbook.loading import plain
    from temperament.render.tables import entry_yaml

    ask_language(lang)
    entry = open_playbook(playbook).find(identifier)
    if form == "json":
        write_json([plain(entry)])
    else:
        write(entry_yaml(entry))


def validate(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=tell("playbook.validate.dir"))] = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Check the playbook, or a folder of own entries over it, and say how many entries are sound."""
    from temperament import playbook

    language = ask_language(lang)
    book = playbook.load(playbook.SHIPPED) if folder is None else open_playbook(folder)
    counts = {kind: len(shelf) for kind, shelf in book.shelves().items()}
    if form == "json":
        write_json([{"sound": True, "counts": counts}])
    else:
        listed = ", ".join(f"{kind} {count}" for kind, count in counts.items())
        write((f"没有问题：{listed}\n", f"Sound: {listed}\n")[language == "en"])


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=tell("playbook.init.dir"))],
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Make a folder for own entries, with commented examples."""
    from temperament.ownership import init_overlay

    language = ask_language(lang)
    _report(init_overlay(folder), form, ("写好了", "Written")[language == "en"])


def export(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help=tell("playbook.export.target"))],
    playbook: OwnPlaybook = None,
    force: Force = False,  # noqa: FBT002 (an option of the command line)
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Write the playbook to a folder, or its wording rules to a workbook."""
    from temperament.ownership import export_folder, refuse_overwriting
    from temperament.workbook import export_rules

    language = ask_language(lang)
    book = open_playbook(playbook)
    if target.suffix.lower() == ".xlsx":
        refuse_overwriting([target], force=force)
        export_rules(book, target)
        written = [target]
    else:
        written = export_folder(book, target, force=force)
    _report(written, form, ("写好了", "Written")[language == "en"])


def import_workbook(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tell("playbook.import.file"))],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=tell("playbook.import.dir"))],
    force: Force = False,  # noqa: FBT002 (an option of the command line)
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Turn the changes of a workbook of wording rules into a folder of own entries."""
    from temperament import playbook
    from temperament.ownership import write_overlay
    from temperament.workbook import import_rules

    language = ask_language(lang)
    changes = import_rules(file, playbook.shipped())
    if form == "json":
        write_overlay(folder, changes, force=force)
        write_json([{"changes": len(changes), "ids": [one["id"] for one in changes]}])
        return
    path = write_overlay(folder, changes, force=force)
    ids = ", ".join(one["id"] for one in changes) or "–"
    write(
        (f"{len(changes)} 条改动写到 {path}：{ids}\n", f"{len(changes)} changes in {path}: {ids}\n")[language == "en"]
    )


def _report(paths: list[Path], form: str, word: str) -> None:
    if form == "json":
        write_json([{"written": [str(path) for path in paths]}])
    else:
        write("".join(f"{word}：{path}\n" for path in paths))
