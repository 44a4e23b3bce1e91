"""A firm's own playbook on disk: a folder to begin with, a full copy, and the changes of a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from temperament import playbook
from temperament.errors import InputError
from temperament.playbook import Playbook, loading
from temperament.workbook import overlay_text

_STARTERS = (
    "wording", "grading", "authority", "forms", "letters", "scripts", "tags", "causes", "topics", "bursts", "tasks",
    "replies", "drills",
)  # fmt: skip
"""The kinds for which a new folder gets a commented example: what firms change most, and what the manual leaves open."""
_README = """\
# 自己的话术 / Your own playbook

这里的文件盖在自带的话术库上：编号（id）新的是新增；编号已有的只改写出来的字段；写 `disabled: true` 就停用。
The files here lie over the shipped playbook: a new id adds an entry, a known id changes the fields it names,
`disabled: true` takes an entry out.

    temperament playbook validate .                 # 检查 / check
    temperament advise --state angry --playbook .   # 使用 / use
    temperament playbook export rules.xlsx          # Excel: edit the wording rules
    temperament playbook import rules.xlsx .        # 写回这里 / and bring the changes back

003 号手册只有标题、没有正文的几章（L23、L217），留给本单位自己写；写在这里 / The chapters of manual 003 of which only the
heading is left are the firm's own to write; their places:

    典型案例 typical cases            drills.yaml       (temperament practice)
    应对话术 what to say              replies.yaml, scripts.yaml
    致歉信格式 letter of apology      letters.yaml      (temperament template)
    赔付标准 compensation             authority.yaml    (limit: 元 / yuan)
    特殊客诉 special complaints       tags.yaml, signals.yaml

文件名 / Files: {files}
"""
_HEAD = """\
# {kind}: 去掉行首的“# ”就生效。下面是自带的第一条，改成自己的；来源写 ours。
# Take away "# " to make it count. Below is the first shipped entry; `source` of your own is ours.

"""


def init_overlay(folder: Path) -> list[Path]:
    """Make a folder of own entries with commented examples and return its files; existing files are refused."""
    files = ", ".join(f"{kind}.yaml" for kind in loading.KINDS)
    texts = {"README.md": _README.format(files=files)}
    for kind in _STARTERS:
        first = next(iter(playbook.shipped().shelves()[kind].values()))
        example = overlay_text([loading.plain(first)])
        texts[f"{kind}.yaml"] = _HEAD.format(kind=kind) + "".join(f"# {line}\n" for line in example.splitlines())
    return _write_all(folder, texts, force=False)


def export_folder(book: Playbook, folder: Path, *, force: bool) -> list[Path]:
    """Write every kind of a playbook to a file of its own and return the files."""
    texts = {
        f"{kind}.yaml": overlay_text(loading.plain(entry) for entry in shelf.values())
        for kind, shelf in book.shelves().items()
    }
    return _write_all(folder, texts, force=force)


def write_overlay(folder: Path, changes: Sequence[Mapping[str, Any]], *, force: bool) -> Path:
    """Write changed wording rules into a folder of own entries and return the file."""
    text = overlay_text(changes) if changes else "# 没有改动 / no changes\n"
    return _write_all(folder, {"wording.yaml": text}, force=force)[0]


def refuse_overwriting(paths: Iterable[Path], *, force: bool) -> None:
    """Raise ``InputError`` naming the first file that is already there, unless it may be replaced."""
    for path in paths:
        if path.exists() and not force:
            raise InputError(
                f"{path} 已经有了。换一个位置，或加 --force 覆盖。",
                f"{path} exists already. Choose another place, or replace it with --force.",
            )


def _write_all(folder: Path, texts: Mapping[str, str], *, force: bool) -> list[Path]:
    paths = {folder / name: text for name, text in texts.items()}
    refuse_overwriting(paths, force=force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in paths.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{folder} 写不了（{error.strerror}）。请换一个位置。",
            f"{folder} cannot be written ({error.strerror}). Choose another place.",
        ) from error
    return list(paths)
