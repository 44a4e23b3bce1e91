"""The entry of the program: the short way to one reading, and the one place that turns errors into exit codes."""

import gc
import os
import sys
from typing import Any, get_args

from temperament.cli.output import OutputFormat
from temperament.errors import ExitCode, TemperamentError
from temperament.language import default_language

_INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""
_SIMPLE = {"--format": "form", "--model": "model", "--channel": "channel", "--lang": "lang"}
_FORMATS = get_args(OutputFormat)


def _simple_reading(arguments: list[str]) -> dict[str, Any] | None:
    """Return what ``classify`` is called with, if that is messages and plain options; else leave it to typer.

    Importing typer and all commands takes longer than reading a message.
    """
    if arguments[:1] != ["classify"]:
        return None
    values: dict[str, Any] = {"messages": []}
    rest = iter(arguments[1:])
    for one in rest:
        if one in _SIMPLE:
            value = next(rest, "-")
            if value.startswith("-") or (one == "--format" and value not in _FORMATS):
                return None
            values[_SIMPLE[one]] = value
        elif one.startswith("-"):
            return None
        else:
            values["messages"].append(one)
    return values if values["messages"] else None


def _answer(values: dict[str, Any]) -> int:
    gc.disable()  # there is no garbage worth looking for in so short a life
    try:
        from temperament.cli.answering import answer

        answer(**values)
    finally:
        gc.enable()
    return ExitCode.OK


def main() -> int:
    """Run the command line; the one place that turns errors into exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        simple = _simple_reading(sys.argv[1:])
        if simple is not None:
            os.environ.setdefault(
                "OPENBLAS_NUM_THREADS", "1"
            )  # numpy would start threads that a few messages never need
            return _answer(simple)
        from temperament.cli.program import app

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
