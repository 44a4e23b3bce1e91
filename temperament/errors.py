"""Errors the library raises on purpose, and the exit codes the command line gives them.

Every message says what was wrong, what is allowed and what to do next, in Chinese and in English.
"""

from enum import IntEnum
from typing import ClassVar

from temperament.language import Language, default_language


class ExitCode(IntEnum):
    """What the command line returns to the shell."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    BAD_INPUT = 3
    INTERNAL = 4
    INTERRUPTED = 130


class TemperamentError(Exception):
    """Base of all errors raised on purpose; ``zh`` and ``en`` hold the message in both languages."""

    exit_code: ClassVar[ExitCode] = ExitCode.BAD_INPUT

    def __init__(self, zh: str, en: str) -> None:
        """Hold the message in Chinese and in English."""
        super().__init__(en)
        self.zh = zh
        self.en = en

    def __reduce__(self) -> tuple[type["TemperamentError"], tuple[str, str]]:
        """Let the error travel between processes with both messages."""
        return type(self), (self.zh, self.en)

    def message(self, language: Language) -> str:
        """Return the message in the given language."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        """Return the message in the language of the locale."""
        return self.message(default_language())


class UsageError(TemperamentError):
    """The call itself is off: an unknown label, an option that does not exist."""

    exit_code = ExitCode.USAGE


class InputError(TemperamentError):
    """A file or a table cannot be read as what it should be."""


class ModelError(TemperamentError):
    """A model folder is missing, damaged, foreign or of a newer format."""


class PlaybookError(TemperamentError):
    """A playbook file breaks its shape; the message names file, line, field and what is allowed."""


class TrainingError(TemperamentError):
    """The labelled messages cannot be trained on."""
