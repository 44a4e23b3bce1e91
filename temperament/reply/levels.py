"""How grave a finding is: by the rule, by the customer's reading, and by what else the reply holds."""

from temperament.labels import Reading
from temperament.playbook.shapes import Level
from temperament.reply.findings import LEVELS
from temperament.reply.parts import PartsSeen
from temperament.reply.rules import Rule


def level_of(rule: Rule, parts: PartsSeen, start: int, end: int, reading: Reading | None) -> Level | None:
    """Return the level for this reading and this reply; ``None`` where the rule does not apply."""
    check = rule.check
    level, raised = rule.level, False
    if reading is not None:
        fit = next((one for one in check.levels if _fits(one.states, one.temperaments, reading)), None)
        if fit is not None and fit.level == "never":
            return None
        if fit is not None or reading.state in rule.worst_for:
            level, raised = (fit.level if fit is not None and fit.level != "never" else "error"), True
    if check.eased is None or not any(parts.holds(name, start, end) for name in check.eased.by):
        return level
    if check.eased.to == "never":
        return None
    eased: Level = "warning" if raised and level == "error" else check.eased.to
    return max(level, eased, key=LEVELS.index)


def eased_away(rule: Rule, parts: PartsSeen, start: int, end: int) -> bool:
    """Tell whether another part of the reply makes a finding at this place pointless."""
    eased = rule.check.eased
    return eased is not None and eased.to == "never" and any(parts.holds(name, start, end) for name in eased.by)


def _fits(states: tuple[str, ...], temperaments: tuple[str, ...], reading: Reading) -> bool:
    also = {reading.state, *reading.also}
    return (not states or bool(also & set(states))) and (not temperaments or reading.temperament in temperaments)
