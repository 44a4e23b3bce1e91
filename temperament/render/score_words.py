"""The words of evaluations and of agreement, in Chinese and English."""

from temperament.labels import NAMES
from temperament.language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("评估：{}", "Evaluation: {}"),
    "read_by": ("{} 条消息，由 {} 读", "{} messages, read by {}"),
    "unread": (
        "其中 {} 条读不了（空白、符号、外语等）",
        "{} of them could not be read (blank, symbols, other languages …)",
    ),
    "how": (
        "方括号：95% 自助法区间，对消息重抽 {} 次，种子 {}。",
        "In brackets: 95 % bootstrap intervals over messages, {} draws, seed {}.",
    ),
    "summary": ("总分", "Scores"),
    "score": ("分数", "score"),
    "messages": ("条数", "messages"),
    "macro_f1": ("宏平均 F1", "macro-F1"),
    "accuracy": ("准确率", "accuracy"),
    "balanced_accuracy": ("平均召回率", "balanced accuracy"),
    "kappa": ("Cohen κ", "Cohen's kappa"),
    "calibration_error": ("校准误差 ECE", "calibration error (ECE)"),
    "calibration_noise": ("偶然会有的 ECE", "ECE to expect by chance"),
    "majority": ("总答多数类的宏平均 F1", "always the commonest: macro-F1"),
    "humans": ("标注者彼此的宏平均 F1", "annotators mutually: macro-F1"),
    "temperament": ("气质", "temperament"),
    "state": ("情绪", "state"),
    "label": ("标签", "label"),
    "precision": ("精确率", "precision"),
    "recall": ("召回率", "recall"),
    "classes": ("各标签", "By label"),
    "confusion": ("混淆：行＝标注，列＝读作", "Confusion: rows gold, columns read"),
    "gold_read": ("标注 ↓ 读作 →", "gold ↓ read →"),
    "calibration": (
        "把握是否可信：按把握从低到高分成等份",
        "Calibration: readings in equal parts, the least sure first",
    ),
    "chance": ("平均把握", "mean chance"),
    "right": ("实际答对", "were right"),
    "interval": ("95% 区间", "95 % interval"),
    "bands": ("把握档次", "Bands"),
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
    "coverage": ("只读最有把握的", "Reading only the surest"),
    "share": ("读了", "share read"),
    "ideal": ("把握是否可信（灰线＝完全可信）", "Calibration (grey: perfect)"),
    "further": ("另有情绪", "Further states"),
    "further_line": (
        "F1 {:.3f}，精确率 {:.3f}（读出 {}），召回率 {:.3f}（标注 {}）；各情绪在场概率的 ECE {:.3f}",
        "F1 {:.3f}, precision {:.3f} (named {}), recall {:.3f} (in gold {}); ECE of the presence of each feeling {:.3f}",
    ),
    "by": ("按 {} 分", "By {}"),
    "more_values": ("另有 {} 个值，用 --format json 看全。", "{} more values with --format json."),
    "left_out": ("没有计分的", "Not scored"),
    "unlabelled": ("{}：{} 条没有标签", "{}: {} messages without a label"),
    "ties": ("{}：{} 条标注者票数相同", "{}: {} messages on which the annotators tie"),
    "extra": (
        "{}：{} 条标成“{}”，手册里没有；读作 {}",
        "{}: {} messages labelled {!r}, which the codebook does not know; read as {}",
    ),
    "worst": ("最有把握的误读", "Surest wrong readings"),
    "because": ("依据：{}", "because of: {}"),
    "miss": ("{}. {}：读作 {}（{:.2f}），标注 {}（{:.2f}）", "{}. {}: read as {} ({:.2f}), gold {} ({:.2f})"),
    "compare": ("{} 与 {} 相比", "{} against {}"),
    "difference": ("差", "difference"),
    "mcnemar": (
        "{}：只有 {} 答对 {} 条，只有 {} 答对 {} 条，都对 {}，都错 {}；McNemar 精确检验 p{}",
        "{}: only {} right {}, only {} right {}, both right {}, both wrong {}; exact McNemar test p{}",
    ),
    "better": ("{} 的{}更好，不像是碰巧", "{} is better at {}, hardly by chance"),
    "undecided": ("{} 谁更好，这些消息还定不了", "these messages do not settle which is better at {}"),
    "paired": (
        "差＝后者减前者；区间和 p 出自成对自助法（同一批重抽的消息），McNemar 检验看准确率。",
        "Difference: second minus first; interval and p by paired bootstrap (the same draws for both); McNemar's test is on accuracy.",
    ),
    "agreement_title": ("标注一致性：{}", "Agreement: {}"),
    "annotators": ("标注者：{}", "annotators: {}"),
    "agreement_of": ("{}：{} 条消息，{} 位标注者", "{}: {} messages, {} annotators"),
    "percent": ("一致的票对", "agreeing pairs of votes"),
    "unanimous": ("全体一致的消息", "unanimous messages"),
    "cohen": ("Cohen κ（两两平均）", "Cohen's kappa (mean over pairs)"),
    "fleiss": ("Fleiss κ", "Fleiss' kappa"),
    "krippendorff": ("Krippendorff α（类别）", "Krippendorff's alpha (nominal)"),
    "ties_count": ("票数相同的消息", "tied messages"),
    "pair": ("两位", "pair"),
    "specific": ("该标签的一致率", "specific agreement"),
    "votes_share": ("占票", "share of votes"),
    "complete": ("（{} 条人人都标）", "({} labelled by all)"),
    "disagreements": ("不一致的消息：{}", "Disagreements: {}"),
    "more_quotes": ("另有 {} 条，用 --show 或 --format json 看全。", "{} more with --show or --format json."),
    "majority_is": ("多数：{}", "majority: {}"),
    "tie": ("票数相同", "tie"),
    "nobody": ("未标", "none"),
}


def say(key: str, language: Language, *values: object) -> str:
    """Return words in one language, with values filled in."""
    text = _WORDS[key][0 if language == "zh" else 1]
    return text.format(*values) if values else text


def label_name(label: str, language: Language) -> str:
    """Return how a label is called, without its figure; one the codebook does not know stays as it is."""
    return NAMES[label].show(language).split("·")[0].strip() if label in NAMES else label
