"""Everything the README files show is run: console blocks with their output, Python blocks as doctests.

After a change that is meant to change what they show, refresh them with ``python tests/test_docs.py``.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
CONSOLE = re.compile(r"```console\n\$ (.+)\n((?:(?!```).*\n)*)```")
PYTHON = re.compile(r"```python\n((?:(?!```).*\n)*)```")


def run(command: str) -> str:
    """Run one shown command with this interpreter's ``temperament`` on a terminal 96 columns wide."""
    environment = os.environ | {
        "COLUMNS": "96",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "TEMPERAMENT_LANG": "en",
    }
    done = subprocess.run(
        command, shell=True, capture_output=True, cwd=ROOT, env=environment, encoding="utf-8", check=False, timeout=120
    )
    assert not done.stderr, done.stderr
    return done.stdout


def console_blocks() -> list[tuple[str, str, str]]:
    """Return (file, command, shown output) of every console block."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in READMES}
    return [(name, command, shown) for name, text in texts.items() for command, shown in CONSOLE.findall(text)]


@pytest.mark.parametrize(("name", "command", "shown"), console_blocks())
def test_console_blocks_show_what_the_command_prints(name, command, shown):
    """A shown command prints exactly what is shown."""
    assert run(command) == shown


@pytest.mark.parametrize("name", READMES)
def test_python_blocks_are_true(name):
    """Python blocks run as doctests."""
    blocks = "\n".join(PYTHON.findall((ROOT / name).read_text(encoding="utf-8")))
    test = doctest.DocTestParser().get_doctest(blocks, {}, name, name, 0)
    runner = doctest.DocTestRunner()
    runner.run(test)
    assert runner.summarize().failed == 0


def test_readme_has_the_two_commands():
    """The set-up is two commands, and the page in Chinese shows the same two."""
    marked = re.search(
        r"<!-- commands -->\n```bash\n(.*)\n(.*)\n```\n<!-- end -->", (ROOT / "README.md").read_text("utf-8")
    )
    assert marked
    chinese = (ROOT / "README.zh-CN.md").read_text("utf-8")
    assert all(command in chinese for command in marked.groups())


@pytest.mark.parametrize("name", ["quality", "evidence"])
def test_tables_are_the_benchmarks(name):
    """The README's numbers are those the benchmarks wrote."""
    text = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(rf"<!-- {name} -->\n(.*)<!-- end {name} -->", text, re.DOTALL)
    assert shown
    assert shown.group(1).strip() == measured(name)


def measured(name: str) -> str:
    """Return the first tables that a benchmark wrote, without its title and its further chapters."""
    text = (ROOT / "benchmarks" / f"{name.upper()}.md").read_text("utf-8")
    return text.split("\n\n", 1)[1].split("\n## ", 1)[0].strip()


def refresh() -> None:
    """Rewrite the shown outputs with what the commands print now."""
    for name in READMES:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        text = CONSOLE.sub(lambda match: f"```console\n$ {match.group(1)}\n{run(match.group(1))}```", text)
        names: dict[str, object] = {}
        text = PYTHON.sub(lambda match, known=names: f"```python\n{session(match.group(1), known)}```", text)
        for title in ("quality", "evidence"):
            fresh = f"<!-- {title} -->\n{measured(title)}\n<!-- end {title} -->"
            text = re.sub(rf"<!-- {title} -->.*<!-- end {title} -->", lambda _, new=fresh: new, text, flags=re.DOTALL)
        path.write_text(text, encoding="utf-8")


def session(block: str, names: dict[str, object]) -> str:
    """Return a doctest session with every line's answer as it is now; ``names`` are those of the blocks before."""
    lines = []
    for line in (line.removeprefix(">>> ") for line in block.splitlines() if line.startswith(">>> ")):
        lines.append(f">>> {line}\n")
        try:
            answer = eval(line, names)
        except SyntaxError:
            exec(line, names)
            continue
        lines.append("" if answer is None else f"{answer!r}\n")
    return "".join(lines)


if __name__ == "__main__":
    refresh()
