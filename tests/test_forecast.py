"""The forecast: what it looks at, what it answers, what it refuses, and the decision that is kept apart from it."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from temperament.errors import ModelError, UsageError
from temperament.features import ngrams
from temperament.forecast import Forecaster, Policy
from temperament.forecast import forecaster as module
from temperament.forecast.prefix import FIELDS, NUMBERS, WINDOW, numbers, prefixes, texts
from temperament.labels import Reading
from temperament.model import find
from temperament.reader import Classifier
from temperament.text import fold
from temperament.turns import Turn

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import fit_forecast  # noqa: E402
import helpdesk  # noqa: E402
from forecast_card import forecast_card  # noqa: E402

WORSE = [
    Turn("customer", "请问我的宽带什么时候能装好？"),
    Turn("agent", "亲，请您耐心等待。"),
    Turn("customer", "都等了两个星期了，到底有没有人管？"),
    Turn("agent", "亲，请您耐心等待。"),
    Turn("customer", "垃圾公司！骗子！天天就知道让人等，我要投诉你们！！"),
]
BETTER = [
    Turn("customer", "请问我的宽带什么时候能装好？"),
    Turn("agent", "让您久等了，师傅明天上午九点上门，已短信通知您。"),
    Turn("customer", "好的，谢谢，辛苦了！"),
]


@pytest.fixture(scope="module")
def shipped():
    """The forecast that comes with the package."""
    return Forecaster.load()


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped folder that a test may damage."""
    return shutil.copytree(find("forecast"), tmp_path / "forecast")


def read(turns):
    """Read the customer's turns with the shipped model."""
    said = [turn.text for turn in turns if turn.speaker == "customer"]
    return Classifier.load("default").classify_many(said, explain=False)


def mixed(angry):
    """A reading that is angry with that probability and calm with the rest."""
    states = {"angry": angry, "confused": 0.0, "anxious": 0.0, "difficult": 0.0, "calm": 1 - angry}
    return replace(Reading.of(), state_probabilities=states)


def row(blocks):
    """The numbers of a prefix by name."""
    return dict(zip(NUMBERS, numbers(blocks), strict=True))


def test_a_worsening_conversation_is_worse(shipped):
    """Two conversations that begin alike: the risk rises in one and falls in the other."""
    worse, better = (shipped.after_each_turn(turns, read(turns)) for turns in (WORSE, BETTER))
    assert worse[0] == better[0]
    assert worse[4] > 0.5 > worse[0] > better[2]
    assert all(0 < risk < 1 for risk in worse + better)
    assert shipped.risks(WORSE, read(WORSE)) == worse[::2]


@pytest.mark.parametrize("turns", [WORSE[:1], WORSE[:2], WORSE[:3], WORSE])
def test_more_anger_is_more_risk(shipped, turns):
    """With the same words, the risk grows with the anger of the last reading, and with that of all."""
    count = sum(turn.speaker == "customer" for turn in turns)
    steps = np.linspace(0, 1, 6)
    last = [shipped.risks(turns, [mixed(0.2)] * (count - 1) + [mixed(angry)])[-1] for angry in steps]
    every = [shipped.risks(turns, [mixed(angry)] * count)[-1] for angry in steps]
    assert last == sorted(last)
    assert every == sorted(every)
    assert len(set(last)) == len(set(every)) == len(steps)
    assert every[-1] > 1.5 * every[0]


def test_what_follows_changes_nothing(shipped):
    """The risk after a turn is the same whether or not the conversation goes on."""
    readings = read(WORSE)
    whole = shipped.after_each_turn(WORSE, readings)
    for end in range(1, len(WORSE)):
        said = sum(turn.speaker == "customer" for turn in WORSE[:end])
        assert shipped.after_each_turn(WORSE[:end], readings[:said]) == pytest.approx(whole[:end], abs=1e-12)


def test_lines_in_a_row_count_as_one_turn():
    """Sentences sent one by one give the numbers and texts of the same sentences sent at once."""
    one = prefixes([Turn("customer", "第一句。\n第二句很长很长。"), Turn("agent", "好")], [mixed(0.5)])[-1]
    many = [Turn("customer", "第一句。"), Turn("customer", "第二句很长很长。"), Turn("agent", "好")]
    two = prefixes(many, [mixed(0.5), mixed(0.5)])[-1]
    assert numbers(one) == pytest.approx(numbers(two))
    assert texts(one) == texts(two) == ("第一句。\n第二句很长很长。", "好")


def test_a_longer_line_weighs_more():
    """The chances of a block are the mean of its turns by how much text they rest on."""
    blocks = prefixes([Turn("customer", "啊"), Turn("customer", "一二三四五六七八九")], [mixed(0), mixed(1)])[-1]
    assert row(blocks)["last_angry"] == pytest.approx(0.9)


def test_the_numbers_say_what_they_are_called():
    """The numbers of a small conversation, one by one."""
    turns = [Turn("customer", "气死了！！"), Turn("agent", "请等待"), Turn("customer", "气死了吗？")]
    first, second, third = (row(one) for one in prefixes(turns, [mixed(0.75), mixed(0.25)]))
    assert (first["open_angry"], second["open_angry"], third["open_angry"]) == (0.75, 0, 0.25)
    assert (third["last_angry"], third["mean_angry"], third["most_angry"]) == (0.25, 0.5, 0.75)
    assert (second["unanswered"], third["unanswered"]) == (0, 1)
    assert (third["customer_blocks"], third["agent_blocks"]) == (2, 1)
    assert third["exclamations"] == pytest.approx(np.log1p(2))
    assert third["questions"] == pytest.approx(np.log1p(1))
    assert third["repeats"] == pytest.approx(2 / 4)
    assert third["reply_repeats"] == 0
    assert third["reply_length"] == pytest.approx(np.log1p(3))


def test_only_the_window_counts(shipped):
    """Of a long conversation only the last blocks matter, and all of them do."""
    tail = [Turn(("customer", "agent")[at % 2], f"第{at}句") for at in range(WINDOW)]
    rest = [mixed(0.3)] * (WINDOW // 2)
    long = [Turn("customer", "骗子！"), Turn("agent", "请等待"), *tail]
    assert shipped.after_each_turn(long, [mixed(1.0), *rest])[-1] == shipped.after_each_turn(tail, rest)[-1]
    other = [mixed(0.9), *rest[1:]]
    assert shipped.after_each_turn(tail, other)[-1] > shipped.after_each_turn(tail, rest)[-1]


def test_odd_conversations(shipped):
    """Nothing said, empty turns, no customer, strange speakers, a very long talk: always one probability a turn."""
    assert shipped.after_each_turn([], []) == shipped.risks([], []) == []
    alone = shipped.after_each_turn([Turn("agent", "您好")], [])
    assert len(alone) == 1
    assert shipped.risks([Turn("agent", "您好")], []) == []
    empty = [Turn("customer", ""), Turn("agent", ""), Turn("customer", "！？"), Turn("agent", "😀")]
    assert all(0 < risk < 1 for risk in shipped.after_each_turn(empty, read(empty)))
    notice = Turn("other", "对方已离开")  # type: ignore[arg-type]
    risks = shipped.after_each_turn([WORSE[0], notice, *WORSE[1:]], read(WORSE))
    assert risks[0] == risks[1]
    assert risks[2:] == pytest.approx(shipped.after_each_turn(WORSE, read(WORSE))[1:], abs=1e-12)
    long = [Turn(("customer", "agent")[at % 2], "再说一遍" * 50) for at in range(500)]
    assert np.isfinite(shipped.after_each_turn(long, [mixed(0.5)] * 250)).all()


def test_readings_have_to_fit(shipped):
    """One reading for each turn of the customer, or a clear refusal."""
    with pytest.raises(UsageError) as caught:
        shipped.risks(WORSE, read(WORSE)[:2])
    assert "3 turns, but there are 2 readings" in caught.value.en
    assert "3 轮" in caught.value.zh


def test_saved_and_loaded_alike(shipped, tmp_path):
    """The folder gives the same probabilities to the last bit."""
    module.save(shipped, tmp_path / "copy", "# card\n")
    again = Forecaster.load(str(tmp_path / "copy"))
    assert again.after_each_turn(WORSE, read(WORSE)) == shipped.after_each_turn(WORSE, read(WORSE))
    assert again.scores == shipped.scores


def change(folder, **changes):
    """Change entries of the manifest."""
    path = folder / "model.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(facts | changes), encoding="utf-8")


def repack(folder, **changes):
    """Replace arrays (``None`` leaves one out) and make the checksum fit."""
    with np.load(folder / "weights.npz") as arrays:
        kept = {key: arrays[key] for key in arrays.files} | changes
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{key: array for key, array in kept.items() if array is not None})
    (folder / "weights.npz").write_bytes(buffer.getvalue())
    change(folder, files={"weights.npz": hashlib.sha256(buffer.getvalue()).hexdigest()})


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "weights.npz").write_bytes(b"PK"), "does not match its checksum"),
        (lambda folder: (folder / "weights.npz").unlink(), "cannot be read"),
        (lambda folder: repack(folder, weights=None), "its content is wrong"),
        (lambda folder: repack(folder, weights=np.zeros(3)), "do not fit together"),
        (lambda folder: repack(folder, low=np.full(len(NUMBERS), np.nan)), "do not fit together"),
        (lambda folder: repack(folder, idf=np.zeros((2, 1))), "do not fit together"),
        (lambda folder: repack(folder, weights=np.array([{}] * len(NUMBERS))), "its content is wrong"),
        (lambda folder: change(folder, numbers=[*NUMBERS[1:], NUMBERS[0]]), "do not fit together"),
        (lambda folder: change(folder, scale=-1.0), "do not fit together"),
        (lambda folder: change(folder, shift="much"), "its content is wrong"),
        (lambda folder: change(folder, ends_badly=None), "its content is wrong"),
        (lambda folder: change(folder, kind="temperament-linear"), "lacks kind = temperament-forecast"),
        (lambda folder: change(folder, format=99), "has model format 99"),
        (lambda folder: change(folder, text_version=0), "was trained with text rules 0"),
    ],
)
def test_damage_is_refused(folder, damage, words):
    """Whatever is wrong with a folder is said, and nothing is forecast with it."""
    damage(folder)
    with pytest.raises(ModelError) as caught:
        Forecaster.load(str(folder))
    assert words in caught.value.en
    assert str(folder) in caught.value.zh


def test_models_are_not_mixed_up():
    """A forecast does not read messages, and a classifier does not forecast."""
    with pytest.raises(ModelError, match="temperament-forecast"):
        Forecaster.load("default")
    with pytest.raises(ModelError, match="temperament-linear"):
        Classifier.load("forecast")


def test_the_folder_is_small_and_its_card_is_its_own(shipped):
    """Two megabytes at most, and the card says what the manifest knows."""
    place = find("forecast")
    assert sum(path.stat().st_size for path in place.iterdir()) <= 2_000_000
    assert (place / "MODEL_CARD.md").read_text(encoding="utf-8") == forecast_card(shipped)


def test_forecasting_needs_numpy_only():
    """No scikit-learn behind it."""
    program = (
        "import sys\nfrom temperament.forecast import Forecaster\nfrom temperament.labels import Reading\n"
        "from temperament.turns import Turn\n"
        "print(Forecaster.load().risks([Turn('customer', '骗子')], [Reading.of(state='angry')]))\n"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy', 'pandas', 'yaml')))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        (Policy(0.5), 1),
        (Policy(0.6), 1),
        (Policy(0.61), 4),
        (Policy(0.9), None),
        (Policy(0.5, patience=2), 4),
        (Policy(0.5, patience=3), None),
        (Policy(0.5, earliest=3), 3),
        (Policy(0.5, patience=2, earliest=5), 4),
        (Policy(0.0, patience=2), 1),
    ],
)
def test_when_a_policy_steps_in(policy, place):
    """Threshold, turns in a row and earliest turn."""
    assert policy.step_in([0.1, 0.6, 0.2, 0.5, 0.8]) == place


def test_no_turn_no_step():
    """Nothing said, nothing decided."""
    assert Policy(0.0).step_in([]) is None


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1), st.integers(1, 3))
def test_a_decision_stands(risks, threshold, patience):
    """A decision is never taken back by what follows, and a stricter policy never steps in earlier."""
    policy = Policy(threshold, patience)
    place = policy.step_in(risks)
    for end in range(len(risks) + 1):
        assert policy.step_in(risks[:end]) == (place if place is not None and place < end else None)
    later = Policy(threshold, patience + 1).step_in(risks)
    assert later is None or (place is not None and place <= later)


def test_costs_make_a_threshold():
    """A missed bad end nine times as dear as a needless call: step in from one in ten."""
    assert Policy.of_costs(missed=9, needless=1).threshold == pytest.approx(0.1)
    assert Policy.of_costs(missed=1, needless=1, patience=2) == Policy(0.5, 2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Policy(1.5), "between 0 and 1"),
        (lambda: Policy(float("nan")), "between 0 and 1"),
        (lambda: Policy(0.5, patience=0), "patience counts turns"),
        (lambda: Policy(0.5, earliest=1.5), "earliest counts turns"),
        (lambda: Policy.of_costs(0, 1), "positive numbers"),
        (lambda: Policy.of_costs(1, float("inf")), "positive numbers"),
    ],
)
def test_senseless_policies_are_refused(make, words):
    """Each with the allowed values."""
    with pytest.raises(UsageError) as caught:
        make()
    assert words in caught.value.en


def made_up(count):
    """Dialogues whose first words say how they end, half of them badly; the readings know nothing."""
    found = []
    for number in range(count):
        bad = number % 2 == 0
        said = f"{'怎么还不退款' if bad else '谢谢你们帮忙'}，单号{number}号"
        scores = (-2,) * 12 + (0,) * 7 if bad else (1,) * 19
        found.append(helpdesk.Dialogue(str(number), (Turn("customer", said), Turn("agent", "好的")), scores, "train"))
    return found


def test_training_learns_and_keeps_no_rare_words():
    """The script tells the two kinds apart on held-out dialogues, and n-grams of single dialogues are not in it."""
    dialogues = made_up(80)
    made = fit_forecast.trained(dialogues, [[mixed(0.5)] for _ in dialogues])
    assert made.scores["cross_validated"]["after turn 1"]["auc"] == 1
    bad, good = (made.risks(one.turns, [mixed(0.5)])[0] for one in dialogues[:2])
    assert bad > 0.9
    assert good < 0.1
    assert 3 in made.vocabulary.find(["还不退"]).lengths
    assert 3 not in made.vocabulary.find([f"单号{number}" for number in range(10)]).lengths


def test_a_bad_end_is_a_majority():
    """Ten of nineteen below zero are a bad end, nine are not, and zeros stay on the good side."""
    ten, nine = ((-1,) * count + (0,) * (19 - count) for count in (10, 9))
    assert helpdesk.Dialogue("1", (), ten, "train").bad
    assert not helpdesk.Dialogue("2", (), nine, "train").bad


@pytest.fixture(scope="module")
def dialogues(shared):
    """The public dialogues."""
    return helpdesk.read_dialogues(shared / "conversations" / "helpdesk.jsonl.gz")


def test_the_scores_of_the_card_come_back(shipped, dialogues):
    """On the dev dialogues the shipped folder gives the numbers its manifest holds, and tells the ends apart."""
    dev = [one for one in dialogues if one.part == "dev"]
    rows = fit_forecast.rows_of(dev, helpdesk.read_turns(dev, Classifier.load("default")))
    found = fit_forecast.stages(rows, shipped.chances(fit_forecast.scored(shipped, rows)))
    for stage, one in found.items():
        assert one == pytest.approx(shipped.scores["dev"][stage], abs=1e-6), stage
    assert found["after the last turn"]["auc"] > 0.85
    assert found["after turn 1"]["auc"] > 0.7


def test_probabilities_hold_on_other_dialogues(dialogues, monkeypatch):
    """Trained on a third of the dialogues, risks are as large on another third as bad ends are common there."""
    monkeypatch.setattr(fit_forecast, "FOLDS", 3)
    train = [one for one in dialogues if one.part == "train"]
    readings = helpdesk.read_turns(train, Classifier.load("default"))
    made = fit_forecast.trained(train[::3], readings[::3])
    rows = fit_forecast.rows_of(train[1::3], readings[1::3])
    found = fit_forecast.measures(made.chances(fit_forecast.scored(made, rows)), rows.bad)
    assert found["auc"] > 0.8
    assert found["calibration_error"] < 0.04
    assert found["mean_risk"] == pytest.approx(found["base_rate"], abs=0.03)
    assert found["brier"] < 0.8 * found["brier_of_base_rate"]


def test_no_ngram_points_to_a_few_dialogues(shipped, dialogues):
    """Every n-gram of the shipped vocabulary stands in at least 20 of the dialogues it was learned from."""
    counts = np.zeros(len(shipped.vocabulary.keys), int)
    for one in dialogues:
        if one.part == "train":
            said = [fold(turn.text).text for turn in one.turns]
            joined = "\n".join(text for turn, text in zip(one.turns, said, strict=True) if turn.speaker == "agent")
            counts[np.unique(shipped.vocabulary.find([*said, joined]).columns)] += 1
    assert counts.min() >= fit_forecast.COMMON
    assert len(FIELDS) == shipped.idf.shape[1]
    assert max(map(len, ngrams("一二三四"))) == 3
