"""The model card says what the model's own facts and scores say."""

from dataclasses import replace

from temperament.card import model_card
from temperament.labels import HEADS


def test_card_of_the_toy_model(toy_model):
    """Name, size, scales, counts and scores stand in the card as they are in the model."""
    card = model_card(toy_model)
    assert card.startswith("# Model card: toy\n")
    assert f"{len(toy_model.idf):,} character n-grams" in card
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
