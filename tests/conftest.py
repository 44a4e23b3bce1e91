"""What several test files share: a small real model, the texts beside the repository, and settings for hypothesis."""

import json
from pathlib import Path

import pytest
from hypothesis import settings

from temperament import classifier, model
from temperament.card import model_card
from temperament.datasets import Example
from temperament.reader import Classifier

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


@pytest.fixture(scope="session")
def default():
    """The shipped model."""
    return Classifier.load("default")


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
