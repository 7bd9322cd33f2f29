"""What is declared, pinned, packed and ignored: the files at the root say the same thing."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import needs
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from intark_lab import paths

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = paths.ROOT / "binder" / "requirements.txt"
TESTS = paths.ROOT / "tests" / "requirements.txt"
IGNORED = [
    ".venv/x",
    ".lab/x",
    "work/x",
    "submitted/x",
    "autograded/x",
    "feedback/x",
    "gradebook.db",
]


def pins(lock: Path) -> list[Requirement]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def unmet(declared: list[str], lock: Path) -> list[str]:
    """The declared requirements that no pin of `lock` satisfies."""
    versions = {}
    for pin in pins(lock):
        (version,) = pin.specifier
        versions.setdefault(pin.name, []).append(version.version)
    wanted = [Requirement(line) for line in declared]
    return [
        str(one)
        for one in wanted
        if not versions.get(one.name) or not all(map(one.specifier.contains, versions[one.name]))
    ]


def test_the_runtime_lock_satisfies_the_package():
    assert unmet(PROJECT["dependencies"], RUNTIME) == []


def test_the_tests_lock_satisfies_the_package_and_its_tests():
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert unmet(declared, TESTS) == []


def needed(declared: list[str]) -> set[str]:
    """The names of all distributions that `declared` brings along on this machine."""
    seen, left = set(), [(Requirement(line), "") for line in declared]
    while left:
        one, by_extra = left.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": by_extra}):
            continue
        for extra in one.extras | {""}:
            if (one.name, extra) not in seen:
                seen.add((one.name, extra))
                left += [(Requirement(line), extra) for line in metadata.requires(one.name) or []]
    return {canonicalize_name(name) for name, _ in seen}


def test_the_runtime_lock_is_complete():
    # pip installs from it without looking for more
    assert needed(PROJECT["dependencies"]) - {pin.name for pin in pins(RUNTIME)} == set()


def imported() -> set[str]:
    """The top-level names of everything that the package imports, wherever the import stands."""
    names = set()
    for file in paths.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Import(aliases):
                    names |= {alias.name for alias in aliases}
                case ast.ImportFrom(module, level=0):
                    names.add(module)
    return {name.partition(".")[0] for name in names}


def test_everything_that_is_imported_is_locked():
    # the environment of whoever wrote the import may hold more than a learner's
    ours = sys.stdlib_module_names | {"intark_lab"}
    owners = metadata.packages_distributions()
    optional = map(Requirement, PROJECT["optional-dependencies"]["dask"])
    locked = {pin.name for pin in [*pins(RUNTIME), *optional]}
    strange = {
        name
        for name in imported() - ours
        if not locked & {canonicalize_name(owner) for owner in owners.get(name, [])}
    }
    assert strange == set()


def test_both_locks_are_of_one_resolution():
    runtime, tests = (set(map(str, pins(lock))) for lock in (RUNTIME, TESTS))
    assert runtime - tests == set()


@pytest.mark.parametrize("lock", [RUNTIME, TESTS], ids=["runtime", "tests"])
def test_a_lock_is_exact_and_names_no_machine(lock):
    assert all(str(pin.specifier).startswith("==") for pin in pins(lock))
    assert not re.search(r"://|--index|--find-links|@ |/home/|/tmp/", lock.read_text("utf-8"))


def test_a_lock_that_misses_a_requirement_is_seen(tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("httpx==0.1\n")
    assert unmet(["httpx>=0.28", "pandas"], short) == ["httpx>=0.28", "pandas"]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("CITATION.cff", r"^version: (\S+)$"),
        ("CHANGELOG.md", r"^## (?:Unreleased|(\S+))"),
        ("intark_lab/__init__.py", r'^__version__ = "(\S+)"$'),
    ],
)
def test_every_file_names_the_same_version(file, pattern):
    found = re.search(pattern, (paths.ROOT / file).read_text("utf-8"), re.MULTILINE)
    assert found[1] in (None, PROJECT["version"])


@pytest.mark.parametrize("name", IGNORED)
def test_git_ignores_what_is_the_users_own(name):
    git = needs.program("git")
    ignored = [git, "-C", paths.ROOT, "check-ignore", "--no-index", "--quiet", name]
    found = subprocess.run(ignored, capture_output=True, text=True)
    if found.returncode == 128:
        needs.missing("not a git checkout")
    assert found.returncode == 0


def test_course_py_needs_nothing_but_python():
    tree = ast.parse((paths.ROOT / "course.py").read_text("utf-8"), feature_version=(3, 7))
    names = [
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    assert names
    assert set(names) <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


@pytest.mark.parametrize("verb", ["serve", "lint", "progress"])
def test_a_python_without_the_packages_is_told_which_one_has_them(verb):
    without = [sys.executable, "-E", "-S", "-m", "intark_lab", verb]
    done = subprocess.run(without, cwd=paths.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert ".venv/bin/python" in done.stderr


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel's content, as pip would lay it into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=paths.ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", ["data", "notebooks", "exercises", "solutions"])
def test_a_wheel_finds_the_courses_files(unpacked, name, tmp_path):
    ask = f"from intark_lab import paths; print(paths.{name}())"
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(unpacked)!r}); {ask}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    found = Path(answer.stdout.strip())
    assert found.is_relative_to(unpacked)
    assert files(found) == files(paths.ROOT / name)


def files(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith((".", "__")) for part in file.parts)
    }


def test_a_wheel_serves_a_lab(unpacked, tmp_path):
    from_wheel = f"import sys, runpy; sys.path.insert(0, {str(unpacked)!r});"
    serve = "sys.argv = ['lab', 'serve', '--json', '--idle', '0']; runpy.run_module('intark_lab',"
    done = subprocess.run(
        [sys.executable, "-c", f"{from_wheel} {serve} run_name='__main__')"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"gateway"' in done.stdout
