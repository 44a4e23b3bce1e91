"""List the characters that OpenCC may change on the way from Traditional to Simplified script.

    python data/make_traditional.py -o temperament/traditional.txt

Text without any of them need not be converted at all, and OpenCC's dictionaries need not be loaded. A character is listed
when OpenCC changes it alone, or in a phrase of its dictionary without such characters (覆 alone stays, 答覆 becomes 答复).
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import opencc

_LINE = 60


def alone() -> set[str]:
    """Return every character that is changed by itself."""
    convert = opencc.OpenCC("t2s").convert
    every = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    return {character for character in every if convert(character) != character}


def in_phrases(known: set[str]) -> set[str]:
    """Return every character that is changed in a phrase of OpenCC's dictionary that holds no ``known`` one."""
    home = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "phrases.txt"
        source = home / "share" / "opencc" / "TSPhrases.ocd2"
        command = [str(home / "bin" / "opencc_dict"), "-i", str(source), "-o", str(lines), "-f", "ocd2", "-t", "text"]
        subprocess.run(command, check=True, capture_output=True)
        pairs = [line.split("\t") for line in lines.read_text(encoding="utf-8").splitlines()]
    changed: set[str] = set()
    for phrase, answers in pairs:
        if not known & set(phrase):
            answer = answers.split(" ")[0]
            same = len(answer) == len(phrase)
            changed |= {old for old, new in zip(phrase, answer, strict=True) if old != new} if same else set(phrase)
    return changed


def main() -> int:
    """Write the list, in the order of code points."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    known = alone()
    found = "".join(sorted(known | in_phrases(known)))
    lines = [found[start : start + _LINE] for start in range(0, len(found), _LINE)]
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
