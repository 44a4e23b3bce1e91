"""The short codebook for whoever labels: what each label means, what people say, what it is not, and the rules."""

from functools import cache
from pathlib import Path

import msgspec

from temperament.labels import Head
from temperament.language import Language

PLACE = Path(__file__).resolve().parent / "codebook.yaml"


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in both languages."""

    zh: str
    en: str

    def show(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is", "not_": "not"}):
    """A label: the question it answers, what it is, words people say (Chinese, parted by " / "), what it is not."""

    ask: Wording
    is_: Wording
    says: str
    not_: Wording


class Codebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All labels of both heads, the rules for deciding, and what further states are."""

    rules: tuple[Wording, ...]
    temperament: dict[str, Meaning]
    state: dict[str, Meaning]
    also: Wording

    def meaning(self, head: Head, label: str) -> Meaning:
        """Return what a label means."""
        return (self.temperament if head == "temperament" else self.state)[label]


@cache
def codebook() -> Codebook:
    """Return the shipped codebook; a test holds that it knows every label."""
    import yaml

    book = msgspec.convert(yaml.safe_load(PLACE.read_text(encoding="utf-8")), Codebook)
    return book
