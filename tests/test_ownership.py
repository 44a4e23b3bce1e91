"""A firm's own playbook: added, changed and disabled by id, exported whole, begun from commented examples."""

import pytest

from temperament import playbook
from temperament.advice import recommend
from temperament.errors import InputError, PlaybookError
from temperament.labels import Reading
from temperament.ownership import export_folder, init_overlay, write_overlay
from temperament.playbook.loading import KINDS

BOOK = playbook.shipped()


def own(folder, **files):
    """Write overlay files and return the playbook over them."""
    folder.mkdir(exist_ok=True)
    for kind, text in files.items():
        (folder / f"{kind}.yaml").write_text(text, encoding="utf-8")
    return playbook.overlay(folder)


def test_an_entry_is_changed_field_by_field(tmp_path):
    """What is named changes, the rest stays, and nothing else is touched."""
    book = own(tmp_path, wording="- id: calm-down\n  level: warning\n")
    assert book.wording["calm-down"].level == "warning"
    assert book.wording["calm-down"].avoid == BOOK.wording["calm-down"].avoid
    assert [one for one in book.wording if book.wording[one] != BOOK.wording[one]] == ["calm-down"]
    assert book.states == BOOK.states


def test_an_entry_is_added(tmp_path):
    """A new id joins its shelf."""
    book = own(tmp_path, slots="- id: slot.shop\n  slot: shop\n  name: {zh: 门店, en: shop}\n  source: ours\n")
    assert set(book.slots) - set(BOOK.slots) == {"slot.shop"}


def test_a_disabled_rule_leaves_no_trace(tmp_path):
    """It is out of the shelf and out of every strategy that names it; the rest of their lists stays."""
    book = own(tmp_path, wording="- id: calm-down\n  disabled: true\n")
    assert "calm-down" in BOOK.states["angry"].avoid
    assert "calm-down" not in book.wording
    assert book.states["angry"].avoid == tuple(one for one in BOOK.states["angry"].avoid if one != "calm-down")
    advice = recommend(Reading.of(state="angry"), book=book)
    assert "calm-down" not in [one.rule for one in advice.avoid]


def test_an_overlay_changes_the_advice(tmp_path):
    """A firm's own clock, closing phrase and principle come out of ``recommend``."""
    book = own(
        tmp_path,
        grading="- id: grade.normal-impact.high-urgency\n  reply: 90\n",
        states="- id: state.angry\n  principle: {zh: 自家的原则。, en: A principle of our own.}\n",
    )
    advice = recommend(Reading.of(state="angry"), language="zh", book=book)
    assert (advice.clocks.reply, advice.principle.text) == (90, "自家的原则。")
    assert any("90分钟内" in one.text for one in advice.now)


@pytest.mark.parametrize(
    ("kind", "text", "line", "zh"),
    [
        ("wording", "- id: calm-down\n  level: fatal\n", 2, "字段 level 不合规定"),
        ("wording", "- id: calm-down\n  level: fatal\n", 2, "可用：error、suggestion、warning"),
        ("wording", "\n- id: calm-down\n  nmae: x\n", 2, "unknown field `nmae`"),
        ("wording", "- id: new-one\n  level: error\n", 1, "missing required field"),
        ("wording", "- level: error\n", 1, "missing required field `id`"),
        ("wording", "- id: calm-down\n- id: calm-down\n", 2, "编号 calm-down 出现了两次"),
        ("wording", "- id: nothing\n  disabled: true\n", 1, "要停用的 nothing 不存在"),
        ("states", "- id: state.angry\n  disabled: true\n", 1, "缺少这些标签的策略：angry"),
        ("grading", "- id: grade.low-impact.low-urgency\n  disabled: true\n", 1, "low × low 出现了 0 次"),
        ("wording", "- 好\n", 1, "字段 id 不合规定"),
        ("wording", "a: b\n", 1, "应是一个条目列表"),
        ("replies", "- id: reply.closing.any\n  say: [{zh: '{x}', en: x, source: ours}]\n", 1, "{x} 不认识"),
    ],
)
def test_a_faulty_overlay_names_file_line_and_field(tmp_path, kind, text, line, zh):
    """The same plain errors as for the shipped files."""
    with pytest.raises(PlaybookError, match=r".") as caught:
        own(tmp_path, **{kind: text})
    assert f"{kind}.yaml:{line}" in caught.value.zh
    assert zh in caught.value.zh


def test_a_misspelt_file_is_not_ignored(tmp_path):
    """The message lists the names that count."""
    with pytest.raises(PlaybookError, match=r"wordings\.yaml") as caught:
        own(tmp_path, wordings="- id: calm-down\n")
    assert "wording.yaml" in caught.value.en


def test_an_empty_folder_is_refused(tmp_path):
    """Where nothing is laid over, something was meant."""
    with pytest.raises(PlaybookError, match="holds no playbook file|里面没有话术文件"):
        playbook.overlay(tmp_path)


def test_the_whole_playbook_goes_out_and_comes_back(tmp_path):
    """An exported folder loads as the same playbook, as it stands and laid over the shipped one."""
    files = export_folder(BOOK, tmp_path / "all", force=False)
    assert {path.stem for path in files} == set(KINDS)
    assert playbook.load(tmp_path / "all") == BOOK
    assert playbook.overlay(tmp_path / "all") == BOOK


def test_init_gives_a_folder_that_changes_nothing_yet(tmp_path):
    """Examples are commented; taking the marks away gives entries that count."""
    files = init_overlay(tmp_path / "own")
    assert (tmp_path / "own" / "README.md") in files
    assert playbook.overlay(tmp_path / "own") == BOOK
    path = tmp_path / "own" / "wording.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()[3:]
    path.write_text("\n".join(line.removeprefix("# ") for line in lines), encoding="utf-8")
    assert playbook.overlay(tmp_path / "own") == BOOK
    path.write_text(path.read_text(encoding="utf-8").replace("level: suggestion", "level: error"), encoding="utf-8")
    assert playbook.overlay(tmp_path / "own").wording["waiting-apology"].level == "error"


def test_nothing_is_overwritten_unasked(tmp_path):
    """The file is named, and the way to replace it."""
    init_overlay(tmp_path)
    for action in (
        lambda: init_overlay(tmp_path),
        lambda: write_overlay(tmp_path, [], force=False),
        lambda: export_folder(BOOK, tmp_path, force=False),
    ):
        with pytest.raises(InputError, match="--force"):
            action()
    assert write_overlay(tmp_path, [{"id": "calm-down", "level": "warning"}], force=True).name == "wording.yaml"
    assert playbook.overlay(tmp_path).wording["calm-down"].level == "warning"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """A file where a folder should be."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="file"):
        init_overlay(tmp_path / "file" / "own")
