"""Read a customer's manner and state in a (mostly Chinese) message, and advise how to answer.

>>> import temperament as tm
>>> reading = tm.classify("你们说好三天到，现在第九天了！打电话没人接，到底管不管？！")
>>> reading.state
'angry'
>>> advice = tm.recommend(reading, channel="phone", language="zh")
>>> advice.say[0].text
'您说，我在听。'

Importing this package loads neither a model nor numpy; the first reading does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from temperament.advice import Advice as Advice
    from temperament.advice import recommend as recommend
    from temperament.analysis import analyze as analyze
    from temperament.analysis import analyze_many as analyze_many
    from temperament.conversation import Conversation as Conversation
    from temperament.errors import TemperamentError as TemperamentError
    from temperament.guidance import guide as guide
    from temperament.labels import Evidence as Evidence
    from temperament.labels import Reading as Reading
    from temperament.promises import trust as trust
    from temperament.reader import Classifier as Classifier
    from temperament.reply import Finding as Finding
    from temperament.reply import check_reply as check_reply

__version__ = "0.1.0"
_HOMES = {
    "TemperamentError": "temperament.errors",
    "Evidence": "temperament.labels",
    "Reading": "temperament.labels",
    "Classifier": "temperament.reader",
    "Advice": "temperament.advice",
    "recommend": "temperament.advice",
    "guide": "temperament.guidance",
    "trust": "temperament.promises",
    "Finding": "temperament.reply",
    "check_reply": "temperament.reply",
    "Conversation": "temperament.conversation",
    "analyze": "temperament.analysis",
    "analyze_many": "temperament.analysis",
}
__all__ = [*_HOMES, "classify", "classify_many"]  # noqa: PLE0604 (all are names)


def classify(text: str) -> "Reading":
    """Read one message with the shipped model; see ``Classifier.classify``."""
    return _default().classify(text)


def classify_many(texts: "Iterable[str]", *, explain: bool = True) -> "list[Reading]":
    """Read many messages with the shipped model; see ``Classifier.classify_many``."""
    return _default().classify_many(texts, explain=explain)


def _default() -> "Classifier":
    from temperament.reader import Classifier

    return Classifier.load("default")


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'temperament' has no attribute {name!r}")
