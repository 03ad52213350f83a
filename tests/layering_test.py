"""Proves the rules of CONTRIBUTING.md that a compiler does not: which file may include which.

    python3 tests/layering_test.py [ROOT]       a line per violation, exit status 1 if there is one
    python3 tests/layering_test.py --self-test  feeds every rule a bad example and expects it found
"""

import re
import sys

import tree_rules

# Lowest first. An include points to a lower row or stays in its own folder.
LAYERS = [
    ["base"],
    ["contract"],
    ["tensor", "parallel", "knobs", "http", "lab_files", "recipe", "sandbox", "channel"],
    ["runner"],
    ["kernels", "io", "text"],
    ["autograd", "quant", "data"],
    ["ops"],
    ["model", "optim"],
    ["train", "eval"],
    ["attendant"],
    ["tern.h"],  # the one header that a recipe includes
    ["demo"],
    ["lab", "apps"],
    ["loop/git"],
    ["loop/boundary"],
    ["loop/record"],
    ["loop/propose", "loop/bench", "loop/decide"],
    ["loop/research", "loop/doctor"],
    ["loop/commands"],
    ["report"],
]
# The harness survives a broken engine: it sees nothing of it.
HARNESS = {"base", "channel", "contract", "http", "knobs", "lab_files", "recipe", "runner", "sandbox"}
ONLY_SEES = {"loop": HARNESS | {"loop"}, "report": HARNESS | {"loop"}}
# What is scored cannot reach the score.
NEVER_SEES = {"tern.h": {"eval", "attendant"}, "lab": {"eval", "attendant", "demo"}}

# Third-party header -> the folder in which one .cc may include it.
THIRD_PARTY = {
    "oneapi/dnnl/": "tern/kernels/",
    "nlohmann/": "tern/base/",
    "openssl/": "tern/base/",
    "omp.h": "tern/parallel/",
    "curl/": "tern/http/",
    "zip.h": "tern/io/",
    "zlib.h": "tern/io/",
    "pcre2.h": "tern/text/",
    "toml++/": "tern/base/",
    "CLI/": "tern/base/",
}
TEST_ONLY = ["httplib.h", "gtest/", "gmock/"]

# Besides our own headers, tern/tern.h may reach the C++ standard library but for these, and fmt's
# core.
RECIPE_HEADER = "tern/tern.h"
SLOW_STANDARD_HEADERS = {"iostream", "regex"}
LIGHT_THIRD_PARTY = {"fmt/core.h"}

MAX_LINES = 500
ROOTS = ["tern", "demo", "lab", "apps", "loop", "report", "tests"]
SOURCES = {".h", ".cc", ".cpp"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def read_sources(root):
    """Path relative to the root -> text, of every source file."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for name in ROOTS for path in sorted((root / name).rglob("*")) if path.suffix in SOURCES}


def includes(text, quote):
    return [name for opening, name in INCLUDE.findall(text) if opening == quote]


def is_test(path):
    return path.startswith("tests/") or re.search(r"_(test|test_util)\.", path) is not None


def folder_of(path):
    """A row's name in LAYERS: "ops" for tern/ops/x.h, "lab" for lab/train.cpp, "loop/git"."""
    parts = path.split("/")
    if parts[0] == "loop":
        return "/".join(parts[:-1])
    return parts[1] if parts[0] == "tern" else parts[0]


def wing_of(folder):
    """What ONLY_SEES speaks of: all rooms of the loop are one."""
    return folder.split("/")[0]


def rank_of(folder):
    return next((rank for rank, row in enumerate(LAYERS) if folder in row), None)


def edge_error(source, target):
    """Why a file of folder `source` may not include one of folder `target`, or None."""
    if source == target:
        return None
    if rank_of(source) is None or rank_of(target) is None:
        unknown = source if rank_of(source) is None else target
        return f"{unknown} is in no layer; add it to LAYERS in tests/layering_test.py"
    seen = ONLY_SEES.get(wing_of(source))
    if seen is not None and wing_of(target) not in seen:
        return f"{wing_of(source)} may see only {', '.join(sorted(seen))}"
    if target in NEVER_SEES.get(source, ()):
        return f"{source} may not see {target}"
    if rank_of(source) == rank_of(target):
        return f"{source} and {target} are siblings: neither may see the other"
    if rank_of(source) < rank_of(target):
        return f"{target} lies above {source}"
    return None


def check_edges(sources):
    """Includes are rooted and point down. Files in tests/ cross all layers."""
    for path, text in sources.items():
        for target in includes(text, '"'):
            if target.split("/")[0] not in ROOTS:
                yield f'{path}: includes "{target}"; write includes from the root, "tern/..."'
            elif not path.startswith("tests/"):
                error = edge_error(folder_of(path), folder_of(target))
                if error:
                    yield f'{path}: includes "{target}", but {error}'


def cycle_from(graph, start, done):
    """A circle of files that include each other, as a list, or None."""
    trail, on_trail = [start], {start}
    todo = [iter(graph[start])]
    while todo:
        target = next(todo[-1], None)
        if target is None:
            done.add(trail[-1])
            on_trail.discard(trail.pop())
            todo.pop()
        elif target in on_trail:
            return trail[trail.index(target):] + [target]
        elif target not in done:
            trail.append(target)
            on_trail.add(target)
            todo.append(iter(graph[target]))
    return None


def check_cycles(sources):
    """No file includes itself by way of others, within a room either."""
    graph = {path: [name for name in includes(text, '"') if name in sources]
             for path, text in sources.items()}
    done = set()
    for path in graph:
        cycle = cycle_from(graph, path, done) if path not in done else None
        if cycle:
            yield f"a circle of includes: {' -> '.join(cycle)}"
            return


def users_of(sources, header):
    return [path for path, text in sources.items()
            if any(name.startswith(header) for name in includes(text, "<") + includes(text, '"'))]


def check_third_party(sources):
    """Each library stays inside one .cc of its folder; some are for tests."""
    for header, home in THIRD_PARTY.items():
        users = users_of(sources, header)
        for path in users:
            if not (path.endswith(".cc") and path.startswith(home)):
                yield f"{path}: includes <{header}>, which belongs in one {home}*.cc"
        if len(users) > 1:
            yield f"{users[1]}: includes <{header}>, which {users[0]} includes already"
    for header in TEST_ONLY:
        for path in users_of(sources, header):
            if not is_test(path):
                yield f"{path}: includes <{header}>, which is for tests only"


def is_heavy(header):
    if header in LIGHT_THIRD_PARTY:
        return False
    return header in SLOW_STANDARD_HEADERS or "/" in header or header.endswith(".h")


def check_recipe_closure(sources):
    """An edited recipe runs within five seconds only if tern/tern.h stays light."""
    reached_from = {RECIPE_HEADER: None}
    todo = [RECIPE_HEADER]
    while todo:
        path = todo.pop()
        text = sources.get(path, "")
        for header in filter(is_heavy, includes(text, "<")):
            chain = path
            while reached_from[path]:
                path = reached_from[path]
                chain = f"{path} -> {chain}"
            yield f"{chain}: includes <{header}>, which is too heavy for a recipe"
        for target in includes(text, '"'):
            if target not in reached_from:
                reached_from[target] = path
                todo.append(target)


def check_companions(sources):
    """A kernel has its reference and its test, an op its test."""
    for path in sources:
        stem, _, suffix = path.rpartition(".")
        if suffix != "cc" or is_test(path):
            continue
        wanted = []
        if path.startswith("tern/kernels/") and f"{stem}.h" in sources:
            wanted = [f"{stem}_ref.h", f"{stem}_test.cc"]
        elif path.startswith("tern/ops/"):
            wanted = [f"{stem}_test.cc"]
        for companion in wanted:
            if companion not in sources:
                yield f"{path}: {companion} is missing"


def check_lengths(sources):
    for path, text in sources.items():
        lines = text.count("\n")
        if lines > MAX_LINES:
            yield f"{path}: {lines} lines; a file has at most {MAX_LINES}"


CHECKS = [check_edges, check_cycles, check_third_party, check_recipe_closure, check_companions, check_lengths]


def violations(root):
    sources = read_sources(root)
    return [line for check in CHECKS for line in check(sources)]


# ---- self-test ----------------------------------------------------------------------------------

GOOD = {
    "tern/base/json.cc": "#include <nlohmann/json.hpp>\n",
    "tern/kernels/dot.cc": '#include "tern/kernels/dot.h"\n#include "tern/base/error.h"\n',
    "tern/kernels/dot.h": "#pragma once\n",
    "tern/kernels/dot_ref.h": "#pragma once\n",
    "tern/kernels/dot_test.cc": '#include <gtest/gtest.h>\n#include "tern/kernels/dot_ref.h"\n',
    "tern/kernels/cpu.cc": "// without a header of its own: not a kernel\n",
    "tern/tern.h": '#include <fmt/core.h>\n#include <vector>\n#include "tern/train/loop.h"\n',
    "tern/train/loop.h": '#include "tern/model/llama.h"\n',
    "tests/run_test.cc": '#include <httplib.h>\n#include "tern/eval/a.h"\n#include "loop/git/a.h"\n',
    "loop/git/run.cc": '#include "tern/base/file.h"\n',
    "loop/commands/best.cc": '#include "loop/record/a.h"\n#include "loop/git/a.h"\n',
    "report/page.cc": '#include "loop/record/a.h"\n',
    "lab/train.cpp": '#include "tern/tern.h"\n',
}

# What the report must say, and the files added to the good tree that make it say so.
BAD = [
    ("base/a.h: includes \"tern/io/b.h\", but io lies above",
     {"tern/base/a.h": '#include "tern/io/b.h"\n'}),
    ("train and eval are siblings", {"tern/train/a.cc": '#include "tern/eval/b.h"\n'}),
    ("tensor and parallel are siblings", {"tern/tensor/a.cc": ' # include "tern/parallel/b.h"\n'}),
    ("loop may see only base, channel, contract, http, knobs, lab_files, loop, recipe, runner, sandbox", {"loop/git/a.cc": '#include "tern/ops/b.h"\n'}),
    ("report may see only base, channel, contract, http, knobs, lab_files, loop, recipe, runner, sandbox", {"report/a.cc": '#include "tern/ops/b.h"\n'}),
    ("loop may see only base, channel, contract, http, knobs, lab_files, loop, recipe, runner, sandbox", {"loop/git/b.cc": '#include "report/b.h"\n'}),
    ("loop/record lies above loop/boundary", {"loop/boundary/a.cc": '#include "loop/record/b.h"\n'}),
    ("loop/propose and loop/decide are siblings", {"loop/propose/a.cc": '#include "loop/decide/b.h"\n'}),
    ("loop is in no layer", {"loop/a.cc": '#include "loop/git/b.h"\n'}),
    ("a circle of includes: tern/base/a.h -> tern/base/b.h -> tern/base/a.h",
     {"tern/base/a.h": '#include "tern/base/b.h"\n', "tern/base/b.h": '#include "tern/base/a.h"\n'}),
    ("lab may not see eval", {"lab/train.cpp": '#include "tern/eval/b.h"\n'}),
    ("lab may not see attendant", {"lab/train.cpp": '#include "tern/attendant/b.h"\n'}),
    ("lab may not see demo", {"lab/train.cpp": '#include "demo/b.h"\n'}),
    ("demo lies above train", {"tern/train/a.cc": '#include "demo/b.h"\n'}),
    ("tern.h may not see eval", {"tern/tern.h": '#include "tern/eval/b.h"\n'}),
    ("apps lies above model", {"tern/model/a.cc": '#include "apps/b.h"\n'}),
    ("misc is in no layer", {"tern/misc/a.cc": '#include "tern/base/b.h"\n'}),
    ("write includes from the root", {"tern/base/a.cc": '#include "b.h"\n'}),
    ("which tern/base/b.cc includes already", {"tern/base/b.cc": "#include <nlohmann/json.hpp>\n"}),
    ("belongs in one tern/kernels/*.cc",
     {"tern/kernels/a.h": "#include <oneapi/dnnl/dnnl.hpp>\n"}),
    ("belongs in one tern/parallel/*.cc", {"tern/data/a.cc": "#include <omp.h>\n"}),
    ("which is for tests only", {"tern/io/a.cc": "#include <httplib.h>\n"}),
    ("tern/tern.h -> tern/train/loop.h: includes <iostream>",
     {"tern/train/loop.h": "#include <iostream>\n"}),
    ("includes <fmt/format.h>, which is too heavy",
     {"tern/train/loop.h": "#include <fmt/format.h>\n"}),
    ("a_ref.h is missing",
     {"tern/kernels/a.cc": "", "tern/kernels/a.h": "", "tern/kernels/a_test.cc": ""}),
    ("a_test.cc is missing",
     {"tern/kernels/a.cc": "", "tern/kernels/a.h": "", "tern/kernels/a_ref.h": ""}),
    ("tern/ops/a_test.cc is missing", {"tern/ops/a.cc": ""}),
    (f"{MAX_LINES + 1} lines", {"tern/base/a.h": "\n" * (MAX_LINES + 1)}),
]


if __name__ == "__main__":
    sys.exit(tree_rules.run(sys.argv[1:], violations, GOOD, BAD))
