"""Message → Reading: guards, probabilities, confidence bands, secondary states, evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from temperament import encoder, evidence, model
from temperament.encoder import EncoderModel
from temperament.errors import ModelError, UsageError
from temperament.features import Floats
from temperament.labels import FEELINGS, HEADS, LABELS, NEUTRAL, Band, Head, Reading, StateLabel, TemperamentLabel
from temperament.text import HAN, Folded, fold

AnyModel = model.Model | EncoderModel
_HAN_CHARACTERS = re.compile(f"[{HAN}]")
_LATIN_WORDS = re.compile(r"[a-zß-öø-ɏ]+")
_SHORTEST = 2
_SHORT = 12
_BOT_MARK = re.compile(r"\A\W{0,3}(?:自动回复|系统消息|系统通知|机器人|智能客服)[\]】):]")
_BOT = re.compile(
    r"\A(?:【.{1,12}】)?\W{0,2}(?:您好|亲)?\W{0,2}"
    r"(?:很高兴为您(?:服务|解答)|感谢您的来电|欢迎(?:致电|拨打)|请(?:按|输入|回复)(?:数字)?\d|您(?:的|有)(?:验证码|校验码)(?:为|是|:)"
    r"|尊敬的(?:客户|用户|会员|旅客|业主)(?:朋友)?[,!]?(?:您好|:)|此(?:消息|邮件|短信)(?:由系统|为系统|系自动))"
    r"|(?:退订|拒收)请?回复?(?:td?|n|r)\W{0,2}\Z"
)
"""How a company's machine opens or ends what it says, in folded text: greetings, menus, codes, unsubscribe lines."""
_CUSTOMER = re.compile(rf"我(?!们|司|行|店|公司)|你们|什么时候|怎么|凭什么|(?<![什这那])么(?![{HAN}])")
"""What such machines do not say, and customers who quote them do."""


def unreadable(text: str) -> str | None:
    """Say why folded text cannot be read, or return ``None`` when it can.

    ``empty``: nothing is left after folding; ``symbols_only``: no letter of any script; ``not_chinese``: other
    scripts or languages lead; ``too_short``: a single Chinese character; ``bot_text``: an automatic message of a
    company, not a customer's words.
    """
    if not text.strip():
        return "empty"
    han = len(_HAN_CHARACTERS.findall(text))
    latin = _LATIN_WORDS.findall(text)
    others = sum(map(str.isalpha, text)) - han - sum(map(len, latin))
    if not (han or latin or others):
        return "symbols_only"
    if others > han or len(latin) > 2 * han:
        return "not_chinese"
    if han < _SHORTEST:
        return "too_short"
    return "bot_text" if _is_bot(text) else None


def _is_bot(text: str) -> bool:
    return bool(_BOT_MARK.match(text) or (_BOT.search(text) and not _CUSTOMER.search(text)))


def choose(name: str, messages: int) -> str:
    """Return which model answers under the name ``auto``: ``semantic`` for one message where its extra is installed.

    Batches go to ``default``, which is many times faster; every other name is returned as it is.
    """
    if name != "auto":
        return name
    if messages != 1 or not encoder.installed():
        return "default"
    try:
        model.find("semantic")
    except ModelError:
        return "default"
    return "semantic"


@dataclass(frozen=True)
class Classifier:
    """Reads messages with one model. Make one with ``Classifier.load``; it is safe to share between threads."""

    model: AnyModel

    @classmethod
    def load(cls, name: str = "default") -> "Classifier":
        """Load a shipped model by name (``"default"``, ``"semantic"``) or an own model folder by path.

        ``"auto"`` is what suits single messages best: ``semantic`` where its extra is installed, else ``default``.
        Raises ``ModelError`` when the folder is missing, damaged, foreign or of another format, or when the model
        needs an extra that is not installed.
        """
        folder = model.find(choose(str(name), 1))
        return _load(folder, (folder / model.MANIFEST).stat().st_mtime_ns)

    def classify(self, text: str) -> Reading:
        """Read one message; several turns of one customer are joined by line breaks.

        Text that cannot be read (empty, symbols only, other languages) gives ``unclear`` and ``calm`` with a
        ``reason``. Raises ``UsageError`` when ``text`` is not a string.
        """
        return self.classify_many([text])[0]

    def classify_many(self, texts: Iterable[str], *, explain: bool = True) -> list[Reading]:
        """Read many messages at once, in their order; the same answers as ``classify``.

        ``explain=False`` leaves ``evidence`` empty, which is many times faster. An empty list gives an empty list.
        """
        texts = _checked(texts)
        folded = [fold(text) for text in texts]
        reasons = [unreadable(one.text) or self._unknown(one.text) for one in folded]
        tables = self.model.probabilities([one.text for one in folded])
        readings = [
            self._reading(one, reason, {name: table[row] for name, table in tables.items()})
            for row, (one, reason) in enumerate(zip(folded, reasons, strict=True))
        ]
        return evidence.explain(self.model, folded, readings, self._ask) if explain else readings

    def _ask(self, texts: list[str]) -> list[Reading]:
        return self.classify_many(texts, explain=False)

    def _unknown(self, text: str) -> str | None:
        """Return ``no_cue`` for a short text of which the model knows nothing."""
        return "no_cue" if len(text) <= _SHORT and not self.model.knows(text) else None

    def _reading(self, folded: Folded, reason: str | None, rows: dict[str, Floats]) -> Reading:
        chances = {
            head: self.model.base_rates(head) if reason else dict(zip(LABELS[head], rows[head].tolist(), strict=True))
            for head in HEADS
        }
        top = {head: NEUTRAL[head] if reason else max(chances[head], key=chances[head].__getitem__) for head in HEADS}
        present: dict[StateLabel, float] = {
            label: chances["state"][label] if reason else chance
            for label, chance in zip(FEELINGS, rows["present"].tolist(), strict=True)
        }
        return Reading(
            text=folded.original,
            temperament=cast(TemperamentLabel, top["temperament"]),
            state=cast(StateLabel, top["state"]),
            temperament_probabilities=chances["temperament"],
            state_probabilities=chances["state"],
            confidence={head: "low" if reason else self._band(head, chances[head][top[head]]) for head in HEADS},
            present_probabilities={str(label): chance for label, chance in present.items()},
            also=() if reason else self._also(present, top["state"]),
            reason=reason,
            model=self.model.name,
        )

    def _band(self, head: Head, chance: float) -> Band:
        least = self.model.heads[head].bands
        if chance >= least["high"]:
            return "high"
        return "medium" if chance >= least["medium"] else "low"

    def _also(self, present: dict[StateLabel, float], leading: str) -> tuple[StateLabel, ...]:
        least = self.model.presence.threshold
        further = [label for label, chance in present.items() if label != leading and chance >= least]
        return tuple(sorted(further, key=present.__getitem__, reverse=True))


def _checked(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list, or refuse what is not a list of strings."""
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise UsageError(
            f"classify_many 要的是字符串列表，给的是 {type(texts).__name__}；一条消息请用 classify。",
            f"classify_many takes a list of strings, not {type(texts).__name__}; use classify for one message.",
        )
    listed = list(texts)
    for number, text in enumerate(listed, 1):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise UsageError(
                f"第 {number} 条不是字符串，而是 {kind}。请先转成 str（缺失值用空串）。",
                f"Item {number} is {kind}, not a string. Convert it to str first (use '' for missing values).",
            )
    return listed


@lru_cache(maxsize=4)
def _load(folder: Path, changed: int) -> Classifier:
    """Load a folder once; ``changed``, the time its manifest was written, makes a retrained model load anew."""
    facts = model.read_manifest(folder, {model.KIND: model.FORMAT, encoder.KIND: encoder.FORMAT})
    return Classifier(encoder.load(folder) if facts["kind"] == encoder.KIND else model.load(str(folder)))
