"""Findings in replies for other programs: SARIF 2.1.0 documents and GitHub's workflow commands."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from temperament import __version__
from temperament.language import Language
from temperament.render.words import printable
from temperament.reply.baseline import fingerprint
from temperament.reply.drafts import Checked, Draft
from temperament.reply.findings import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "suggestion": "note"}
_COMMANDS = {"error": "error", "warning": "warning", "suggestion": "notice"}
_LONGEST_LIST = 3
_LINE = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def sarif(checked: Sequence[Checked], file: Path | None, language: Language) -> dict[str, Any]:
    """Return one run as a SARIF 2.1.0 document; columns and offsets count code points, and the run says so.

    Lines of a text file are located in that file. Other replies (arguments, standard input, cells of a table) have no
    place in a text, so each that has findings stands in the document as an artifact of its own.
    """
    rules = list(dict.fromkeys(finding.rule for one in checked for finding in one.findings))
    artifacts = _Artifacts(file)
    results = [
        _result(one.draft, finding, rules.index(finding.rule), artifacts.location(one.draft), language)
        for one in checked
        for finding in one.findings
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "temperament",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_descriptor(name, checked) for name in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "language": {"zh": "zh-CN", "en": "en-US"}[language],
                "artifacts": artifacts.listed,
                "results": results,
            }
        ],
    }


def github(checked: Checked, file: Path | None, language: Language) -> str:
    """Return the findings of one reply as workflow commands, a line each; empty where there are none."""
    return "".join(_command(checked.draft, one, file, language) for one in checked.findings)


class _Artifacts:
    """The list of artifacts of a run, filled as results need them."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[int, int] = {}
        self.listed: list[dict[str, Any]] = []

    def location(self, draft: Draft) -> dict[str, Any]:
        """Return where a reply is to be found, listing its artifact at the first time."""
        key = 0 if draft.offset is not None else draft.line
        if key not in self._known:
            self._known[key] = len(self.listed)
            self.listed.append(self._artifact(draft))
        index = self._known[key]
        return {"uri": self.listed[index]["location"]["uri"], "index": index}

    def _artifact(self, draft: Draft) -> dict[str, Any]:
        if self._file is None:
            return {"location": {"uri": f"reply-{draft.line}"}, "contents": {"text": draft.text}}
        if draft.offset is None:
            return {"location": {"uri": f"{_uri(self._file)}#reply-{draft.line}"}, "contents": {"text": draft.text}}
        return {"location": {"uri": _uri(self._file)}}


def _uri(file: Path) -> str:
    return file.as_uri() if file.is_absolute() else quote(file.as_posix())


def _descriptor(name: str, checked: Iterable[Checked]) -> dict[str, Any]:
    """Return what the document says of a rule, from its first finding."""
    first = next(finding for one in checked for finding in one.findings if finding.rule == name)
    return {
        "id": name,
        "shortDescription": {"text": first.message},
        "properties": {"tags": [first.kind], "source": first.source},
    }


def _result(draft: Draft, finding: Finding, rule: int, artifact: dict[str, Any], language: Language) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.level],
        "message": {"text": _message(finding, language)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": _region(draft, finding)}}],
        "partialFingerprints": {"reply/v1": fingerprint(draft, finding)},
        "properties": {"kind": finding.kind, "source": finding.source, "suggestions": list(finding.suggestions)},
    }


def _region(draft: Draft, finding: Finding) -> dict[str, Any]:
    """Return where a finding lies; ``charOffset`` counts from the beginning of the artifact."""
    line, column = _place(draft, finding.start)
    last_line, last_column = _place(draft, finding.end)
    region: dict[str, Any] = {
        "startLine": line,
        "startColumn": column,
        "endLine": last_line,
        "endColumn": last_column,
        "charOffset": (draft.offset or 0) + finding.start,
        "charLength": finding.end - finding.start,
    }
    return region | ({"snippet": {"text": finding.text}} if finding.text else {})


def _place(draft: Draft, position: int) -> tuple[int, int]:
    """Return line and column, from 1, of a position in a reply."""
    breaks = list(_LINE.finditer(draft.text, 0, position))
    first = draft.line if draft.offset is not None else 1
    return first + len(breaks), position - (breaks[-1].end() if breaks else 0) + 1


def _message(finding: Finding, language: Language) -> str:
    """Return why, and some rewrites."""
    instead = ("可以换成：", "Rather: ")[language == "en"]
    better = " / ".join(finding.suggestions[:_LONGEST_LIST])
    return f"{finding.message} {instead}{better}" if better else finding.message


def _command(draft: Draft, finding: Finding, file: Path | None, language: Language) -> str:
    where = {"title": finding.rule}
    if file is not None:
        where = {"file": file.as_posix(), "line": str(draft.line), **where}
        if draft.offset is not None:
            where |= {"col": str(finding.start + 1), "endColumn": str(max(finding.end, finding.start + 1))}
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in where.items())
    words = f"“{finding.text}” " if finding.text else ""
    return f"::{_COMMANDS[finding.level]} {properties}::{_escaped(printable(words + _message(finding, language)))}\n"


def _escaped(text: str, also: str = "") -> str:
    """Return a value as workflow commands want it: %, line ends and, in properties, : and , in per cent."""
    return "".join(f"%{ord(one):02X}" if one in f"%\r\n{also}" else one for one in text)
