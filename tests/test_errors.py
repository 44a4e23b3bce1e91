"""Errors speak two languages; the language follows the environment."""

import pytest

from temperament import errors
from temperament.errors import ExitCode, TemperamentError

KINDS = [
    (errors.UsageError, 2),
    (errors.InputError, 3),
    (errors.ModelError, 3),
    (errors.PlaybookError, 3),
    (errors.TrainingError, 3),
]


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_kinds_and_their_exit_codes(kind, code):
    """Every kind is a TemperamentError with a named exit code."""
    error = kind("坏了", "broken")
    assert isinstance(error, TemperamentError)
    assert error.exit_code is ExitCode(code)
    assert (error.message("zh"), error.message("en")) == ("坏了", "broken")


@pytest.mark.parametrize(("language", "text"), [("zh", "坏了"), ("en", "broken")])
def test_str_follows_the_language(monkeypatch, language, text):
    """As text an error speaks the language of the environment."""
    monkeypatch.setenv("TEMPERAMENT_LANG", language)
    assert str(errors.InputError("坏了", "broken")) == text


def test_exit_codes_are_the_contract():
    """0 done, 1 findings, 2 usage, 3 bad input, 4 internal, 130 interrupted (as shells say it)."""
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "FINDINGS": 1,
        "USAGE": 2,
        "BAD_INPUT": 3,
        "INTERNAL": 4,
        "INTERRUPTED": 130,
    }
