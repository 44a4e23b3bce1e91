"""The model folder: the same answers after saving, and a clear error for whatever is wrong with it."""

import hashlib
import io
import json
import pickle
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from temperament import model, scoring
from temperament.errors import ModelError, TemperamentError
from temperament.folding import Codes
from temperament.labels import FEELINGS, HEADS, LABELS
from temperament.model import HeadModel, Presence

TEXTS = ["立刻退款!", "不急,你们看着办", "", "哈哈哈亲快点呀", "𠮷"]


@pytest.fixture
def folder(toy_folder, tmp_path):
    """A copy of the toy model's folder that a test may damage."""
    return shutil.copytree(toy_folder, tmp_path / "model")


def change(folder, edit):
    """Edit the manifest of a folder."""
    path = folder / "model.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    edit(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def put_weights(folder, data):
    """Replace the weights file and make the checksum fit it."""
    (folder / "weights.npz").write_bytes(data)
    change(folder, lambda manifest: manifest["files"].update({"weights.npz": hashlib.sha256(data).hexdigest()}))


def repack(folder, **changes):
    """Replace arrays (``None`` leaves one out) and make the checksum fit."""
    with np.load(folder / "weights.npz") as arrays:
        kept = {key: arrays[key] for key in arrays.files} | changes
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{key: array for key, array in kept.items() if array is not None})
    put_weights(folder, buffer.getvalue())


def refuse(folder, zh, en):
    """Load and expect a ModelError that says so in both languages and names the folder."""
    with pytest.raises(ModelError, match=re.escape(str(folder))) as caught:
        model.load(str(folder))
    assert zh in caught.value.zh
    assert en in caught.value.en
    assert caught.value.exit_code == 3


def test_save_and_load_gives_the_same_probabilities(toy_model, toy_folder):
    """A model read back answers exactly as before, and knows the same about itself."""
    loaded = model.load(str(toy_folder))
    for name, table in loaded.probabilities(TEXTS).items():
        np.testing.assert_array_equal(table, toy_model.probabilities(TEXTS)[name])
    assert (loaded.name, loaded.heads, loaded.presence) == ("toy", toy_model.heads, toy_model.presence)
    assert (loaded.training, loaded.scores) == (toy_model.training, toy_model.scores)


def test_probabilities_sum_to_one(toy_model):
    """One row a text, one column a label, whatever the text; presence has a column a feeling, each by itself."""
    tables = toy_model.probabilities(TEXTS)
    assert list(tables) == [*HEADS, "present"]
    for head in HEADS:
        assert tables[head].shape == (len(TEXTS), len(LABELS[head]))
        np.testing.assert_allclose(tables[head].sum(axis=1), 1, rtol=0, atol=1e-9)
    assert tables["present"].shape == (len(TEXTS), len(FEELINGS))
    assert ((tables["present"] > 0) & (tables["present"] < 1)).all()


def test_tables_by_hand():
    """Softmax of score · scale + shift for a head, logistic of score · scale + shift for presence, labels in their places."""
    heads = {
        "temperament": HeadModel(("unclear", "choleric"), 2.0, (0.0, 1.0), {"unclear": 0.5, "choleric": 0.5}, {}),
        "state": HeadModel(("angry", "calm"), 1.0, (0.0, 0.0), {"angry": 0.5, "calm": 0.5}, {}),
    }
    presence = Presence((1.0, 2.0, 0.0, 1.0), (0.0, 1.0, -30.0, 0.0), 0.5)
    scores = np.array([[0.5, 0.25, 1.0, 1.0, 0.0, 1.0, 9.0, -1.0]])
    tables = model.tables(scores, heads, presence)
    choleric = np.exp(0.25 * 2 + 1) / (np.exp(0.25 * 2 + 1) + np.exp(0.5 * 2))
    np.testing.assert_allclose(tables["temperament"], [[choleric, 0, 0, 0, 1 - choleric]], atol=1e-12)
    np.testing.assert_allclose(tables["state"], [[0.5, 0, 0, 0, 0.5]], atol=1e-12)
    logistic = [0.5, 1 / (1 + np.exp(-3)), 0, 1 / (1 + np.exp(1))]
    np.testing.assert_allclose(tables["present"], [logistic], atol=1e-12)


def test_a_shift_helps_its_label_alone(toy_model):
    """Raising one label's shift raises its probability and lowers those of all others."""
    state = toy_model.heads["state"]
    shifts = tuple(shift + (label == "anxious") for label, shift in zip(state.labels, state.shifts, strict=True))
    helped = replace(toy_model, heads=toy_model.heads | {"state": replace(state, shifts=shifts)})
    change = helped.probabilities(TEXTS)["state"] - toy_model.probabilities(TEXTS)["state"]
    for place, label in enumerate(LABELS["state"]):
        assert ((change[:, place] > 0) == (label == "anxious")).all()
    np.testing.assert_array_equal(
        helped.probabilities(TEXTS)["temperament"], toy_model.probabilities(TEXTS)["temperament"]
    )


def test_no_texts_give_empty_tables(toy_model):
    """An empty list is answered with no rows."""
    assert {name: table.shape for name, table in toy_model.probabilities([]).items()} == {
        "temperament": (0, 5),
        "state": (0, 5),
        "present": (0, 4),
    }


def test_probabilities_do_not_depend_on_batches(toy_model, monkeypatch):
    """Cutting the work into many small batches changes nothing."""
    together = toy_model.probabilities(TEXTS * 3)
    monkeypatch.setattr(scoring, "_CHUNK", 4)
    for head, table in toy_model.probabilities(TEXTS * 3).items():
        np.testing.assert_array_equal(table, together[head])


def test_column_finds_the_output_of_a_label(toy_model):
    """Outputs are the temperament labels, then the state labels, in training order, then one a feeling."""
    found = [model.column(toy_model.heads, head, label) for head in HEADS for label in toy_model.heads[head].labels]
    assert found == list(range(10))
    assert model.outputs(toy_model.heads) == toy_model.weights.shape[1] == 14


@pytest.mark.parametrize(
    ("text", "known"),
    [("你们", True), ("囍你们囍", True), ("", False), ("囍囍", False), ("囍你囍", False), ("囍" * 100, False)],
)
def test_knows_a_pair_of_characters(toy_model, text, known):
    """A text is known when at least two neighbouring characters of it were seen in training."""
    assert toy_model.scorer.score(Codes.of([text])).known.tolist() == [known]


def test_pushes_by_hand(toy_model):
    """The pushes of all characters and the marks are the score of the label against the mean of its head, bias aside."""
    text = "立刻退款,少废话!"
    found = toy_model.vocabulary.find([text])
    values = toy_model.vocabulary.matrix(found, toy_model.idf, 1)
    for head in HEADS:
        for label in toy_model.heads[head].labels:
            place = model.column(toy_model.heads, head, label)
            group = [model.column(toy_model.heads, head, one) for one in toy_model.heads[head].labels]
            gain = toy_model.weights[:, place] - toy_model.weights[:, group].mean(axis=1)
            marks = 0.0  # the share of n-grams that falls on the two marks, which are no characters of the text
            for start, length, column in zip(found.starts, found.lengths, found.columns, strict=True):
                outside = (start < 0) + (start + length > len(text))
                one = values.values[values.columns == column][0] / (found.columns == column).sum()
                marks += outside / length * one * gain[column]
            total = (values.values * gain[values.columns]).sum()
            assert toy_model.pushes([(text, head, label)])[0].sum() == pytest.approx(total - marks, abs=1e-6)
            assert toy_model.pushes([(text, head, label)])[0].shape == (len(text),)


def test_a_saved_folder_is_plain(toy_folder):
    """Three files; JSON and arrays only, nothing left aside, the card beside them."""
    assert sorted(path.name for path in toy_folder.iterdir()) == ["MODEL_CARD.md", "model.json", "weights.npz"]
    manifest = json.loads((toy_folder / "model.json").read_text(encoding="utf-8"))
    assert manifest["format"] == model.FORMAT
    assert manifest["labels"] == {head: list(LABELS[head]) for head in HEADS}
    weights = (toy_folder / "weights.npz").read_bytes()
    assert manifest["files"] == {"weights.npz": hashlib.sha256(weights).hexdigest()}
    with np.load(toy_folder / "weights.npz", allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["alphabet", "idf", "intercepts", "keys", "weights"]
    assert (toy_folder / "MODEL_CARD.md").read_text(encoding="utf-8").startswith("# Model card: toy")


def test_saving_over_an_older_model_replaces_it(toy_model, folder):
    """Training into the same folder again leaves a sound model."""
    (folder / "weights.npz").write_bytes(b"old")
    model.save(toy_model, folder, "card")
    assert model.load(str(folder)).name == "toy"


def test_a_crash_while_saving_leaves_the_old_model(toy_model, folder, monkeypatch):
    """When the disk fills up in the middle of the weights, the old files are still whole."""
    write_bytes = Path.write_bytes

    def fail(path, data):
        write_bytes(path, data[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", fail)
        with pytest.raises(OSError, match="No space left"):
            model.save(replace(toy_model, name="newer"), folder, "card")
    assert model.load(str(folder)).name == "toy"


def test_default_is_found():
    """The shipped model has a folder, and its arrays pass every check."""
    assert (model.find("default") / "weights.npz").is_file()
    assert len(model.load("default").vocabulary.keys) > 1000


@pytest.mark.parametrize("name", ["没有这个模型", "", "a\0b"])
def test_a_missing_model_is_named(name):
    """What is neither shipped nor a folder is said in both languages, with the way out."""
    with pytest.raises(ModelError, match=r".") as caught:
        model.load(name)
    assert f"找不到模型“{name}”" in caught.value.zh
    assert caught.value.en.startswith(f"No model {name!r}")
    assert "temperament train" in caught.value.en


def test_a_name_too_long_for_a_path():
    """A message pasted as a model name is no model either."""
    with pytest.raises(ModelError, match="没有|No model|找不到"):
        model.load("好" * 300)


def test_a_folder_without_a_model(tmp_path):
    """An existing folder without model.json is no model."""
    with pytest.raises(ModelError, match=r"model\.json"):
        model.load(str(tmp_path))


def test_changed_weights_do_not_match_their_checksum(folder):
    """One flipped byte is noticed before the file is opened."""
    data = bytearray((folder / "weights.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "weights.npz").write_bytes(data)
    refuse(folder, "校验和不符", "weights.npz does not match its checksum")


def test_truncated_weights(folder):
    """Half a file is damaged, with the old checksum and with its own."""
    data = (folder / "weights.npz").read_bytes()[:500]
    (folder / "weights.npz").write_bytes(data)
    refuse(folder, "校验和不符", "does not match its checksum")
    put_weights(folder, data)
    refuse(folder, "内容不对", "its content is wrong")


def test_missing_weights_file(folder):
    """A folder without its arrays is damaged."""
    (folder / "weights.npz").unlink()
    refuse(folder, "读不了 weights.npz", "weights.npz cannot be read")


def test_a_folder_in_place_of_the_weights_file(folder):
    """What cannot be read as a file is damaged, too."""
    (folder / "weights.npz").unlink()
    (folder / "weights.npz").mkdir()
    refuse(folder, "读不了 weights.npz", "weights.npz cannot be read")


class Trap:
    """Unpickling this would leave a mark."""

    sprung = False

    def __reduce__(self):
        """Run code when unpickled."""
        return setattr, (Trap, "sprung", True)


def test_pickled_objects_are_never_opened(folder):
    """An object array inside the archive, or a pickle in its place, is refused and not run."""
    repack(folder, idf=np.array([Trap()], dtype=object))
    refuse(folder, "内容不对", "Object arrays cannot be loaded")
    put_weights(folder, pickle.dumps(Trap()))
    refuse(folder, "内容不对", "its content is wrong")
    assert not Trap.sprung


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"", "不是 JSON", "model.json is not JSON"),
        (b"{", "不是 JSON", "model.json is not JSON"),
        (b"\xff\xfe\x00", "不是 JSON", "model.json is not JSON"),
        (b"[]", "不是 temperament 的模型", "is not a temperament model"),
        (b'"temperament-linear"', "不是 temperament 的模型", "is not a temperament model"),
        (b"{}", "不是 temperament 的模型", "is not a temperament model"),
        (b'{"kind": "fasttext"}', "不是 temperament 的模型", "is not a temperament model"),
    ],
)
def test_a_manifest_that_is_no_manifest(folder, content, zh, en):
    """Broken JSON, JSON of another shape and other programs' models are told apart."""
    (folder / "model.json").write_bytes(content)
    refuse(folder, zh, en)


@pytest.mark.parametrize("files", [None, {}, {"weights.npz": None}, {"weights.npz": "0" * 64}, "weights.npz", 7])
def test_a_manifest_without_the_checksum(folder, files):
    """No checksum, another one, or something else in its place: the arrays are not opened."""
    change(folder, lambda manifest: manifest.update(files=files))
    refuse(folder, "校验和不符", "weights.npz does not match its checksum")


@pytest.mark.parametrize("found", [99, "2", None, 1.5, True])
def test_another_format(folder, found):
    """A newer or odd format number is named together with the known one."""
    change(folder, lambda manifest: manifest.update(format=found))
    refuse(folder, f"模型格式是 {found}，本版本只认 2", f"model format {found}; this version reads 2")


def test_a_folder_of_the_first_format_names_the_way_out(folder):
    """A model that the version before wrote is refused whole, with what can be done."""

    def make_old(manifest):
        manifest["weights_sha256"] = manifest.pop("files")["weights.npz"]
        manifest["also_threshold"] = manifest.pop("presence")["threshold"]
        for head in HEADS:
            manifest["heads"][head].pop("shifts")
        manifest["format"] = 1

    change(folder, make_old)
    refuse(folder, "模型格式是 1，本版本只认 2", "has model format 1; this version reads 2")
    refuse(folder, "用本版本重新训练", "train the model again with this version")


@pytest.mark.parametrize("found", [0, 2, None, "1"])
def test_other_text_rules(folder, found):
    """A model trained with other folding would misread, so it is refused."""
    change(folder, lambda manifest: manifest.update(text_version=found))
    refuse(folder, f"文本规则第 {found} 版", f"trained with text rules {found}, this version has 1")


@pytest.mark.parametrize("key", ["name", "heads", "presence", "training", "scores"])
def test_a_manifest_without_a_key(folder, key):
    """Every key that is used is needed, and the message names the one that is missing."""
    change(folder, lambda manifest: manifest.pop(key))
    refuse(folder, key, key)


@pytest.mark.parametrize("key", ["labels", "scale", "shifts", "base_rates", "bands"])
def test_a_head_without_a_key(folder, key):
    """The same inside a head."""
    change(folder, lambda manifest: manifest["heads"]["state"].pop(key))
    refuse(folder, key, key)


@pytest.mark.parametrize("key", ["scales", "shifts", "threshold"])
def test_a_presence_without_a_key(folder, key):
    """The same for the presence of the feelings."""
    change(folder, lambda manifest: manifest["presence"].pop(key))
    refuse(folder, key, key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", ["angry", "anxious", "calm", "confused", "happy"]),
        ("labels", ["angry"]),
        ("labels", "angry"),
        ("labels", None),
        ("labels", []),
        ("scale", "quick"),
        ("scale", None),
        ("shifts", [0.0] * 4),
        ("shifts", [0.0] * 6),
        ("shifts", 0.0),
        ("shifts", ["x"] * 5),
        ("base_rates", [1]),
        ("bands", {"high": 0.9}),
        ("bands", {"high": "x", "medium": 0.5}),
    ],
)
def test_a_head_that_does_not_fit(folder, key, value):
    """Foreign labels, other counts and other types are damage."""
    change(folder, lambda manifest: manifest["heads"]["state"].update({key: value}))
    refuse(folder, "已损坏", "is damaged")


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("keys", lambda array: array[::-1]),
        ("keys", lambda array: array[:-1]),
        ("alphabet", lambda array: array[::-1]),
        ("alphabet", lambda array: array[:0]),
        ("idf", lambda array: array[:-1]),
        ("weights", lambda array: array.T),
        ("weights", lambda array: array[:, :-1]),
        ("intercepts", lambda array: array[:-1]),
        ("alphabet", lambda array: None),
        ("weights", lambda array: None),
        ("weights", lambda array: np.full_like(array, np.nan)),
        ("idf", lambda array: np.full_like(array, np.inf)),
        ("intercepts", lambda array: np.full_like(array, -np.inf)),
        ("weights", lambda array: np.array([["x"]])),
    ],
)
def test_arrays_that_do_not_fit(folder, name, edit):
    """Unsorted, missing, misshapen and invalid arrays are refused although their checksum is right."""
    with np.load(folder / "weights.npz") as arrays:
        array = arrays[name]
    repack(folder, **{name: edit(array)})
    refuse(folder, "模型", "The model in")


def _huge(folder):
    header = (
        b'\x93NUMPY\x01\x00v\x00{"descr": "<f4", "fortran_order": False, "shape": (10000000000000,), }'.ljust(127)
        + b"\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("alphabet", "keys", "idf", "weights", "intercepts"):
            archive.writestr(f"{name}.npy", header)
    put_weights(folder, buffer.getvalue())


def _garbled(folder):
    data = bytearray((folder / "weights.npz").read_bytes())
    with zipfile.ZipFile(folder / "weights.npz") as archive:
        start = archive.getinfo("weights.npy").header_offset + 200
    data[start : start + 100] = b"\xff" * 100
    put_weights(folder, bytes(data))


def _presence(**values):
    return lambda folder: change(folder, lambda manifest: manifest["presence"].update(values))


def _heads(**values):
    return lambda folder: change(folder, lambda manifest: manifest["heads"]["state"].update(values))


def _head(key, value):
    return _heads(**{key: value})


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: put_weights(folder, b""), id="empty file: EOFError"),
        pytest.param(_garbled, id="garbled inside: zlib.error"),
        pytest.param(_huge, id="claims 36 TiB: MemoryError"),
        pytest.param(lambda folder: repack(folder, keys=np.uint64(3)), id="keys no list: TypeError"),
        pytest.param(_head("labels", [["angry"]] * 5), id="labels are lists: TypeError"),
        pytest.param(_head("scale", 10**400), id="scale 1e400: OverflowError"),
        pytest.param(
            lambda folder: (folder / "model.json").write_bytes(b"[" * 200_000), id="deep JSON: RecursionError"
        ),
    ],
)
def test_damage_of_every_kind(folder, damage):
    """Whatever is wrong with a folder, the answer is a ModelError."""
    damage(folder)
    with pytest.raises(TemperamentError, match=r"damaged|已损坏"):
        model.load(str(folder))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_head("scale", float("nan")), id="scale NaN"),
        pytest.param(_head("scale", -1), id="scale -1"),
        pytest.param(_head("labels", ["angry"] * 5), id="one label five times"),
        pytest.param(
            _heads(labels=["angry", "angry", "calm", "calm", "calm"], base_rates={"angry": 0.5, "calm": 0.5}),
            id="labels twice, with fitting base rates",
        ),
        pytest.param(_head("bands", {"high": float("nan"), "medium": 0.5}), id="band NaN"),
        pytest.param(_head("bands", {"high": 0.5, "medium": 0.9}), id="medium above high"),
        pytest.param(_head("base_rates", {"happy": 1.0}), id="foreign base rates"),
        pytest.param(_head("base_rates", {"calm": 7.0}), id="base rates that sum to 7"),
        pytest.param(_head("shifts", [float("nan")] * 5), id="shift NaN"),
        pytest.param(_head("shifts", [float("inf")] + [0.0] * 4), id="shift without end"),
        pytest.param(_presence(threshold=float("nan")), id="threshold NaN"),
        pytest.param(_presence(threshold=1.5), id="threshold over 1"),
        pytest.param(_presence(threshold=-0.1), id="threshold under 0"),
        pytest.param(_presence(scales=[1.0] * 3), id="three feelings"),
        pytest.param(_presence(shifts=[0.0] * 5), id="five feelings"),
        pytest.param(_presence(scales=[float("nan")] * 4), id="presence NaN"),
        pytest.param(_presence(shifts=[float("-inf")] * 4), id="presence without end"),
        pytest.param(lambda folder: change(folder, lambda manifest: manifest.update(format=0)), id="format 0"),
    ],
)
def test_numbers_that_make_no_sense(folder, damage):
    """Numbers of the manifest are checked as those of the arrays are."""
    damage(folder)
    with pytest.raises(ModelError, match=r"damaged|已损坏|format|格式"):
        model.load(str(folder))
