"""Proves that no two types share a name: one class, struct, union or enum of namespace scope has one definition.

    python3 tests/one_definition_test.py [ROOT]       a line per name that is defined twice, exit status 1 if there is one
    python3 tests/one_definition_test.py --self-test  feeds the reader good and bad examples

A program in which two translation units define one name differently is broken without a word from compiler
or linker: the linker takes either's inline functions. Types of one file belong in an anonymous namespace.
"""

import pathlib
import re
import sys
import tempfile

ROOTS = ["tern", "demo", "lab", "apps", "loop", "report", "tests"]
SOURCES = {".h", ".cc", ".cpp"}

# What is no code: comments, directives with their continued lines, texts and characters.
NO_CODE = re.compile(
    r"""//(?:\\\n|[^\n])* | /\*.*?\*/ | ^[ \t]*\#(?:\\\n|[^\n])*
      | R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.MULTILINE | re.VERBOSE)
BRACE = re.compile(r"[{};]")
NAMESPACE = re.compile(r"^(?:inline\s+)?namespace\b\s*([\w:\s]*)$")
TYPE = re.compile(r"^(?:typedef\s+)?(?:enum\s+(?:class|struct)|enum|class|struct|union)\s+"
                  r"(?:alignas\s*\([^()]*\)\s*|\[\[[^\]]*\]\]\s*)*"
                  r"(?P<name>\w+(?:\s*::\s*\w+)*)\s*(?:final\s*)?(?::[^:].*)?$", re.DOTALL)


def without_template(head):
    """A declaration without its `template <...>`s."""
    while head.startswith("template"):
        depth = 0
        for i, c in enumerate(head):
            depth += {"<": 1, ">": -1}.get(c, 0)
            if c == ">" and depth == 0:
                head = head[i + 1:].lstrip()
                break
        else:
            return head
    return head


def scope_of(head):
    """What a brace opens: ("namespace", its name; "" without one), ("type", name) or None for anything else."""
    head = without_template(head.strip())
    if head == "extern":  # the text "C" is gone
        return ("namespace", None)
    namespace = NAMESPACE.match(head)
    if namespace:
        return ("namespace", re.sub(r"\s", "", namespace[1]))
    found = TYPE.match(head)
    return ("type", re.sub(r"\s", "", found["name"])) if found else None


def types_of(text):
    """The full names of the types that a file defines at namespace scope, outside anonymous namespaces."""
    text = NO_CODE.sub(" ", text)
    scopes = []  # of the braces that are open
    head = 0
    for brace in BRACE.finditer(text):
        if brace[0] == "{":
            scope = scope_of(text[head:brace.start()])
            if scope and scope[0] == "type" and all(
                    outer and outer[0] == "namespace" and outer[1] != "" for outer in scopes):
                yield "::".join([outer[1] for outer in scopes if outer[1]] + [scope[1]])
            scopes.append(scope)
        elif brace[0] == "}" and scopes:
            scopes.pop()
        head = brace.end()


def clashes(root):
    files = {}  # by name
    for folder in ROOTS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCES:
                for name in set(types_of(path.read_text(encoding="utf-8"))):
                    files.setdefault(name, []).append(path.relative_to(root).as_posix())
    for name, where in sorted(files.items()):
        if len(where) > 1:
            yield (f"{name} is defined in {' and in '.join(where)}; rename one, or put a type that one file needs into an "
                   "anonymous namespace")


# ---- self-test ----------------------------------------------------------------------------------

# A text, and the types that it defines for all to see.
EXAMPLES = [
    ("namespace tern { struct A { int a; }; class B final : public A {}; }", ["tern::A", "tern::B"]),
    ("namespace tern::kernels { enum class C : int { kOne }; union D {}; enum E { kTwo }; }",
     ["tern::kernels::C", "tern::kernels::D", "tern::kernels::E"]),
    ("namespace tern { namespace event { struct A { }; } struct B {}; }", ["tern::event::A", "tern::B"]),
    ("template <class T, class U = std::vector<T>> struct A {}; struct alignas(64) B {}; class [[nodiscard]] C {};",
     ["A", "B", "C"]),
    ('extern "C" { struct A { int a; }; }', ["A"]),
    ("struct A::B {};", ["A::B"]),
    ("namespace tern { namespace { struct A {}; } }", []),
    ("struct A; class B; enum class C : int; template <class T> class D;", []),
    ("template <> struct A<int> {}; template <class T> struct A<T*> {};", []),
    ("struct A { struct B {}; enum class C { kOne }; };", ["A"]),
    ("int f() { struct A { int a; }; return 0; }  auto g = [] { struct B {}; };", []),
    ("struct rlimit limit { 1, 2 }; struct stat info {}; struct A f() { return {}; }", []),
    ("Foo::Foo() : a_{1}, b_(2) { struct A {}; }  struct B {};", ["B"]),
    ("// struct A {};\n/* struct B {}; */ const char* c = \"struct C {};\"; auto d = R\"x(struct D { )\" {)x\";", []),
    ("#define TYPE \\\n  struct A {};\nconst char brace = '{'; int many = 1'000'000; struct B {};", ["B"]),
    ("typedef struct A { int a; } B; struct { int c; } c;", ["A"]),
]


def self_test():
    """The failures of this script."""
    for text, expected in EXAMPLES:
        found = list(types_of(text))
        if found != expected:
            yield f"expected {expected}, found {found} in {text}"
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {"tern/a.h": "struct A {}; struct B {};", "loop/a.cc": "namespace { struct B {}; }"}.items():
            (root / name).parent.mkdir()
            (root / name).write_text(text, encoding="utf-8")
        if list(clashes(root)):
            yield f"refused a good tree: {list(clashes(root))}"
        (root / "loop/b.cc").write_text("class A {};", encoding="utf-8")
        if [line.split(";")[0] for line in clashes(root)] != ["A is defined in tern/a.h and in loop/b.cc"]:
            yield f"expected a clash of A, found {list(clashes(root))}"


def main(arguments):
    if arguments == ["--self-test"]:
        lines = list(self_test())
    else:
        default = pathlib.Path(__file__).resolve().parent.parent
        lines = list(clashes(pathlib.Path(arguments[0]) if arguments else default))
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
