"""Compares README.md, CONTRIBUTING.md and docs/ with the sources, as far as a program can: links, files,
commands, flags, identifiers, columns and keys that they name must be there.

    python3 tests/docs_test.py [ROOT]       a line per fault, exit status 1 if there is one
    python3 tests/docs_test.py --self-test  feeds every rule a bad example and expects it found
"""

import re
import sys

import tree_rules

ROOTS = ["tern", "demo", "lab", "apps", "loop", "report", "tests", "scripts", "cmake", ".ci", "Makefile",
         "CMakeLists.txt"]
PAGES = ["README.md", "CONTRIBUTING.md", "docs"]
# Figures and diffs of searches that were made once; the names in them are of their day.
RECORDS = ["docs/search-on-the-demo", "docs/search-on-stories3M", "docs/ablations.md"]
# What a page tells a reader to make, or says that there is not.
EXAMPLES = {"tern/quant/level_rms.cc", "--weights-rule-threshold", "snake_case"}

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
NAME = re.compile(r"(?<![\w/.-])[A-Za-z]\w*_\w+(?![\w/-])")
COMMAND = re.compile(r"\btern ([a-z]+)(?: ([a-z]+))?")


def read(root):
    """Path -> text: of the pages, and of the sources."""
    def texts(names):
        found = {}
        for name in names:
            path = root / name
            for file in [path] if path.is_file() else sorted(path.rglob("*")):
                if file.is_file() and file.suffix not in {".png", ".gz", ".pyc", ".json", ".svg"}:
                    found[file.relative_to(root).as_posix()] = file.read_text(
                        encoding="utf-8", errors="replace")
        return found
    pages = {name: text for name, text in texts(PAGES).items()
             if name.endswith(".md") and not name.startswith(tuple(RECORDS))}
    return pages, texts(ROOTS)


def slug(heading):
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def check_links(root, pages, sources):
    """Links within the project lead to a file, and to a heading of it."""
    for name, text in pages.items():
        for target in LINK.findall(text):
            if "://" in target or target.startswith("mailto:"):
                continue
            path, _, anchor = target.partition("#")
            file = (root / name).parent / path if path else root / name
            if not file.exists():
                yield f"{name}: links to {target}, which is not there"
            elif anchor and file.suffix == ".md":
                headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
                if anchor not in map(slug, headings):
                    yield f"{name}: links to {target}, which has no such heading"


def check_paths(root, pages, sources):
    """A path of the project in `code` is there."""
    for name, text in pages.items():
        for code in CODE.findall(text):
            path = code.split("(")[0].rstrip("/")
            rooted = re.fullmatch(r"[\w.-]+(/[\w.-]+)+", path) and path.split("/")[0] in ROOTS
            placeholder = path in EXAMPLES or re.search(r"\bN+\b|NAME", path)
            if rooted and not placeholder and not (root / path).exists():
                yield f"{name}: names {path}, which is not there"


def spans_of(text):
    """What a page shows as code: `spans` and indented or fenced blocks."""
    blocks = [line for line in text.split("\n") if line.startswith("    ")]
    fenced = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    return CODE.findall(text) + blocks + fenced


def check_flags(root, pages, sources):
    """A flag that a page shows is one of ours, or of a program that the sources call."""
    words = " ".join(sources.values())
    known = {"--" + word.replace("_", "-") for word in re.findall(r"[a-z][a-z0-9_]*", words)}
    known |= set(FLAG.findall(words)) | EXAMPLES
    known |= {"--" + name.replace("_", "-") for name in knob_names(sources)}
    for name, text in pages.items():
        for flag in sorted({f for span in spans_of(text) for f in FLAG.findall(span)}):
            if flag not in known and flag.replace("--no-", "--") not in known:
                yield f"{name}: shows {flag}, which nothing takes"


def knob_names(sources):
    """The names that knobs have by their place: lr_warmup of the member warmup of the recipe's lr."""
    recipe = sources.get("lab/train.cpp", "")
    groups = re.findall(r"^  \w+ (\w+); +//", recipe, re.MULTILINE)
    members = set(re.findall(r"TERN_KNOB\((\w+)\)", " ".join(sources.values())))
    return {f"{group}_{member}" for group in groups for member in members}


def check_names(root, pages, sources):
    """An identifier with an underscore that stands in `code` occurs in the sources."""
    known = set(re.findall(r"\w+", " ".join([*sources, *sources.values()])))
    known |= knob_names(sources) | EXAMPLES
    known |= {folder + "_test" for path in sources for folder in path.split("/")[:-1]}
    for name, text in pages.items():
        for word in sorted({w for code in CODE.findall(text) for w in NAME.findall(code)}):
            if word not in known and not word.isupper() and not word.startswith(("x_", "libtern_")):
                yield f"{name}: names {word}, which is nowhere in the sources"


def commands_of(sources):
    """The names with which commands for people register themselves."""
    names = set()
    for path, text in sources.items():
        if path.endswith(".cc") and "_test." not in path and ".hidden = true" not in text:
            names.update(re.findall(r'RegisterCommand \w+\(\s*\{+\s*(?:\.name = )?"([a-z ]+)"', text))
    return names


def check_commands(root, pages, sources):
    """A command that a page shows exists, and README's table has every one."""
    names = commands_of(sources)
    first = {name.split()[0] for name in names} | {"help"}
    for page, text in pages.items():
        for span in spans_of(text):
            for word, _ in COMMAND.findall(span):
                if word not in first:
                    yield f"{page}: shows `tern {word}`, which is no command"
    for name in sorted(names):
        if not re.search(rf"\b{name.split()[-1]}\b", pages.get("README.md", "")):
            yield f"README.md: does not name the command `tern {name}`"


def fields_of(text, struct):
    body = text.split(f"struct {struct} ")[-1]
    return [f.strip() for f in re.search(r"TERN_FIELDS\(([^)]*)\)", body).group(1).split(",")]


def check_columns(root, pages, sources):
    """Where a page lists the columns of a table, it lists them as they are."""
    for file, struct, page in [
            ("results_row.h", "ResultsRow", "docs/lab.md"),
            ("step_row.h", "StepRow", "docs/lab.md"),
            ("layer_row.h", "LayerRow", "docs/lab.md"),
            ("experiment_row.h", "ExperimentRow", "docs/research.md")]:
        header, text = sources.get(f"tern/contract/{file}"), pages.get(page)
        if header is None or text is None:
            continue
        plain = re.sub(r"\([^)]*\)", "", text)
        wanted = r"\s+".join(map(re.escape, fields_of(header, struct)))
        if not re.search(wanted, plain):
            yield f"{page}: does not list the columns of {struct} in their order"


def check_keys(root, pages, sources):
    """docs/lab.md's table has every key of lab.toml, and no other."""
    unread = {"version", "preset"}  # of the form and of the lab's origin, which no table reads
    source, page = sources.get("tern/lab_files/lab.cc"), pages.get("docs/lab.md")
    if source is None or page is None:
        return
    keys = set(re.findall(r'key\("(\w+)"', source))
    section = page.partition("## lab.toml")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    shown = {word.split(".")[-1] for row in rows for word in CODE.findall(row) if " " not in word}
    for key in sorted(keys - shown):
        yield f"docs/lab.md: does not explain the key {key} of lab.toml"
    for key in sorted(shown - keys - unread):
        yield f"docs/lab.md: explains the key {key}, which lab.toml does not have"


CHECKS = [check_links, check_paths, check_flags, check_names, check_commands, check_columns,
          check_keys]


def faults(root):
    pages, sources = read(root)
    return [fault for check in CHECKS for fault in check(root, pages, sources)]


# ---- self-test ----------------------------------------------------------------------------------

GOOD = {
    "README.md": "# Tern\n\n`tern train --lr 1` makes `eval_ppl`: [more](docs/a.md#a-heading)\n",
    "docs/a.md": "# A heading\n\nSee `apps/train.cc`.\n",
    "apps/train.cc": 'const RegisterCommand r({.name = "train"});\n'
                     'flags.add("lr", lr); double eval_ppl;\n',
}
BAD = [
    ("docs/b.md, which is not there", {"docs/c.md": "[b](docs/b.md)"}),
    ("which has no such heading", {"docs/c.md": "[a](a.md#another)"}),
    ("apps/eval.cc, which is not there", {"docs/c.md": "`apps/eval.cc`"}),
    ("--rate, which nothing takes", {"docs/c.md": "`tern train --rate 1`"}),
    ("old_name, which is nowhere", {"docs/c.md": "`old_name`"}),
    ("`tern fly`, which is no command", {"docs/c.md": "    tern fly\n"}),
    ("does not name the command `tern eval`",
     {"apps/eval.cc": 'const RegisterCommand r({.name = "eval"});\n'}),
    ("does not list the columns of StepRow",
     {"tern/contract/step_row.h": "struct StepRow { TERN_FIELDS(step, loss) };\n",
      "docs/lab.md": "# Lab\n\nsteps.tsv: loss step\n"}),
    ("does not explain the key seeds",
     {"tern/lab_files/lab.cc": 'reader.key("seeds", c.seeds);\n', "docs/lab.md": "# Lab\n"}),
    ("explains the key luck",
     {"tern/lab_files/lab.cc": "", "docs/lab.md": "# Lab\n\n## lab.toml\n\n| `luck` | much |\n"}),
]


if __name__ == "__main__":
    sys.exit(tree_rules.run(sys.argv[1:], faults, GOOD, BAD))
