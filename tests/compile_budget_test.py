"""Holds what the compiler reads for a recipe below a bound.

    python3 tests/compile_budget_test.py BUILD SOURCE

An edited train.cpp has to reach its first training step within seconds, most of which are the
compiler's, and most of those go into reading headers. Seconds differ from machine to machine and are
no test; lines do not. A header of a large library in tern/tern.h breaks the bound at once.
"""

import json
import pathlib
import re
import subprocess
import sys

# 80,000 lines and 85 headers when this was written: 1.2 s of parsing on a server core of 2023.
MAX_LINES = 85_000
MAX_HEADERS = 96

LINE_MARKER = re.compile(r'# \d+ "(.+)"')


def preprocess(build, source):
    """The source with all its headers, by the command that `tern train` compiles with."""
    toolchain = json.loads((build / "share/tern/toolchain.json").read_text(encoding="utf-8"))
    command = [word.replace("{home}", str(build)) for word in toolchain["compile"] if word]
    return subprocess.run(command + ["-E", str(source)], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def main(build, source):
    text = preprocess(build.resolve(), source)
    lines = sum(1 for line in text if line.strip() and not line.startswith("#"))
    files = {match.group(1) for match in map(LINE_MARKER.match, text) if match}
    headers = sum(1 for name in files if "/include/tern/" in name)
    print(f"{source.name}: {lines} lines, {headers} headers of Tern "
          f"(at most {MAX_LINES} and {MAX_HEADERS})")
    if headers == 0:
        print("no header of Tern was found; is this the build folder?")
    return 0 if 0 < headers <= MAX_HEADERS and lines <= MAX_LINES else 1


if __name__ == "__main__":
    sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
