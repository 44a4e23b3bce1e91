"""Where am I, what is next: steps found in the agent's words, and the stages of the procedure."""

import pytest

import temperament as tm
from temperament import playbook
from temperament.errors import InputError, UsageError
from temperament.guidance import guide
from temperament.labels import Reading

BOOK = playbook.shipped()
ANGRY = Reading.of("unclear", "angry", "说好三天到，第九天了！")
HELLO = {"speaker": "agent", "text": "非常抱歉，您说，我在听。"}


def test_nothing_done_yet():
    """An empty history stands at the first step and the first stage."""
    view = guide([], ANGRY, language="zh")
    assert (view.advice.present, view.advice.done) == (1, ())
    assert view.next_step == view.advice.steps[1].text
    assert [stage.place for stage in view.stages] == ["present", *["ahead"] * 5]
    assert view.reason == "还没有做过哪一步，从第 1 步开始。"


def test_steps_are_found_in_the_agents_words():
    """Two steps done in one sentence; each answer names the turn and the words."""
    view = guide([{"speaker": "customer", "text": ANGRY.text}, HELLO], ANGRY, language="zh")
    assert [(one.step, one.move, one.turn, one.words) for one in view.advice.done] == [
        (1, "listen", 2, "我在听"),
        (2, "empathise", 2, "抱歉"),
    ]
    assert view.advice.present == 3
    assert "第 1 步（我在听）" in view.reason
    assert "现在是第 3 步，共 6 步" in view.reason


def test_moves_can_be_named():
    """Labels done so far count without words; a Chinese name will do."""
    view = guide([{"done": ["listen", "说出理解"]}], ANGRY, language="en")
    assert [(one.step, one.turn, one.words) for one in view.advice.done] == [(1, 0, ""), (2, 0, "")]
    assert view.reason == "Done: step 1 (listen), step 2 (empathise). Now step 3 of 6."


def test_a_skipped_step_is_the_present_one():
    """Who offers options before listening is led back to listening."""
    view = guide([{"done": ["options"]}], ANGRY)
    assert view.advice.present == 1


def test_the_end():
    """When every step is done the last one stays, nothing is next, and the procedure has moved on to follow-up."""
    view = guide([{"done": [step.move for step in BOOK.states["angry"].steps]}], ANGRY)
    assert (view.advice.present, view.next_step) == (6, "")
    assert next(stage.stage for stage in view.stages if stage.place == "present") == "follow-up"


@pytest.mark.parametrize(
    ("done", "stage"), [("listen", "accept"), ("ask", "record"), ("options", "solve"), ("commit", "follow-up")]
)
def test_the_procedure_goes_with_the_moves(done, stage):
    """The latest move decides the stage; what the stage asks for comes first among its duties."""
    view = guide([{"done": [done]}], ANGRY)
    assert next(one.stage for one in view.stages if one.place == "present") == stage
    assert view.duties[0].entry == f"stage.{stage}"


def test_what_is_said_follows_the_step():
    """At the start the reply opens and asks; at the options it offers two ways; a greeted customer is not greeted again."""
    facts = {"remedy": "换新", "other_remedy": "退款"}
    start, late = (
        guide(history, ANGRY, language="zh", facts=facts).advice.now
        for history in ([], [HELLO, {"done": ["ask", "lead", "restate"]}])
    )
    assert start[0].text.startswith("您好")
    assert not any("换新" in one.text for one in start)
    assert not any(one.text.startswith("您好") for one in late)
    assert any("换新，或者退款" in one.text for one in late)


def test_scripts_that_fit_are_named():
    """Handing over when it is time; winding up a long talk once nothing is open; the order of hanging up at the end."""
    assert guide([], Reading.of(text="叫你们经理来")).scripts == ("script.escalate",)
    assert guide([], ANGRY).scripts == ()
    facts = "昨天说好退款的，单号 8820123456，我是李明，电话13800000000，没有人理我"
    talk = [{"speaker": "customer", "text": facts}] * 6
    assert guide(talk, Reading.of(text="还有啊，上次也是")).scripts == ("script.closing",)
    assert guide(talk[:5], Reading.of(text="还有啊，上次也是")).scripts == ()
    assert guide([{"done": ["close"]}], Reading.of(), channel="phone").scripts == ("script.hang-up",)


def test_unknown_moves_and_options_are_refused():
    """The moves and the channels that exist are listed."""
    with pytest.raises(InputError, match="listen"):
        guide([{"done": ["dance"]}], ANGRY)
    with pytest.raises(UsageError, match="phone"):
        guide([], ANGRY, channel="fax")


def test_it_is_public():
    """``tm.guide`` is the function, also after its room has been imported."""
    assert tm.guide([], ANGRY) == tm.guide([], ANGRY)
