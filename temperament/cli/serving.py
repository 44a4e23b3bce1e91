"""The commands about the service: serve, and the feedback it has kept."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from temperament.cli.common import Lang, ModelName, ask_language, check_place, save, write
from temperament.errors import InputError
from temperament.help_texts import tell

KEYS = "TEMPERAMENT_API_KEYS"


def serve(
    host: Annotated[str, typer.Option("--host", help=tell("serve.host"))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=tell("serve.port"))] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=0, max=64, help=tell("serve.workers"))] = 1,
    model: ModelName = "default",
    playbook: Annotated[Path | None, typer.Option("--playbook", help=tell("own_playbook"))] = None,
    db: Annotated[Path | None, typer.Option("--db", help=tell("serve.db"))] = None,
    api_key_file: Annotated[Path | None, typer.Option("--api-key-file", help=tell("serve.keys"))] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help=tell("serve.insecure"))] = False,  # noqa: FBT002
    rate: Annotated[float, typer.Option("--rate", min=0, help=tell("serve.rate"))] = 50.0,
    max_body: Annotated[int, typer.Option("--max-body", min=1024, help=tell("serve.max_body"))] = 1_048_576,
    log_text: Annotated[bool, typer.Option("--log-text/--no-log-text", help=tell("serve.log_text"))] = False,  # noqa: FBT002
    lang: Lang = None,
) -> None:
    """Serve readings, advice, checks and the pages."""
    language = ask_language(lang)
    try:
        from temperament.server.running import serve as run
        from temperament.server.settings import LOOPBACK, Settings, check_exposure, read_keys
    except ImportError as error:
        raise InputError(
            f"服务缺少 {error.name}。请运行：pip install 'temperament[server]'。",
            f"The service needs {error.name}. Run: pip install 'temperament[server]'.",
        ) from error
    keys = read_keys(api_key_file, os.environ.get(KEYS, ""))
    check_exposure(host, keys, insecure=insecure)
    settings = Settings(
        model=model,
        playbook=playbook,
        db=db,
        keys=keys,
        hosts=() if keys or host not in LOOPBACK else tuple(sorted(LOOPBACK)),
        rate=rate,
        max_body=max_body,
        workers=workers,
        language=language,
        log_text=log_text,
    )

    def report(zh: str, en: str) -> None:
        sys.stderr.write((zh, en)[language == "en"] + "\n")

    run(settings, host, port, report)


def export(
    db: Annotated[Path, typer.Option("--db", help=tell("serve.db"))],
    output: Annotated[Path | None, typer.Option("--output", "-o", help=tell("feedback.output"))] = None,
    lang: Lang = None,
) -> None:
    """Write the feedback of a service, one JSON object a line."""
    from temperament.render.jsonl import json_line
    from temperament.server.store import read_feedback

    language = ask_language(lang)
    check_place(output)
    rows = read_feedback(db)
    text = "".join(json_line(row) + "\n" for row in rows)
    if output is None:
        write(text)
        return
    save(output, text.encode())
    write((f"写了 {len(rows)} 条反馈：{output}\n", f"Wrote {output} (feedback: {len(rows)})\n")[language == "en"])
