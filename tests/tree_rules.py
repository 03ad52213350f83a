"""What the scripts share that prove rules of the tree: a line for each fault, and a self-test that feeds
every rule a bad example."""

import pathlib
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def faults_of(faults, files):
    """The faults of a tree that holds these files alone."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return faults(pathlib.Path(folder))


def self_test(faults, good, bad):
    """What is wrong with the rules: they refuse the good tree, or take it with a bad file added."""
    failures = [f"refused a good tree: {line}" for line in faults_of(faults, good)]
    for expected, files in bad:
        found = faults_of(faults, good | files)
        if len(found) != 1 or expected not in found[0]:
            failures.append(f"expected one fault '{expected}', found {found}")
    return failures


def run(arguments, faults, good, bad):
    """Of `--self-test` or `[ROOT]`: prints a line for each fault; the exit status."""
    if arguments == ["--self-test"]:
        lines = self_test(faults, good, bad)
    else:
        lines = faults(pathlib.Path(arguments[0]) if arguments else ROOT)
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0
