"""Letters and scripts: filled or visibly empty, in their order, with their pauses."""

import pytest

from temperament import playbook
from temperament.errors import UsageError
from temperament.templates import template

BOOK = playbook.shipped()


def test_the_silent_call():
    """Three sentences, five seconds after each, and the firm's own name instead of the manual's."""
    found = template("silent-call", {"company": "晨光"}, language="zh")
    assert [piece.wait for piece in found.pieces] == [5, 5, 5]
    assert found.pieces[0].text == "您好，这里是晨光售后服务部，请问有什么可以帮您？"
    assert "不可直接挂断" in found.ending


def test_the_letter_of_apology():
    """For what, cause, remedy, improvement; what is not known stays visible."""
    found = template("letter.apology", {"单位": "晨光", "matter": "快递晚到六天"}, language="en")
    text = "".join(piece.text for piece in found.pieces)
    assert "快递晚到六天，让您【造成的影响】" in text
    assert "代表晨光向您道歉" in text
    assert [piece.name for piece in found.pieces] == [
        "Address",
        "For what",
        "Cause",
        "Remedy",
        "Improvement",
        "Signature",
    ]


def test_the_reply_explains_before_it_compensates():
    """001 L3: result, cause, compensation, improvement, in this order (row 66)."""
    names = [piece.name for piece in template("reply", language="en").pieces]
    assert names.index("Result") < names.index("Cause") < names.index("Compensation")


@pytest.mark.parametrize("entry", [*BOOK.letters.values(), *BOOK.scripts.values()], ids=lambda one: one.id)
def test_every_template_is_written_by_id_and_name(entry):
    """By id, by its end and by both names; no slot is left in braces."""
    first = template(entry.id, language="zh")
    for name in (entry.id.partition(".")[2], entry.name.zh, entry.name.en):
        assert template(name, language="zh") == first
    assert all("{" not in piece.text + piece.meaning for piece in first.pieces)


def test_an_unknown_template_is_refused():
    """The message lists them."""
    with pytest.raises(UsageError, match=r"letter\.apology"):
        template("poem")


def test_an_unknown_fact_is_refused():
    """The message lists the gaps that can be filled."""
    with pytest.raises(UsageError, match="company"):
        template("apology", {"firm": "晨光"})
