"""Labels, their names, and the readings that carry them."""

import pytest

from temperament.errors import UsageError
from temperament.labels import (
    FEELINGS,
    HEADS,
    LABELS,
    NAMES,
    STATES,
    TEMPERAMENTS,
    Reading,
    state_label,
    temperament_label,
)


@pytest.mark.parametrize("head", HEADS)
def test_every_name_leads_to_its_label(head):
    """The label, the Chinese name and all aliases are accepted, and no name belongs to two labels."""
    find = temperament_label if head == "temperament" else state_label
    for label in LABELS[head]:
        assert {find(name) for name in (label, NAMES[label].zh, *NAMES[label].aliases)} == {label}
    names = [name for label in LABELS[head] for name in NAMES[label]]
    assert len(set(names)) == len(names) - len([label for label in LABELS[head] if NAMES[label].en == label])


@pytest.mark.parametrize("label", TEMPERAMENTS[:4])
def test_english_names_lead_to_their_label(label):
    """The English name that cards show is accepted, too: choleric · Sun Wukong."""
    assert temperament_label(NAMES[label].en) == label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("孙悟空", "choleric"),
        (" 唐僧\n", "melancholic"),
        ("Choleric", "choleric"),
        ("豬八戒", "sanguine"),
        ("力量型", "choleric"),
    ],
)
def test_temperament_names(name, label):
    """Figures, types, Traditional script, case and blanks around."""
    assert temperament_label(name) == label


@pytest.mark.parametrize(
    ("name", "label"), [("愤怒", "angry"), ("ANGRY", "angry"), ("焦虑", "anxious"), ("平稳", "calm")]
)
def test_state_names(name, label):
    """Chinese and English, any case."""
    assert state_label(name) == label


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", ["", "高兴", "happy"])
def test_unknown_names_list_the_allowed_ones(head, name):
    """Both messages quote the name and list every label."""
    find = temperament_label if head == "temperament" else state_label
    with pytest.raises(UsageError, match=r".") as caught:
        find(name)
    assert caught.value.exit_code == 2
    assert f"“{name}”" in caught.value.zh
    assert repr(name) in caught.value.en
    assert all(label in caught.value.zh and label in caught.value.en for label in LABELS[head])


def test_a_state_is_no_temperament():
    """Each head has its own labels."""
    with pytest.raises(UsageError, match="angry"):
        temperament_label("angry")


@pytest.mark.parametrize("label", [*TEMPERAMENTS, *STATES])
def test_names_in_both_languages(label):
    """Every label is shown in Chinese and in English."""
    assert NAMES[label].show("zh") == NAMES[label].zh
    assert NAMES[label].show("en").split(" ")[0] == label


def test_a_given_reading():
    """Labels that are known are certain."""
    reading = Reading.of("孙悟空", "愤怒", "立刻退款")
    assert (reading.temperament, reading.state, reading.text, reading.model) == (
        "choleric",
        "angry",
        "立刻退款",
        "given",
    )
    assert reading.temperament_probabilities == {label: float(label == "choleric") for label in TEMPERAMENTS}
    assert reading.state_probabilities == {label: float(label == "angry") for label in STATES}
    assert reading.present_probabilities == {"angry": 1.0, "confused": 0.0, "anxious": 0.0, "difficult": 0.0}
    assert (reading.also, reading.evidence, reading.reason) == ((), (), None)


def test_feelings_are_the_states_but_calm():
    """What can be present beside a leading state."""
    assert FEELINGS == ("angry", "confused", "anxious", "difficult")
    assert Reading.of(state="平稳").present_probabilities == dict.fromkeys(FEELINGS, 0.0)


def test_an_unknown_given_reading_is_refused():
    """A label that does not exist is refused at once."""
    with pytest.raises(UsageError, match="高兴"):
        Reading.of(state="高兴")
