"""Results as JSON, one object a line, in the shape of the public contract."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from temperament.advice import Advice
from temperament.labels import Reading
from temperament.promises import Trust
from temperament.reply import Finding

_SURROGATES = re.compile("[\ud800-\udfff]")


def json_line(value: dict[str, Any]) -> str:
    """Return one line of JSON; characters that UTF-8 cannot hold (lone surrogates) are escaped."""
    line = json.dumps(value, ensure_ascii=False)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def reading_json(reading: Reading, advice: Advice | None = None) -> dict[str, Any]:
    """Return a reading, and its advice if given, in the shape of the public contract."""
    value = {
        "text": reading.text,
        "temperament": reading.temperament,
        "state": reading.state,
        "also": list(reading.also),
        "temperament_probabilities": _rounded(reading.temperament_probabilities),
        "state_probabilities": _rounded(reading.state_probabilities),
        "present_probabilities": _rounded(reading.present_probabilities),
        "confidence": reading.confidence,
        "reason": reading.reason,
        "evidence": [asdict(piece) for piece in reading.evidence],
        "model": reading.model,
    }
    return value | {"advice": asdict(advice)} if advice else value


def findings_json(reply: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what was found in one reply, in the shape of the public contract."""
    return {"reply": reply, "findings": [asdict(one) for one in findings]}


def _rounded(chances: dict[str, float]) -> dict[str, float]:
    return {label: round(chance, 8) for label, chance in chances.items()}


def trust_json(one: Trust) -> dict[str, Any]:
    """Return a trust score; times in minutes."""
    return asdict(one) | {"late": one.late, "left": one.left}
