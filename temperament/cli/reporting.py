"""Writing reports: one HTML file that holds everything."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from temperament.cli.common import save, write, write_json
from temperament.errors import InputError, UsageError

if TYPE_CHECKING:
    from temperament.conversation import Conversation
    from temperament.language import Language
    from temperament.playbook import Playbook
    from temperament.render.blocks import Block

_SUFFIXES = {".html", ".htm"}
_MOST_NAMES = 3


def check_page(page: Path) -> None:
    """Refuse a place for a report before any work is done: one that is no HTML file, or lies in no folder."""
    if page.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            f"--html 后面要写网页文件名，例如 报告.html，不是“{page}”。",
            f"--html takes the name of a page, for example report.html, not {str(page)!r}.",
        )
    if not page.absolute().parent.is_dir():
        raise InputError(
            f"{page.parent} 这个文件夹不存在。请先建好，或换一个位置。",
            f"The folder {page.parent} does not exist. Make it first, or choose another place.",
        )


def write_report(
    found: "Sequence[Conversation]",
    page: Path,
    files: Sequence[Path],
    language: "Language",
    book: "Playbook",
    *,
    as_json: bool,
    card: "Sequence[Block]" = (),
) -> None:
    """Write the report of conversations, with the blocks of a scorecard, and say where it is; an old one is replaced."""
    from temperament.render.report import MOST, report_page

    text = report_page(found, language, title=_title(files, language), book=book, card=card)
    save(page, text.encode())
    listed = min(len(found), MOST)
    if as_json:
        write_json([{"html": str(page), "conversations": len(found), "listed": listed}])
        return
    some = ("", "")
    if listed < len(found):
        some = (f"，其中最需要看的 {listed} 段逐句列出", f", the {listed} that most need a look turn by turn")
    write(
        (
            f"报告写好了：{page}（{len(found)} 段对话{some[0]}）\n",
            f"Report written: {page} (conversations: {len(found)}{some[1]})\n",
        )[language == "en"]
    )


def _title(files: Sequence[Path], language: "Language") -> str:
    """Return the names of what was read; nothing for standard input."""
    names = [file.name or str(file) for file in files if str(file) != "-"]
    joined = ("、", ", ")[language == "en"].join(names[:_MOST_NAMES])
    return joined + (" …" if len(names) > _MOST_NAMES else "")
