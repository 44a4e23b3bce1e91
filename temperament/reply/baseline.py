"""Findings known already: written down once, not told again. A baseline holds no words of a reply, only digests."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from temperament.errors import InputError
from temperament.reply.drafts import Checked, Draft
from temperament.reply.findings import Finding

_FORMAT = 1
_DIGITS = 16


def fingerprint(draft: Draft, finding: Finding) -> str:
    """Return the digest of a finding: the same rule at the same words of the same reply, wherever it stands."""
    words = f"{finding.rule}\0{finding.text}\0{draft.text.strip()}"
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def without_known(checked: Checked, known: frozenset[str]) -> Checked:
    """Leave out the findings that a baseline holds."""
    if not known:
        return checked
    fresh = [one for one in checked.findings if fingerprint(checked.draft, one) not in known]
    return Checked(checked.draft, fresh)


def read_baseline(path: Path) -> frozenset[str]:
    """Return the digests of a baseline file; raises ``InputError`` for anything else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"基线文件 {path} 读不了（{error.strerror}）。先用 --write-baseline 写一份。",
            f"The baseline {path} cannot be read ({error.strerror}). Write one first with --write-baseline.",
        ) from error
    except ValueError as error:
        raise _no_baseline(path) from error
    if not isinstance(value, dict) or value.get("baseline") != _FORMAT or not isinstance(value.get("findings"), list):
        raise _no_baseline(path)
    return frozenset(str(one.get("fingerprint")) for one in value["findings"] if isinstance(one, dict))


def write_baseline(path: Path, checked: Iterable[Checked]) -> int:
    """Write down every finding and return how many; an older baseline is replaced, another file is refused."""
    if path.exists():
        read_baseline(path)
    found = sorted({(finding.rule, fingerprint(one.draft, finding)) for one in checked for finding in one.findings})
    lines = [json.dumps({"rule": rule, "fingerprint": digest}) for rule, digest in found]
    body = ",\n  ".join(lines)
    try:
        path.write_text(f'{{"baseline": {_FORMAT}, "findings": [\n  {body}\n]}}\n', encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} 写不了（{error.strerror}）。请换一个位置。",
            f"{path} cannot be written ({error.strerror}). Choose another place.",
        ) from error
    return len(found)


def _no_baseline(path: Path) -> InputError:
    return InputError(
        f"{path} 不是基线文件（由 temperament check --write-baseline 写的那种）。请换一个文件名。",
        f"{path} is no baseline (as written by temperament check --write-baseline). Choose another file.",
    )
