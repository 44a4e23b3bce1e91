"""The model card of the forecast; every number in it comes from the forecast's own facts and scores."""

from collections.abc import Mapping
from typing import Any

from temperament.forecast import Forecaster
from temperament.forecast.prefix import NUMBERS, WINDOW

_USE = """\
## Use and limits

It says how likely strangers who read the whole conversation would call the customer dissatisfied, from what was said so
far. It is no measure of the customer as a person, nor of the agent: do not rank either by it. It knows nothing of what
happens outside the text (a refund that came, a call back), and it does not say that stepping in would help: nobody
stepped in here, so nothing was learned about that. The decision is apart (`Policy`), with a threshold to be set by
what a missed bad end and a needless call cost.

It learned from public posts to telecom and other helpdesks on Weibo, at most four turns of the customer, written years
ago. In another trade, channel or country the order of the risks may still serve, but measure before you trust the level:
with other base rates the probabilities are off. Of longer conversations only the last blocks count. A text that
cannot be read counts as what is usual, not as calm.
"""
_DATA = """\
## Data

NTCIR-14 STC-3 customer–helpdesk dialogues (texts of Weibo users, not in this repository; annotations CC BY 4.0 by
the organisers of NTCIR STC-3). 19 annotators scored the customer's satisfaction of each dialogue from -2 to 2. What
is stored are weights: of numbers, and of character n-grams that stand in at least {common} dialogues each, so that no
text can be read off them. The weights are MIT.
"""


def forecast_card(made: Forecaster) -> str:
    """Return the card of a forecast as Markdown."""
    facts = made.training
    columns, fields = made.text_weights.shape
    what = (
        f"After each turn of a conversation, the probability that it ends badly: {made.ends_badly[1]} "
        f"({made.ends_badly[0]}). A logistic regression over {len(NUMBERS)} numbers (the customer's readings: last, "
        f"mean and largest probabilities; who spoke last, lengths, marks, repetition) and {columns:,} character n-grams (1–3) in "
        f"{fields} fields (the customer's last block, the agent's words), run by numpy alone. It looks at the last {WINDOW} "
        "blocks of turns.\n\nIt learned the share of the annotators who were displeased; then one scale and one shift, "
        f"fitted on held-out scores, made it the probability of a majority (scale {made.scale:.3f}, shift {made.shift:.3f})."
    )
    file = facts["file"]
    trained = (
        f"## Trained on\n\n{facts['dialogues']:,} dialogues ({facts['prefixes']:,} prefixes) of `{file['name']}` (SHA-256 "
        f"`{file['sha256'][:16]}…`), those not marked `dev`; readings by the model `{facts['reader']}`. temperament "
        f"{facts['temperament']}, scikit-learn {facts['scikit_learn']}, seed {facts['seed']}.\n"
    )
    parts = [f"# Model card: {made.name}\n", what + "\n", _USE, trained, _DATA.format(common=facts["common"])]
    parts.extend(
        (
            "## Scores\n",
            f"Cross-validated in {facts['folds']} parts, a dialogue never on both sides of "
            "the forecast. The reader was trained on labels of words in most of these dialogues, and penalty and share were chosen "
            "by cross-validation on them, so these scores lean to the good side:\n",
        )
    )
    parts.append(stage_table(made.scores["cross_validated"]))
    if "dev" in made.scores:
        parts.extend((_DEV, stage_table(made.scores["dev"])))
    return "\n".join(parts)


_DEV = """\
The `dev` dialogues, never trained on by the forecast; short turns of 10 of the 233 (谢谢 and the like) also stand in the
reader's training data. They were not drawn at random: bad ends are
almost three times as common as elsewhere, far more than the words let expect, so they must have been picked with an eye to
the scores. Read AUC there, not the level (mean risk, Brier, ECE):
"""


def stage_table(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the measures stage by stage as a Markdown table."""
    lines = ["| | prefixes | end badly | mean risk | AUC | Brier | Brier of the base rate | ECE |", "|---" * 8 + "|"]
    lines.extend(
        f"| {stage} | {one['prefixes']:,} | {one['base_rate']:.3f} | {one['mean_risk']:.3f} | {one['auc']:.3f} | "
        f"{one['brier']:.3f} | {one['brier_of_base_rate']:.3f} | {one['calibration_error']:.3f} |"
        for stage, one in scores.items()
    )
    return "\n".join(lines) + "\n"
