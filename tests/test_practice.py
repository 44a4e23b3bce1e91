"""Practice: how replies are marked, and which customers are asked."""

import pytest

from temperament import playbook
from temperament.practice import chosen, drills, mark, summary
from temperament.reply import shipped_checker

BOOK = playbook.shipped()
EVERYBODY = {one.id: one for one in drills(BOOK)}


def marked(name, reply):
    """Mark a reply to one of the playbook's customers."""
    return mark(EVERYBODY[name], reply, shipped_checker(), BOOK, "zh")


def test_a_bad_reply_is_told_so():
    """What must not be said is found, with what to say instead, and no step is seen."""
    one = marked("drill.ninth-day", "您先冷静一下，这是公司规定。")
    assert not one.clean
    assert "calm-down" in {finding.rule for finding in one.findings}
    assert one.moves == () and one.missing
    assert one.advice.now and one.next_step == one.advice.steps[0].text


def test_a_good_reply_moves_on():
    """Its steps are seen, and another step comes next."""
    one = marked(
        "drill.ninth-day", "对不起，让您白等了九天，换了我也生气。我是小林，我马上去查，今天下午4点前给您电话。"
    )
    assert one.clean
    assert len(one.moves) >= 2
    assert {finding.rule for finding in one.missing} < {
        finding.rule for finding in marked("drill.ninth-day", "嗯嗯。").missing
    }


@pytest.mark.parametrize("customer", EVERYBODY.values(), ids=EVERYBODY)
def test_what_one_could_say_passes_its_own_checker(customer):
    """The sentences offered have no errors when they are given as the reply, but for the gaps that are still to be filled."""
    first = mark(customer, "您好", shipped_checker(), BOOK, "zh")
    again = mark(customer, "".join(one.text for one in first.advice.now), shipped_checker(), BOOK, "zh")
    errors = {finding.rule for finding in again.findings if finding.level == "error"}
    assert errors <= {"check.placeholder"}


def test_customers_are_chosen():
    """By state, as many as asked for, the same for the same seed."""
    assert len(chosen(EVERYBODY.values(), 5, None, 1)) == 5
    assert chosen(EVERYBODY.values(), 5, None, 1) == chosen(EVERYBODY.values(), 5, None, 1)
    assert {one.reading.state for one in chosen(EVERYBODY.values(), 0, "angry", None)} == {"angry"}
    assert len(chosen(EVERYBODY.values(), 0, None, 1)) == len(BOOK.drills)


def test_the_sum_of_a_session():
    """Replies, those with nothing to change, steps."""
    both = [marked("drill.cake", "您先冷静一下。"), marked("drill.cake", "我马上去查，十分钟内回您。")]
    assert summary(both) == (2, 1, sum(len(one.moves) for one in both))


def test_drills_read_as_they_are_labelled(default):
    """The shipped model, which has never seen them, reads most of the playbook's customers as their labels say."""
    right = sum(default.classify(one.reading.text).state == one.reading.state for one in EVERYBODY.values())
    assert right >= 0.6 * len(EVERYBODY)
