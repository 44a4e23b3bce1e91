"""Conversations for tests, put together by hand from real readings and real findings: no analysis is needed."""

from dataclasses import replace

import temperament as tm
from temperament.conversation.results import (
    AgentTurn,
    Conversation,
    CustomerTurn,
    FoundCause,
    Manner,
    Promise,
    Signal,
    StepMade,
    TurningPoint,
)
from temperament.playbook import shipped
from temperament.promises import Trust
from temperament.turns import Turn

UPSET = (
    ("customer", "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！"),
    ("agent", "这是公司规定，你必须等。"),
    ("customer", "等等等，就知道让我等！再不处理我就打12315投诉你们！"),
    ("agent", "非常抱歉让您久等了。我现在就帮您查，今天下午五点前给您回电话。"),
    ("customer", "好的，那我等你电话，谢谢。"),
)
CALM = (
    ("customer", "请问周末送货吗？"),
    ("agent", "您好，周末照常送货，您下单时可以选时间。"),
    ("customer", "好的，谢谢"),
)


def talk(identifier, lines=UPSET, *, agent="小林", started="2026-05-03 10:00", language="zh", **changes):
    """Return a conversation of these (speaker, text) turns; ``changes`` replace fields of the result."""
    readings = iter(tm.classify_many([text for speaker, text in lines if speaker == "customer"]))
    turns, reading = [], None
    for number, (speaker, text) in enumerate(lines, 1):
        turn = Turn(speaker, text, f"{started[:10]} 10:{number:02d}" if started else "")
        if speaker == "customer":
            reading = next(readings)
            manner = Manner(reading.temperament, reading.temperament_probabilities, 1, len(text))
            turns.append(CustomerTurn(number, turn, reading, manner, None, (), reading.state_probabilities["angry"]))
        else:
            findings = tuple(tm.check_reply(text, reading, language=language))
            turns.append(AgentTurn(number, turn, findings, 1.0, None, (), ()))
    heard = [one.reading for one in turns if isinstance(one, CustomerTurn)]
    state = max((one.state for one in heard), key=lambda one: one != "calm", default="calm")
    steps = shipped().states[state].steps
    made = Conversation(
        id=identifier,
        turns=tuple(turns),
        manner=next((one.manner for one in reversed(turns) if isinstance(one, CustomerTurn)), NOBODY),
        state=state,
        last_state=heard[-1].state if heard else "calm",
        turning_points=(),
        signals=(),
        rank="high" if state == "angry" else "normal",
        reasons=(),
        steps=tuple(
            StepMade(getattr(one.do, language), one.move, 2 if not number else None) for number, one in enumerate(steps)
        ),
        promises=(),
        cause=None,
        closed_by=None,
        agent=agent,
        started=started,
        model="default",
    )
    return replace(made, **changes)


NOBODY = Manner("unclear", {"choleric": 0, "sanguine": 0, "phlegmatic": 0, "melancholic": 0, "unclear": 1}, 0, 0)


def rich(identifier="c-1", **changes):
    """Return the upset conversation with everything a conversation can hold."""
    plain = talk(identifier, **changes)
    signal = Signal(
        "signal.regulator", "找监管部门", 3, 18, 23, "12315", "请主管接手，先说明处理进度。", "urgent", True
    )
    last = plain.turns[3]
    turns = list(plain.turns)
    turns[2] = replace(turns[2], repeats=1, signals=(signal,))
    turns[1] = replace(turns[1], answered=95.0, trust=Trust(-58.33, 60, 95), by="clock")
    turns[3] = replace(
        last, moves=("empathise", "commit"), promises=("今天下午五点前给您回电话",), trust=Trust(50.0, 60, 30)
    )
    return replace(
        plain,
        turns=tuple(turns),
        signals=(signal,),
        rank="urgent",
        reasons=("提到 12315：请主管接手",),
        turning_points=(TurningPoint(5, "angry", "calm", "better", 4),),
        promises=(
            Promise(4, "今天下午五点前给您回电话", 420.0, None, "pledge.call"),
            Promise(2, "明天一定送到", 1440.0, False, "pledge.deliver", 3),
        ),
        cause=FoundCause(
            "cause.angry.late-or-wrong-and-ignored", "organisation", "货晚到，反映了又没人理。", 1, "第九天"
        ),
        closed_by="customer",
        risk=0.31,
        step_in=3,
        notes=("第 6 句看不出是谁说的",),
    )
