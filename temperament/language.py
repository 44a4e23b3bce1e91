"""Which language output is written in: Chinese or English, by locale, Chinese when unsure."""

import os
from collections.abc import Callable
from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
VARIABLE = "TEMPERAMENT_LANG"
Report = Callable[[str, str], None]
"""Is told, in Chinese and in English, what long work is doing."""


def default_language() -> Language:
    """Return the language asked for by ``TEMPERAMENT_LANG`` or the locale; Chinese when they say nothing."""
    asked = os.environ.get(VARIABLE, "")
    if asked in LANGUAGES:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = os.environ.get(name, "").lower()
        if locale:
            unsure = locale.split(".")[0] in {"c", "posix"}
            return "zh" if unsure or locale.startswith("zh") else "en"
    return "zh"
