"""The language by environment: asked for, by locale, Chinese when unsure."""

import pytest

from temperament.language import default_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"TEMPERAMENT_LANG": "en"}, "en"),
        ({"TEMPERAMENT_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        ({"TEMPERAMENT_LANG": "fr", "LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_US", "LANG": "zh_CN"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_default_language(monkeypatch, environment, language):
    """The variable leads, then LC_ALL, LC_MESSAGES and LANG, the first that says something."""
    for name in ("TEMPERAMENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
