"""What several test files share: small real models, the texts beside the repository, and settings for hypothesis."""

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from temperament import classifier, encoder, model
from temperament.card import model_card
from temperament.datasets import Example
from temperament.errors import ModelError
from temperament.labels import FEELINGS, HEADS, LABELS
from temperament.reader import Classifier
from temperament.text import fold

settings.register_profile("suite", deadline=None, database=None, derandomize=True)
settings.load_profile("suite")

SHARED = Path(__file__).resolve().parents[2] / "shared"

TOY = [
    Example(text, temperament, state, also)
    for temperament, state, also, text in (
        ("choleric", "angry", (), "立刻给我退款！今天必须到账，少废话！"),
        ("choleric", "angry", (), "叫你们经理来！十分钟内不给答复我就投诉！"),
        ("choleric", "angry", ("anxious",), "马上派人过来！再拖一个小时我就报警！"),
        ("choleric", "confused", (), "别绕弯子，直接告诉我到底扣的什么钱，我看不懂你们这账单"),
        ("choleric", "confused", (), "一会儿说要解绑一会儿说不用，到底点哪个？你给我说清楚"),
        ("choleric", "anxious", (), "今晚八点前必须送到，我明早的飞机，现在就去催"),
        ("choleric", "anxious", (), "一个小时内给我回电话，孩子等着用药，别让我再打第二遍"),
        ("choleric", "difficult", (), "你做不了主就闪开，换个能做主的来跟我谈"),
        ("choleric", "difficult", ("angry",), "要么赔双倍，要么我天天来你们店门口坐着，你自己选"),
        ("choleric", "calm", (), "我要换蓝色的，明天发货，办好了告诉我一声"),
        ("choleric", "calm", (), "地址改成公司，其他不变，现在改"),
        ("choleric", "calm", (), "直接取消这一单，重新下，按原价给我"),
        ("sanguine", "angry", (), "天哪气死宝宝了！！这快递是骑蜗牛来的吗！！"),
        ("sanguine", "angry", (), "哎呀妈呀我要原地爆炸了！你们的客服是去火星出差了吗！"),
        ("sanguine", "confused", (), "哈哈哈我是谁我在哪儿，这个说明书是外星人写的吧，完全看不懂"),
        ("sanguine", "confused", (), "亲，我被你们的红包规则绕成麻花了，到底怎么领呀"),
        ("sanguine", "anxious", (), "亲亲快救命，再不发货我女朋友要把我发货了哈哈"),
        ("sanguine", "anxious", (), "急急急！！火锅都开了肉还在路上，小哥你快飞过来吧"),
        ("sanguine", "difficult", (), "哟，这就是传说中的旗舰店呀，旗舰沉了吧哈哈"),
        ("sanguine", "difficult", (), "老铁你再送我两张券，我就假装没看见这根头发嘿嘿"),
        ("sanguine", "calm", (), "哈哈哈这个猫窝太逗了，主子进去就不肯出来啦"),
        ("sanguine", "calm", (), "老板娘人美心善，下回我把全宿舍都拐来吃哈哈"),
        ("sanguine", "calm", (), "亲，这个颜色也太骚了吧，穿出去我妈都不认识我哈哈"),
        ("sanguine", "calm", (), "哎呀终于等到你，快递小哥都成我亲戚了嘿嘿"),
        ("phlegmatic", "angry", (), "我一般不说什么的，可这都第四回了，真的太过分了！！"),
        ("phlegmatic", "angry", (), "算了算了不吵了，可是你们这样真的让人很生气！！"),
        ("phlegmatic", "confused", (), "不好意思，我年纪大了弄不明白，麻烦您慢慢教我一下好吗"),
        ("phlegmatic", "confused", (), "可能是我自己没看懂，这个押金到底退没退呀，您帮忙看看"),
        ("phlegmatic", "anxious", (), "不好意思又来打扰，货还没到，我有点担心会不会丢了"),
        ("phlegmatic", "anxious", (), "不催您，就是孩子周一要用，怕来不及，麻烦帮忙问问"),
        ("phlegmatic", "difficult", (), "你们看着办吧，反正我说了也没用，随你们高兴"),
        ("phlegmatic", "difficult", (), "没事，你们大公司嘛，我们小老百姓等着就是了"),
        ("phlegmatic", "calm", (), "没关系的，不急，你们按规定办就行"),
        ("phlegmatic", "calm", (), "少了一双筷子而已，没事，下次注意就好，辛苦了"),
        ("phlegmatic", "calm", (), "麻烦您有空看看，什么时候处理都可以，谢谢"),
        ("phlegmatic", "calm", (), "退不退都行，你们按规定来吧，不麻烦了"),
        ("melancholic", "angry", (), "承诺三天到，现在第九天；电话打了五次没人接。这就是你们的服务标准？太气人了！！"),
        ("melancholic", "angry", (), "连最基本的道歉都没有，按理不应该是这样的，你们凭什么！！"),
        (
            "melancholic",
            "confused",
            (),
            "合同写的是二十号，短信说二十五号，客服又说月底，到底以哪个为准，我不知道该信谁",
        ),
        ("melancholic", "confused", (), "按说明第三步应该有确认键，可是我这里没有，前后对不上，不知道错在哪里"),
        ("melancholic", "anxious", (), "我怕钱又像上次一样不明不白就没了，是不是被骗了，一直睡不着"),
        ("melancholic", "anxious", (), "说好十点前发，查了三次都没有记录，明天就要用，会不会又像上回那样"),
        ("melancholic", "difficult", (), "呵呵，这就是所谓的五星服务，真让人长见识"),
        ("melancholic", "difficult", ("angry",), "你们的原则就是欺负老实人吧，呵呵，受教了"),
        ("melancholic", "calm", (), "第一，包装没有封口；第二，说明书缺页；第三，颜色与图片不符。应该改进"),
        ("melancholic", "calm", (), "做服务的应该守时，标准定了就要做到，这次让我很失望"),
        ("melancholic", "calm", (), "面料、做工、尺码都和描述有出入，对不起这个价格"),
        ("melancholic", "calm", (), "我一直相信这个牌子，这次的细节太让人失望了"),
        ("unclear", "angry", (), "垃圾！再也不买了！！"),
        ("unclear", "angry", (), "气死我了！！什么破玩意！！"),
        ("unclear", "confused", (), "这是怎么回事，我搞不懂，不知道该找谁"),
        ("unclear", "confused", (), "为什么会显示两个订单，完全搞不清楚状况"),
        ("unclear", "anxious", (), "怎么还没到，急用"),
        ("unclear", "anxious", (), "快递会不会丢了，能不能快点查一下"),
        ("unclear", "difficult", (), "呵呵，真行"),
        ("unclear", "difficult", (), "就这水平还开店，呵呵"),
        ("unclear", "calm", (), "请问这个有货吗"),
        ("unclear", "calm", (), "收到了，质量还可以"),
        ("unclear", "calm", (), "味道一般，分量够"),
        ("unclear", "calm", (), "发票开好了请发到邮箱"),
    )
]
"""Every cell of 5 × 5 labels at least twice, written for these tests."""


@pytest.fixture(scope="session")
def toy_model():
    """A model trained on TOY: real in every part, too small to be clever."""
    return classifier.train(TOY, "toy")


@pytest.fixture(scope="session")
def toy_folder(toy_model, tmp_path_factory):
    """The folder TOY's model was saved to; tests that damage it copy it first."""
    folder = tmp_path_factory.mktemp("models") / "toy"
    model.save(toy_model, folder, model_card(toy_model))
    return folder


@pytest.fixture(scope="session")
def toy(toy_model):
    """The toy model as a Classifier."""
    return Classifier(toy_model)


MARKS = ("<s>", "<pad>", "</s>", "<unk>")
CONTEXT = 0.1
"""How much of a text's mean goes into every token of the tiny network."""


@pytest.fixture(scope="session")
def tiny_pieces():
    """The vocabulary of the tiny encoder: marks, the sign of a blank, TOY's characters and its commoner pairs."""
    texts = [fold(one.text).text for one in TOY]
    pairs = sorted({text[at : at + 2] for text in texts for at in range(len(text) - 1)})
    common = [pair for pair in pairs if sum(pair in text for text in texts) > 2]
    return [*MARKS, "\u2581", *sorted(set("".join(texts))), *common]


@pytest.fixture(scope="session")
def tiny_table(tiny_pieces):
    """The scores of every piece (pieces × 14): how much oftener than usual it stands under a label in TOY."""
    rows = [
        [getattr(one, head) == label for head in HEADS for label in LABELS[head]]
        + [feeling == one.state or feeling in one.also for feeling in FEELINGS]
        for one in TOY
    ]
    gold = np.array(rows, float)
    found = np.array([[piece in fold(one.text).text for one in TOY] for piece in tiny_pieces], float)
    counts = found @ gold + gold.mean(axis=0)
    return np.log(counts / counts.sum(axis=1, keepdims=True) / gold.mean(axis=0)).astype(np.float32)


@pytest.fixture(scope="session")
def tiny_network(tiny_table):
    """The bytes of an ONNX network: a token's row of the table, plus a tenth of the mean of all rows of its text.

    The mean is over real tokens, so that the answer changes when padding is not masked.
    """
    onnx = pytest.importorskip("onnx")
    helper, kinds = onnx.helper, onnx.TensorProto
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["own"]),
        helper.make_node("Cast", ["mask"], ["real"], to=kinds.FLOAT),
        helper.make_node("Unsqueeze", ["real", "last"], ["weights"]),
        helper.make_node("Mul", ["own", "weights"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sum"]),
        helper.make_node("ReduceSum", ["weights", "middle"], ["count"]),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("Mul", ["mean", "context"], ["share"]),
        helper.make_node("Add", ["own", "share"], ["scores"]),
    ]
    constants = {"table": tiny_table, "last": np.array([2]), "middle": np.array([1]), "context": np.float32([CONTEXT])}
    axes = ["texts", "tokens"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kinds.INT64, axes) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("scores", kinds.FLOAT, [*axes, tiny_table.shape[1]])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


@pytest.fixture(scope="session")
def tiny_tokenizer(tiny_pieces):
    """The bytes of a unigram tokenizer of those pieces, made as ``finetune`` makes the real one."""
    tokenizers = pytest.importorskip("tokenizers")
    pieces = [(piece, 0.0 if piece in MARKS else -4.0 - (len(piece) == 1)) for piece in tiny_pieces]
    made = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, unk_id=MARKS.index("<unk>")))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return made.to_str().encode()


@pytest.fixture(scope="session")
def tiny_folder(toy_model, tiny_network, tiny_tokenizer, tmp_path_factory):
    """The folder of an encoder that is real in every part: TOY's tiny network, its tokenizer and the toy model."""
    pytest.importorskip("onnxruntime")
    linear = in_codebook_order(toy_model)
    facts = {"blend": 0.5, "training": linear.training, "scores": linear.scores}
    files = {encoder.NETWORK: tiny_network, encoder.TOKENIZER: tiny_tokenizer, model.WEIGHTS: model.pack(linear)}
    folder = tmp_path_factory.mktemp("models") / "tiny"
    encoder.save(folder, "tiny", linear.heads, linear.presence, files | {model.CARD: b"# Model card: tiny\n"}, facts)
    return folder


def in_codebook_order(linear):
    """Put the labels of a linear model, which are in alphabetical order, into that of the codebook."""
    order = [model.column(linear.heads, head, label) for head in HEADS for label in LABELS[head]]
    order += range(len(order), model.outputs(linear.heads))
    heads = {}
    for head, learned in linear.heads.items():
        shifts = dict(zip(learned.labels, learned.shifts, strict=True))
        heads[head] = replace(learned, labels=LABELS[head], shifts=tuple(shifts[label] for label in LABELS[head]))
    return replace(linear, heads=heads, weights=linear.weights[:, order], intercepts=linear.intercepts[order])


@pytest.fixture(scope="session")
def tiny_model(tiny_folder):
    """The tiny encoder."""
    return encoder.load(tiny_folder)


@pytest.fixture(scope="session")
def tiny(tiny_model):
    """The tiny encoder as a Classifier."""
    return Classifier(tiny_model)


@pytest.fixture(scope="session")
def default():
    """The shipped model."""
    return Classifier.load("default")


@pytest.fixture(scope="session")
def semantic():
    """The shipped encoder, where it and its extra are there."""
    if not encoder.installed():
        pytest.skip("needs the extra [semantic]")
    try:
        model.find("semantic")
    except ModelError:
        pytest.skip("needs models/semantic")
    return Classifier.load("semantic")


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmarks."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parent.parent / "benchmarks")
    return importlib.import_module


@pytest.fixture(scope="session")
def shared():
    """The folder ``shared`` beside the repository, with manuals and labelled texts that may not be in it."""
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}, which is not in the repository")
    return SHARED


@pytest.fixture(scope="session")
def real_messages(shared):
    """The texts of the labelled public messages, in the order of their file."""
    lines = (shared / "labels" / "real_train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]
