"""The command line: what goes in, what comes out, and the exit codes.

Most tests call ``main`` in this process; those that are about the process itself start a real one.
"""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from conftest import TOY

import temperament
from temperament import encoder, model, playbook
from temperament.errors import ExitCode
from temperament.reader import Classifier
from temperament.vetting import Rules

ANGRY = "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！"
COMMANDS = [
    ("classify",),
    ("batch",),
    ("advise",),
    ("check",),
    ("transcript",),
    ("guide",),
    ("template",),
    ("trust",),
    ("label",),
    ("train",),
    ("evaluate",),
    ("agreement",),
    ("serve",),
    ("topics",),
    ("practice",),
    ("case", "new"),
    ("case", "list"),
    ("case", "show"),
    ("case", "note"),
    ("case", "step"),
    ("case", "due"),
    ("case", "report"),
    ("case", "export"),
    ("feedback", "export"),
    ("playbook", "list"),
    ("playbook", "show"),
    ("playbook", "validate"),
    ("playbook", "init"),
    ("playbook", "export"),
    ("playbook", "import"),
]


@dataclass(frozen=True)
class Result:
    """What a command returned and printed."""

    code: int
    out: str
    err: str

    @property
    def objects(self):
        """The JSON objects of the output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process, in Chinese, on a plain terminal."""
    monkeypatch.setenv("TEMPERAMENT_LANG", "zh")
    monkeypatch.delenv("TEMPERAMENT_DEBUG", raising=False)

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["temperament", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        from temperament.cli import main

        try:
            code = main()
        except SystemExit as left:
            code = left.code
        return Result(int(code or 0), *capsys.readouterr())

    return call


def start(*arguments, **options):
    """Run the real command in a process of its own."""
    environment = (
        os.environ | {"TEMPERAMENT_LANG": "zh", "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"} | options.pop("env", {})
    )
    done = subprocess.run(
        [sys.executable, "-m", "temperament", *map(str, arguments)],
        env=environment,
        capture_output=True,
        check=False,
        timeout=100,
        **options,
    )
    return Result(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def labelled(path):
    """Write TOY as JSON lines."""
    rows = [{"text": one.text, "temperament": one.temperament, "state": one.state} for one in TOY]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_classify_prints_a_card(run):
    """The message, its state, the first step and what never to say."""
    result = run("classify", ANGRY)
    assert (result.code, result.err) == (0, "")
    assert ANGRY in result.out
    for words in ("愤怒", "依据", "步骤 1", "现在说", "不要说", "优先级"):
        assert words in result.out


def test_classify_prints_one_object_a_line(run):
    """JSON holds the reading and the advice, offsets count the original text."""
    result = run("classify", ANGRY, "请问有货吗", "--format", "json", "--channel", "phone")
    assert (result.code, result.err) == (0, "")
    first, second = result.objects
    assert (first["text"], first["state"], first["model"]) == (ANGRY, "angry", "default")
    assert second["text"] == "请问有货吗"
    assert first["evidence"]
    assert all(ANGRY[one["start"] : one["end"]] == one["text"] for one in first["evidence"])
    assert first["advice"]["steps"][0]["text"] == playbook.shipped().states["angry"].steps[0].do.zh


def test_classify_json_equals_the_library(run):
    """The command line says what Python says with the model that ``auto`` takes for one message."""
    reading = Classifier.load("auto").classify(ANGRY)
    (found,) = run("classify", ANGRY, "--format", "json").objects
    assert (found["temperament"], found["state"], found["also"]) == (
        reading.temperament,
        reading.state,
        [*reading.also],
    )
    assert found["state_probabilities"] == pytest.approx(reading.state_probabilities, abs=1e-7)
    assert found["present_probabilities"] == pytest.approx(reading.present_probabilities, abs=1e-7)
    assert [(one["start"], one["end"]) for one in found["evidence"]] == [
        (one.start, one.end) for one in reading.evidence
    ]
    assert found["model"] == reading.model


@pytest.mark.parametrize("arguments", [("-",), (), ("--file", "-")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_classify_reads_standard_input(run, arguments, encoding):
    """One message a line, blank lines aside, in any encoding, where - or nothing is given."""
    data = f"{ANGRY}\n\n \u3000\n请问有货吗\r\n".encode(encoding)
    result = run("classify", *arguments, "--format", "json", stdin=data)
    assert [one["text"] for one in result.objects] == [ANGRY, "请问有货吗"]


def test_classify_without_messages(run):
    """Nothing in, nothing out; not an error."""
    result = run("classify", "--format", "json")
    assert (result.code, result.out) == (0, "")


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        ("m.txt", f"{ANGRY}\n\n请问有货吗\n", 2),
        ("m.csv", f"编号,文本\n1,{ANGRY}\n2,\n", 2),
        ("m.jsonl", f'{{"text": "{ANGRY}"}}\n{{"text": null}}\n{{"text": "好"}}\n', 3),
    ],
)
def test_classify_reads_files(run, tmp_path, name, content, count):
    """Every row gives an object, empty ones included."""
    path = tmp_path / name
    path.write_text(content, encoding="gb18030")
    result = run("classify", "--file", path, "--format", "json")
    assert (result.code, len(result.objects)) == (0, count)
    assert result.objects[0]["text"] == ANGRY


def test_classify_reads_a_named_column_of_a_workbook(run, tmp_path):
    """--text-column chooses among several."""
    workbook = openpyxl.Workbook()
    for row in (["text", "原话"], ["甲甲", ANGRY]):
        workbook.active.append(row)
    workbook.save(tmp_path / "m.xlsx")
    found = run("classify", "-f", tmp_path / "m.xlsx", "--text-column", "原话", "--format", "json").objects
    assert [one["text"] for one in found] == [ANGRY]


@pytest.mark.parametrize(
    ("message", "reason", "words"),
    [
        ("", "empty", "无法判断"),
        ("😀", "symbols_only", "无法判断"),
        ("hello there", "not_chinese", "无法判断"),
        ("【自动回复】您好，我现在不在", "bot_text", "不是客户的话"),
    ],
)
def test_classify_what_cannot_be_read(run, message, reason, words):
    """An honest unclear/calm with a reason, in JSON and as a card."""
    (found,) = run("classify", message, "--format", "json").objects
    assert (found["temperament"], found["state"], found["reason"]) == ("unclear", "calm", reason)
    result = run("classify", message)
    assert result.code == 0
    assert words in result.out


def test_classify_a_hundred_thousand_characters(run, tmp_path):
    """A very long line is one message."""
    path = tmp_path / "m.txt"
    path.write_text(ANGRY * 3500, encoding="utf-8")
    (found,) = run("classify", "--file", path, "--format", "json").objects
    assert len(found["text"]) == len(ANGRY) * 3500


def test_classify_with_an_own_model(run, toy_folder):
    """--model takes the path of a folder; the answer names the model."""
    (found,) = run("classify", ANGRY, "--model", toy_folder, "--format", "json").objects
    assert found["model"] == "toy"


@pytest.fixture
def two_models(monkeypatch, toy_folder, tiny_folder):
    """Put small models in place of the shipped ones."""
    folders = {"default": toy_folder, "semantic": tiny_folder}
    monkeypatch.setattr(model, "find", lambda name: folders.get(name) or Path(name))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("请问有货吗",), "tiny"),
        (("--model", "auto", "请问有货吗"), "tiny"),
        (("请问有货吗", ANGRY), "toy"),
        (("--model", "default", "请问有货吗"), "toy"),
        (("--model", "semantic", "请问有货吗", ANGRY), "tiny"),
        (("--file", "{tmp}/one.txt"), "toy"),
        (("--file", "{tmp}/one.txt", "--model", "semantic"), "tiny"),
    ],
)
def test_the_answer_says_which_model_read_it(run, two_models, tmp_path, arguments, name):
    """One message goes to the encoder, a file or several messages to the fast model, unless one is named."""
    (tmp_path / "one.txt").write_text(f"{ANGRY}\n", encoding="utf-8")
    arguments = [one.replace("{tmp}", str(tmp_path)) for one in arguments]
    assert {one["model"] for one in run("classify", *arguments, "--format", "json").objects} == {name}
    assert name in run("classify", *arguments).out.split()


@pytest.mark.parametrize(("stdin", "name"), [(f"{ANGRY}\n", "tiny"), (f"{ANGRY}\n请问有货吗\n", "toy")])
def test_messages_from_a_pipe_are_counted(run, two_models, stdin, name):
    """One line from standard input is one message."""
    found = run("classify", "--format", "json", stdin=stdin.encode()).objects
    assert {one["model"] for one in found} == {name}


def test_evaluate_with_auto_is_a_batch(run, two_models, tmp_path):
    """A labelled file is many messages: ``auto`` scores the fast model."""
    (report,) = run("evaluate", labelled(tmp_path / "a.jsonl"), "--model", "auto", "--format", "json").objects
    assert report["model"] == "toy"


def test_without_the_extra(run, two_models, monkeypatch):
    """``auto`` reads with the fast model; ``semantic`` says what to install, in both languages."""
    monkeypatch.setattr(encoder, "installed", lambda: False)
    reader_cache().cache_clear()
    assert run("classify", ANGRY, "--format", "json").objects[0]["model"] == "toy"
    result = run("classify", ANGRY, "--model", "semantic")
    assert (result.code, result.out) == (3, "")
    assert "pip install 'temperament[semantic]'" in result.err
    assert "没有装" in result.err
    result = run("classify", ANGRY, "--model", "semantic", "--lang", "en")
    assert "which are not installed. Run: pip install 'temperament[semantic]'" in result.err


def reader_cache():
    """Return the function that keeps loaded models."""
    from temperament import reader

    return reader._load


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_training_an_encoder_without_torch(run, tmp_path, monkeypatch, lang):
    """The missing package and the extra are named before any work is done."""
    for name in [one for one in sys.modules if one.startswith("temperament.finetune")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    data = labelled(tmp_path / "a.jsonl")
    result = run("train", data, "-o", tmp_path / "m", "--kind", "encoder", "--lang", lang)
    assert (result.code, result.out) == (3, "")
    assert "torch" in result.err
    assert "pip install 'temperament[finetune]'" in result.err
    assert not (tmp_path / "m").exists()


def test_an_encoder_learns_from_no_soft_labels(run, tmp_path, monkeypatch):
    """An option that would do nothing is refused, not ignored."""
    monkeypatch.setattr("temperament.cli.training._train_encoder", lambda: lambda *arguments, **options: "# card")
    data = labelled(tmp_path / "a.jsonl")
    result = run("train", data, "-o", tmp_path / "m", "--kind", "encoder", "--soft", data)
    assert (result.code, result.out) == (2, "")
    assert "--soft" in result.err


def test_an_encoder_is_told_which_labels_are_surest(run, tmp_path, monkeypatch):
    """--last reaches the fine-tuning; with a linear model it would do nothing, so it is refused."""
    seen = {}
    monkeypatch.setattr(
        "temperament.cli.training._train_encoder", lambda: lambda *_, **options: seen.update(options) or "# card"
    )
    data = labelled(tmp_path / "a.jsonl")
    assert run("train", data, "-o", tmp_path / "m", "--kind", "encoder", "--last", data).code == 0
    assert seen["last"] == [data]
    result = run("train", data, "-o", tmp_path / "m", "--last", data)
    assert (result.code, result.out) == (2, "")
    assert "--last" in result.err


def test_train_hands_its_files_on(run, tmp_path, monkeypatch):
    """--typical, --test and --soft reach the training, each as a list."""
    seen = {}

    def note(files, tests, output, report, **options):
        seen.update(options, files=files, tests=tests, output=output)
        return "# 卡片"

    monkeypatch.setattr("temperament.training.train_model", note)
    a, b, c, d = (tmp_path / f"{name}.jsonl" for name in "abcd")
    result = run("train", a, b, "-o", tmp_path / "m", "--typical", a, "--soft", c, "--soft", d, "--test", b)
    assert result.code == 0
    assert "卡片" in result.out
    assert seen == {
        "files": [a, b],
        "tests": [b],
        "output": tmp_path / "m",
        "typical": [a],
        "soft": [c, d],
        "feedback": [],
        "start": None,
        "rules": Rules(),
    }
    options = ("--feedback", c, "--start", "none", "--leaks", "drop", "--duplicates", "keep")
    assert run("train", "-o", tmp_path / "m", *options).code == 0
    assert (seen["files"], seen["feedback"], seen["start"]) == ([], [c], None)
    assert seen["rules"] == Rules(duplicates="keep", leaks="drop")
    assert run("train", a, "-o", tmp_path / "m").code == 0
    assert seen["start"] == "default"


def test_train_wants_something_to_learn_from(run, tmp_path):
    """Neither files nor feedback is a slip of the call, and so is a start for an encoder or for soft labels."""
    result = run("train", "-o", tmp_path / "m")
    assert (result.code, "--feedback" in result.err) == (2, True)
    data = labelled(tmp_path / "a.jsonl")
    result = run("train", data, "-o", tmp_path / "m", "--kind", "encoder", "--start", "default")
    assert (result.code, "--start" in result.err) == (2, True)
    result = run("train", data, "-o", tmp_path / "m", "--soft", data, "--start", "default")
    assert (result.code, "--start none" in result.err) == (2, True)


def test_train_with_soft_labels(run, tmp_path):
    """What ``classify --format json`` prints can be learned from as it is."""
    data = labelled(tmp_path / "a.jsonl")
    (tmp_path / "m.txt").write_text(f"{ANGRY}\n😀\n请问有货吗\n", encoding="utf-8")
    printed = run("classify", "--file", tmp_path / "m.txt", "--format", "json").out
    (tmp_path / "soft.jsonl").write_text(printed, encoding="utf-8")
    result = run("train", data, "-o", tmp_path / "m", "--soft", tmp_path / "soft.jsonl", "--typical", data)
    assert result.code == 0
    assert model.load(str(tmp_path / "m")).training["soft"] == 2
    result = run("train", data, "-o", tmp_path / "m", "--soft", data)
    assert result.code == 3
    assert "classify --format json" in result.err


@pytest.mark.parametrize(("lang", "words"), [("zh", ["愤怒", "现在说"]), ("en", ["angry", "because of", "never say"])])
def test_classify_in_both_languages(run, lang, words):
    """--lang decides, whatever the environment says."""
    result = run("classify", ANGRY, "--lang", lang)
    assert all(word in result.out for word in words)


def test_classify_escapes_what_a_message_smuggles_in(run):
    """No terminal escape of a message is printed."""
    result = run("classify", "\x1b[2J\x07退款！！\x9b31m")
    assert result.code == 0
    assert not set(result.out) & set("\x1b\x07\x9b")


@pytest.mark.parametrize(
    ("state", "manner"), [("愤怒", "孙悟空"), ("angry", "choleric"), ("生气", "力量型"), ("ANGRY", "胆汁质")]
)
def test_advise_by_any_name(run, state, manner):
    """Labels, Chinese names, figures and types lead to the same card."""
    result = run("advise", "--state", state, "-t", manner, "--channel", "phone")
    assert (result.code, result.err) == (0, "")
    assert result.out == run("advise", "-s", "angry", "--temperament", "choleric", "--channel", "phone").out
    assert all(words in result.out for words in ("愤怒 × 胆汁质·孙悟空", "因人而异", "[000 L531–537]", "[本项目]"))


def test_advise_as_json(run):
    """One object with all of the advice."""
    (found,) = run("advise", "--state", "anxious", "--format", "json", "--lang", "en").objects
    assert (found["state"], found["temperament"], found["language"]) == ("anxious", "unclear", "en")
    assert all(found[key] for key in ("principle", "steps", "say", "avoid", "sources", "pace", "priority", "escalate"))


def test_advise_without_options(run):
    """Calm and unclear by default."""
    assert "平稳 × 难以判断" in run("advise").out


def test_train_then_evaluate_then_classify(run, tmp_path):
    """A team's own labels become a model that scores and reads."""
    data, folder = labelled(tmp_path / "标注.jsonl"), tmp_path / "我的模型"
    result = run("train", data, "-o", folder, "--test", labelled(tmp_path / "其他.jsonl"))
    assert result.code == 3  # everything is held out, so nothing is left to train on
    assert "也在测试文件里" in result.err
    result = run("train", data, "-o", folder, "--test", tmp_path / "其他.jsonl", "--leaks", "drop", "--start", "none")
    assert result.code == 3
    assert "不够训练" in result.err
    result = run("train", data, "-o", folder)
    assert result.code == 0
    assert "Model card: 我的模型" in result.out
    assert "在 default 上接着训练：state（60 条）" in result.err
    assert "与自带的 default 比，state macro-F1" in result.err
    assert f"模型已写到 {folder}" in result.err
    result = run("evaluate", data, "--model", folder)
    assert result.code == 0
    assert "宏平均 F1" in result.out
    (report,) = run("evaluate", data, "--model", folder, "--format", "json").objects
    assert (report["model"], report["messages"]) == ("我的模型", 60)
    assert report["state"]["accuracy"] > 0.9
    assert run("classify", ANGRY, "--model", folder, "--format", "json").objects[0]["model"] == "我的模型"


@pytest.mark.parametrize(("lang", "word"), [("zh", "准确率"), ("en", "accuracy")])
def test_evaluate_in_both_languages(run, tmp_path, lang, word):
    """The tables speak the asked language."""
    assert word in run("evaluate", labelled(tmp_path / "a.jsonl"), "--lang", lang).out


def test_playbook_list(run, monkeypatch):
    """All entries, as a table and as objects."""
    monkeypatch.setenv("COLUMNS", "200")
    book = playbook.shipped()
    ids = [entry.id for entry in book.entries()]
    found = run("playbook", "list", "--format", "json").objects
    assert [one["id"] for one in found] == ids
    assert {one["kind"] for one in found} == set(book.shelves())
    table = run("playbook", "list").out
    assert [one for one in ids if one not in table] == []


@pytest.mark.parametrize(
    ("name", "words"), [("calm-down", "请你冷静一下"), ("angry", "id: state.angry"), ("signal.law", "起诉")]
)
def test_playbook_show(run, name, words):
    """An entry by id or by label, as YAML."""
    result = run("playbook", "show", name)
    assert result.code == 0
    assert words in result.out


def test_playbook_validate(run, tmp_path):
    """The shipped one is sound; a broken folder is refused with file and line."""
    assert run("playbook", "validate").out.startswith("没有问题：temperaments 5, states 5")
    assert run("playbook", "validate", "--lang", "en").out.startswith("Sound: temperaments 5")
    for path in playbook.SHIPPED.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert run("playbook", "validate", tmp_path).code == 0
    (tmp_path / "tags.yaml").write_text("- id: x\n  nmae: y\n", encoding="utf-8")
    result = run("playbook", "validate", tmp_path)
    assert (result.code, result.out) == (3, "")
    assert f"{tmp_path / 'tags.yaml'}:1" in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("classify", "--file", "{tmp}/没有.txt"), 3, "找不到文件"),
        (("classify", "--file", "{tmp}"), 3, "是文件夹，不是文件"),
        (("classify", "--file", "{tmp}/a.pdf"), 3, "不认识 a.pdf 这种文件"),
        (("classify", "--file", "{tmp}/a.csv"), 3, "现有的列：a、b"),
        (("classify", "--file", "{tmp}/a.csv", "--text-column", "c"), 3, "没有名为 c 的列"),
        (("classify", "你好", "--file", "{tmp}/a.csv"), 2, "只能给一种"),
        (("classify", "你好", "--model", "没有"), 3, "找不到模型“没有”"),
        (("classify", "你好", "--model", "{tmp}"), 3, "找不到模型"),
        (("classify", "你好", "--channel", "fax"), 2, "没有“fax”这种渠道"),
        (("classify", "你好", "--lang", "fr"), 2, "--lang 只能是 zh 或 en"),
        (("classify", "你好", "--format", "xml"), 2, "xml"),
        (("classify", "你好", "--nonsense"), 2, "--nonsense"),
        (("advise", "--state", "高兴"), 2, "没有“高兴”这种情绪状态"),
        (("advise", "--temperament", "沙僧僧"), 2, "没有“沙僧僧”这种气质"),
        (("train", "{tmp}/没有.jsonl", "-o", "{tmp}/m"), 3, "找不到文件"),
        (("train", "{tmp}/a.csv", "-o", "{tmp}/m"), 3, "没有名为"),
        (("train", "{tmp}/a.csv"), 2, "--output"),
        (("train", "{tmp}/a.csv", "-o", "{tmp}/m", "--kind", "forest"), 2, "forest"),
        (("train", "{tmp}/a.csv", "-o", "{tmp}/m", "--typical", "{tmp}/b.csv"), 2, "--typical"),
        (("evaluate", "{tmp}"), 3, "是文件夹"),
        (("evaluate", "{tmp}/empty.jsonl"), 3, "里没有消息"),
        (("evaluate",), 2, "FILE"),
        (("advise", "--fact", "没有等号"), 2, "名称=内容"),
        (("advise", "--group", "没有"), 2, "没有“没有”这种客户群体"),
        (("advise", "--playbook", "{tmp}/没有"), 3, "不是文件夹"),
        (("template", "没有"), 2, "没有“没有”这种信件"),
        (("trust", "--promised", "24h"), 2, "各一个"),
        (("trust", "--promised", "24h", "--replied", "很快"), 2, "看不懂时长"),
        (("guide", "{tmp}/没有.txt"), 3, "找不到文件"),
        (("playbook", "show", "没有"), 2, "没有“没有”"),
        (("playbook", "validate", "{tmp}/没有"), 3, "不是文件夹"),
        (("playbook", "validate", "{tmp}"), 3, "里面没有话术文件"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_errors_are_messages_with_an_exit_code(run, tmp_path, arguments, code, words):
    """2 for the call, 3 for what was given; a sentence on standard error, no traceback, nothing on standard output."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    result = run(*(one.replace("{tmp}", str(tmp_path)) for one in arguments))
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_errors_speak_the_asked_language(run, lang):
    """--lang holds for errors, too."""
    result = run("classify", "你好", "--model", "none", "--lang", lang)
    assert ("找不到模型" in result.err, "No model" in result.err) == (lang == "zh", lang == "en")


@pytest.mark.parametrize("option", ["--file", "--model"])
def test_a_message_in_place_of_a_path(run, option):
    """A long message after the wrong option is bad input, not a bug of ours."""
    assert run("classify", option, "好" * 300, *(["你好"] if option == "--model" else [])).code == 3


def test_train_into_a_file(run, tmp_path):
    """An output that is a file is bad input."""
    data = labelled(tmp_path / "a.jsonl")
    assert run("train", data, "-o", data).code == 3


@pytest.mark.parametrize("output", ["{tmp}/a.jsonl/m", "/proc/m", "好" * 300])
def test_train_into_a_folder_that_cannot_be_made(run, tmp_path, output):
    """Nor is any other output that cannot be written."""
    if output.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("needs /proc")
    data = labelled(tmp_path / "a.jsonl")
    assert run("train", data, "-o", output.replace("{tmp}", str(tmp_path))).code == 3


def test_validate_what_is_no_path(run):
    """A sentence in place of a folder is bad input."""
    assert run("playbook", "validate", "好" * 300).code == 3


def test_interruption_is_quiet(run, monkeypatch):
    """Ctrl-C ends with the usual 130, without a traceback or a report of a bug."""

    def interrupt(name="default"):
        raise KeyboardInterrupt

    monkeypatch.setattr("temperament.reader.Classifier.load", interrupt)
    result = run("classify", "你好")
    assert result.code == 130
    assert "Traceback" not in result.err
    assert "内部出错" not in result.err


def test_bugs_become_a_message_or_a_traceback_on_request(run, monkeypatch):
    """An unexpected error is one line and exit code 4; with TEMPERAMENT_DEBUG it is raised."""

    def fail(name="default"):
        raise ZeroDivisionError("由测试引发")

    monkeypatch.setattr("temperament.reader.Classifier.load", fail)
    result = run("classify", "你好")
    assert result.code == ExitCode.INTERNAL
    assert "ZeroDivisionError: 由测试引发" in result.err
    assert "TEMPERAMENT_DEBUG=1" in result.err
    monkeypatch.setenv("TEMPERAMENT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="由测试引发"):
        run("classify", "你好")


def test_version(run):
    """--version prints the package's version."""
    result = run("--version")
    assert (result.code, result.out) == (0, f"temperament {temperament.__version__}\n")


@pytest.fixture
def talk(tmp_path):
    """A short conversation in plain text."""
    path = tmp_path / "talk.txt"
    path.write_text(f"客户：{ANGRY}\n客服：非常抱歉，您说，我在听。\n客户：{ANGRY}\n", encoding="utf-8")
    return path


def test_advise_takes_everything_that_bends_it(run):
    """Channel, trade, group, tag, facts and the customer's words."""
    options = (
        "--channel",
        "face",
        "--industry",
        "hotel",
        "--group",
        "vain",
        "--tag",
        "no-patience",
        "--impact",
        "high",
    )
    words = ("--state", "angry", "--text", "插座冒烟了", "--fact", "company=晨光", "--format", "json")
    found = run("advise", *options, *words).objects[0]
    assert (found["channel"], found["industry"], found["group"]) == ("face", "hotel", "vain")
    assert found["escalate"]["to"] == "authority.manager"
    assert "晨光" in found["now"][0]["text"]
    card = run("advise", *options, *words[:-2]).out
    for word in ("现在说", "留意", "还要问", "时限", "可能的原因", "交给谁", "最长沉默", "▶"):
        assert word in card


def test_guide_reads_a_conversation(run, talk):
    """The model reads the last words; steps done are named with their turn."""
    found = run("guide", talk, "--channel", "phone", "--format", "json").objects[0]
    assert [one["turn"] for one in found["advice"]["done"]][:2] == [2, 2]
    card = run("guide", talk, "--state", "angry").out
    for word in ("走到哪里", "下一步", "怎样算完", "第几句 2", "▶"):
        assert word in card


def test_guide_without_a_file(run):
    """From standard input, or from moves named alone."""
    piped = run(
        "guide", "-", "--state", "angry", "--format", "json", stdin="客户：气死我了\n客服：您说，我在听。".encode()
    )
    assert piped.objects[0]["advice"]["present"] == 2
    named = run("guide", "--state", "angry", "--done", "listen", "--done", "empathise", "--format", "json")
    assert named.objects[0]["advice"]["present"] == 3
    assert run("guide").code == 3


def test_template_and_its_list(run):
    """A letter, a script with its pauses, and the list of all."""
    found = run("template", "apology", "--fact", "matter=快递晚到", "--format", "json").objects[0]
    assert found["entry"] == "letter.apology"
    assert "快递晚到" in found["pieces"][1]["text"]
    assert "⏸ 5″" in run("template", "silent-call").out
    book = playbook.shipped()
    ids = [one["id"] for one in run("template", "--format", "json").objects]
    assert ids == [*book.letters, *book.scripts]
    assert "letter.apology" in run("template").out


def test_trust(run, tmp_path):
    """One case, a table, and below zero when late."""
    found = run("trust", "--promised", "24h", "--replied", "3h", "--format", "json").objects[0]
    assert found == {"score": 87.5, "promised": 1440.0, "replied": 180.0, "case": "", "late": False, "left": 1260.0}
    assert "87.5" in run("trust", "--promised", "24h", "--replied", "3h").out
    assert "-50" in run("trust", "--promised", "1天", "--replied", "36小时").out
    path = tmp_path / "cases.csv"
    path.write_text("编号,承诺,回复\nA1,24h,3h\nA2,24h,36h\n", encoding="utf-8")
    assert [one["case"] for one in run("trust", "--file", path, "--format", "json").objects] == ["A1", "A2"]
    table = run("trust", "--file", path).out
    assert "18.75" in table
    assert "超时 1" in table


def test_an_own_playbook_from_end_to_end(run, tmp_path):
    """Begin, validate, use, export to Excel, change, import, use again."""
    own, sheet = tmp_path / "own", tmp_path / "rules.xlsx"
    assert run("playbook", "init", own).code == 0
    assert run("playbook", "validate", own).code == 0
    assert run("playbook", "export", sheet).code == 0
    assert run("playbook", "export", sheet).code == 3
    workbook = openpyxl.load_workbook(sheet)
    columns = {str(cell.value).split()[-1]: cell.column for cell in workbook.active[1]}
    row = next(n for n in range(2, 99) if workbook.active.cell(n, columns["id"]).value == "calm-down")
    workbook.active.cell(row, columns["disabled"]).value = "是"
    workbook.save(sheet)
    assert run("playbook", "import", sheet, own).code == 3
    assert run("playbook", "import", sheet, own, "--force", "--format", "json").objects == [
        {"changes": 1, "ids": ["calm-down"]}
    ]
    shown = run("playbook", "list", "--kind", "wording", "--playbook", own, "--format", "json").objects
    assert "calm-down" not in [one["id"] for one in shown]
    for command in (("advise", "-s", "angry"), ("classify", ANGRY)):
        found = run(*command, "--playbook", own, "--format", "json").objects[0]
        assert "calm-down" not in [one["rule"] for one in found.get("advice", found)["avoid"]]
    assert run("playbook", "show", "calm-down", "--playbook", own).code == 2
    assert run("playbook", "export", tmp_path / "all", "--playbook", own, "--format", "json").code == 0
    assert (tmp_path / "all" / "states.yaml").is_file()


def test_playbook_list_by_kind_and_row(run):
    """One kind, or what answers one row of the requirements."""
    assert {one["kind"] for one in run("playbook", "list", "--kind", "scripts", "--format", "json").objects} == {
        "scripts"
    }
    found = run("playbook", "list", "--row", "33", "--format", "json").objects
    assert {"script.silent-call", "guide.phone.silent"} <= {one["id"] for one in found}
    assert run("playbook", "list", "--kind", "nonsense").code == 3
    assert run("playbook", "show", "phone", "--format", "json").objects[0]["id"] == "channel.phone"
    assert run("playbook", "validate", "--format", "json").objects[0]["sound"] is True


def registered():
    """Return the names of all commands that the program has."""
    from temperament.cli.program import app

    top = [(one.name or one.callback.__name__,) for one in app.registered_commands]
    groups = [(group.name, group.typer_instance.registered_commands) for group in app.registered_groups]
    return top + [(name, one.name) for name, commands in groups for one in commands]


def test_the_list_of_commands_is_whole(run):
    """A new command has to be added to the tests below."""
    run("--version")
    assert sorted(registered()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_an_example(run, command):
    """--help and -h show an example of the command, and exit with 0."""
    result = run(*command, "--help")
    assert result.code == 0
    example = next(line for line in result.out.splitlines() if "例：" in line or "Example:" in line)
    assert f"temperament {' '.join(command)}" in example
    assert run(*command, "-h").out == result.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_speaks_both_languages(lang):
    """The help of a real process follows --lang, also when it stands after --help."""
    result = start("classify", "--help", "--lang", lang)
    assert result.code == 0
    assert ("例：" in result.out, "Example:" in result.out) == (lang == "zh", lang == "en")


def test_no_arguments_give_help():
    """The bare command shows what there is."""
    result = start()
    assert "classify" in result.out
    assert "Traceback" not in result.err


def test_a_real_process_reads_gbk_from_a_pipe():
    """Bytes of a Windows console come out as UTF-8 JSON, and nothing else is printed."""
    result = start("classify", "--format", "json", input=f"{ANGRY}\n".encode("gbk"))
    assert (result.code, result.err) == (0, "")
    assert result.objects[0]["text"] == ANGRY
    assert result.objects[0]["state"] == "angry"


def test_a_real_process_takes_bytes_that_are_no_text():
    """An argument that is not UTF-8 is read, escaped in JSON, and does not break the card."""
    result = start("classify", os.fsdecode("退款！！".encode() + b"\xff"), "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert result.objects[0]["text"] == "退款！！\udcff"
    assert start("classify", os.fsdecode("退款！！".encode() + b"\xff")).code == 0


def test_a_real_process_prints_utf8_in_an_ascii_locale():
    """Where the locale cannot hold Chinese, the output is UTF-8 nonetheless."""
    environment = {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"}
    result = start("advise", "--state", "angry", env=environment)
    assert (result.code, result.err) == (0, "")
    assert "先让火出来" in result.out


def test_real_errors_leave_no_traceback(tmp_path):
    """The exit code reaches the shell."""
    result = start("classify", "--file", tmp_path)
    assert (result.code, result.out) == (3, "")
    assert result.err == f"{tmp_path} 是文件夹，不是文件。请给出其中的一个文件。\n"
    assert start("advise", "--state", "高兴").code == 2


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_closed_pipe_is_no_error(form, tmp_path):
    """``temperament classify … | head -1`` ends quietly with 0."""
    path = tmp_path / "m.txt"
    path.write_text(f"{ANGRY}\n" * 600, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "temperament", "classify", "--file", str(path), "--format", form],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode == 0


def test_the_sample_messages_of_the_readme(run):
    """Where the repository has sample messages, every one gets its reading."""
    path = Path(__file__).resolve().parent.parent / "data" / "samples.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    result = run("classify", "--file", path, "--format", "json")
    assert [one["text"] for one in result.objects] == lines


def test_every_message_of_real_dev_gets_its_object(run, shared):
    """397 messages in, 397 objects out, in their order."""
    path = shared / "labels" / "real_dev.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    result = run("classify", "--file", path, "--format", "json")
    assert len(texts) == 397
    assert [one["text"] for one in result.objects] == texts


SIMPLE = ["--format", "json", "--model", "default", "--lang", "en", "--channel", "phone"]


@pytest.mark.parametrize("arguments", [SIMPLE, SIMPLE[:4], SIMPLE[2:6], SIMPLE[2:4]])
def test_plain_messages_are_read_alike_with_and_without_typer(run, monkeypatch, arguments):
    """The short way to ``classify`` prints what the long one does."""
    short = run("classify", "气死我了！！立刻给我退款！", *arguments)
    monkeypatch.setattr(sys.modules["temperament.cli.main"], "_simple_reading", lambda arguments: None)
    assert run("classify", "气死我了！！立刻给我退款！", *arguments) == short
    assert short.code == 0
    assert short.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["advise", "好"],
        ["classify"],
        ["classify", "-"],
        ["classify", "--help"],
        ["classify", "好", "--format", "xml"],
        ["classify", "好", "--format"],
        ["classify", "好", "--model", "--format"],
        ["classify", "好", "--format=json"],
        ["classify", "--file", "a.csv"],
        ["classify", "好", "--playbook", "mine"],
        ["--lang", "en", "classify", "好"],
    ],
)
def test_everything_else_is_left_to_typer(arguments):
    """Other commands, other options and faulty ones are none of the short way's business."""
    from temperament.cli.main import _simple_reading

    assert _simple_reading(arguments) is None
