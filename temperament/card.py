"""The model card: what a model is, what it was trained on, how well it reads, and what it must not be used for."""

from typing import Any

from temperament.labels import HEADS, NAMES
from temperament.model import Model

_USE = """\
## Use and limits

It reads the *manner of one text* by the project's codebook: how somebody deals with the matter here and how they feel
here. It is not a test of personality and must not be used to judge, rank or deny service to a person. Short, ironic,
dialectal or non-Chinese texts are read worse than the scores below suggest; look at the evidence, and let a
person decide. Labels are one text's, so they change from message to message.
"""


def model_card(model: Model) -> str:
    """Return the card of a model as Markdown; all numbers come from the model's own facts and scores."""
    parts = [f"# Model card: {model.name}\n", _what(model), _USE, _data(model), _cross_validation(model)]
    parts.extend(_test(name, scores) for name, scores in model.scores.get("tests", {}).items())
    return "\n".join(parts)


def _what(model: Model) -> str:
    columns, outputs = model.weights.shape
    scales = ", ".join(f"{head} {model.heads[head].scale:.3f}" for head in HEADS)
    bands = "; ".join(
        f"{head} high ≥ {model.heads[head].bands['high']:.2f}, medium ≥ {model.heads[head].bands['medium']:.2f}"
        for head in HEADS
    )
    return (
        f"A linear model over {columns:,} character n-grams (1–3), TF-IDF weighted, {outputs} outputs, run by numpy alone. "
        f"One-against-the-rest logistic regression with balanced classes; softmax with calibrated scale ({scales}).\n\n"
        f"Bands (out of fold, high is right at least 90 % of the time, medium 70 %): {bands}. "
        f"A further state is named from a probability of {model.also_threshold:.2f}.\n"
    )


def _data(model: Model) -> str:
    facts = model.training
    lines = ["## Trained on\n", "| file | messages | SHA-256 |", "|---|---|---|"]
    lines.extend(f"| {one['name']} | {one['messages']:,} | `{one['sha256'][:16]}…` |" for one in facts.get("files", []))
    lines.append(
        f"\n{facts['messages']:,} messages in all; {facts.get('left_out_as_test', 0)} left out because they stand in a test file."
    )
    for head in HEADS:
        shares = ", ".join(
            f"{label} {count:,}" for label, count in sorted(facts["labels"][head].items(), key=lambda item: -item[1])
        )
        lines.append(f"- {head}: {shares}")
    lines.append(
        f"\ntemperament {facts.get('temperament', '?')}, scikit-learn {facts['scikit_learn']}, seed {facts['seed']}.\n"
    )
    return "\n".join(lines)


def _cross_validation(model: Model) -> str:
    lines = ["## Scores\n", "Cross-validated on the training messages (5 folds, grouped by opening):\n"]
    for head in HEADS:
        scores = model.scores[head]
        lines.append(
            f"- {head}: macro-F1 {scores['cross_validated_macro_f1']:.3f}, accuracy {scores['cross_validated_accuracy']:.3f}"
        )
    return "\n".join(lines) + "\n"


def _test(name: str, scores: dict[str, Any]) -> str:
    lines = [f"### {name} ({scores['messages']} messages, never trained on)\n"]
    lines.extend(("| | macro-F1 | majority | accuracy | calibration error |", "|---|---|---|---|---|"))
    lines.extend(
        f"| {head} | {scores[head]['macro_f1']:.3f} | {scores[head]['majority_macro_f1']:.3f} | "
        f"{scores[head]['accuracy']:.3f} | {scores[head]['calibration_error']:.3f} |"
        for head in HEADS
    )
    lines.extend(("", "| band | right | messages |", "|---|---|---|"))
    lines.extend(
        f"| {head}: {one['band']} | {one['accuracy']:.2f} | {one['messages']} |"
        for head in HEADS
        for one in scores[head]["bands"]
    )
    lines.extend(("", "| label | precision | recall | F1 | messages |", "|---|---|---|---|---|"))
    lines.extend(
        f"| {NAMES[one['label']].en} | {one['precision']:.2f} | {one['recall']:.2f} | {one['f1']:.2f} | {one['support']} |"
        for head in HEADS
        for one in scores[head]["classes"]
    )
    return "\n".join(lines) + "\n"
