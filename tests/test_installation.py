"""Installation takes what the lock names and nothing else, whatever newer releases an index has."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = ROOT / "requirements.lock"
# pip makes the environment, and the project is what is installed into it.
NOT_LOCKED = {"pip", "fullcourt"}
SHORT = {"-q": "--quiet", "-e": "--editable"}
COMMAND = re.compile(
    r"\b(?:pip|pip3|uv|pipx|poetry) (?:--\S+ )*(?:install|sync|add)\b[^&|;`'\"\n]*"
)


def locked_lines() -> list[str]:
    """Each entry of the lock, its hashes on the same line."""
    text = LOCK.read_text().replace("\\\n", " ")
    return [
        line for line in text.splitlines() if line and not line.lstrip().startswith("#")
    ]


def locked_here() -> dict[str, str]:
    """The locked version of each package for this platform and Python."""
    versions: dict[str, str] = {}
    for line in locked_lines():
        requirement = Requirement(line.partition(" --hash")[0])
        if requirement.marker is None or requirement.marker.evaluate():
            name = canonicalize_name(requirement.name)
            versions[name] = str(requirement.specifier).removeprefix("==")
    return versions


def installed_here() -> dict[str, str]:
    """The version of each distribution in this environment."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    found = metadata.distributions(path=sorted(folders))
    return {canonicalize_name(each.metadata["Name"]): each.version for each in found}


def commands_of(target: str) -> list[str]:
    """What make would run for a target in a fresh checkout."""
    environ = {
        k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))
    }
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", target]
    told = subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return told.stdout.splitlines()


def asks_resolver(command: str) -> bool:
    """Whether an install command lets the installer choose a release by itself.

    A build in isolation counts: the installer chooses the tools that the build needs.
    """
    words = command.split()
    needed = {"--no-deps"}
    if {"-r", "--requirement"}.intersection(words):
        needed |= {"--require-hashes", "--only-binary"}
    if "." in words:
        needed.add("--no-build-isolation")
    return not needed.issubset(words)


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("pip install --no-deps --only-binary :all: --require-hashes -r a.lock", False),
        ("pip install --no-deps --no-build-isolation -e .", False),
        ("pip install --no-deps -e .", True),
        ("pip install --no-deps --require-hashes -r a.lock", True),
        ("pip install --only-binary :all: --require-hashes -r a.lock", True),
        ("pip install --no-deps --only-binary :all: -r a.lock", True),
        ("pip install fullcourt", True),
        ("uv sync", True),
    ],
)
def test_a_command_that_could_resolve_is_recognised(command: str, asks: bool) -> None:
    assert COMMAND.findall(command) == [command]
    assert asks_resolver(command) is asks


def test_no_install_command_of_the_repository_could_resolve() -> None:
    texts = {"make setup": "\n".join(commands_of("setup"))}
    files = [
        ROOT / "deployments" / "Dockerfile",
        ROOT / ".ci" / "run",
        *ROOT.glob("*.md"),
    ]
    packages = (
        path.parent
        for path in ROOT.glob("*/__init__.py")
        if path.parent.name != "tests"
    )
    for folder in (ROOT / "docs", *packages):
        files += [
            path for path in folder.rglob("*") if path.suffix in {".md", ".py", ".yaml"}
        ]
    texts |= {str(path.relative_to(ROOT)): path.read_text() for path in files}
    commands = [
        (name, found) for name, text in texts.items() for found in COMMAND.findall(text)
    ]
    assert {"make setup", "README.md", "deployments/Dockerfile"} <= {
        name for name, _ in commands
    }
    assert [each for each in commands if asks_resolver(each[1])] == []


def test_a_target_installs_when_what_is_locked_changed_and_setup_always(
    tmp_path: Path,
) -> None:
    """One that installed after every checkout would empty an environment that others use."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def installs(target: str) -> bool:
        told = subprocess.run(
            ["make", "--dry-run", "--no-print-directory", target],
            cwd=tmp_path,
            env={
                k: v
                for k, v in os.environ.items()
                if not k.startswith(("MAKE", "MFLAGS"))
            },
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return "-m venv --clear" in told.stdout

    assert installs("measure")
    (stamp,) = [
        line.split()[1] for line in commands_of("setup") if line.startswith("touch ")
    ]
    (tmp_path / ".venv").mkdir()
    (tmp_path / stamp).touch()
    os.utime(tmp_path / "pyproject.toml")
    assert (installs("measure"), installs("setup")) == (False, True)
    with (tmp_path / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert installs("measure")


def test_every_locked_requirement_is_one_version_with_hashes() -> None:
    lines = locked_lines()
    assert len(lines) > 100
    for line in lines:
        named, *hashes = line.split(" --hash=sha256:")
        (pin,) = Requirement(named).specifier
        assert pin.operator == "==", line
        assert "*" not in pin.version, line
        assert hashes, line
        assert all(re.fullmatch(r"[0-9a-f]{64}", each.strip()) for each in hashes), line


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(
    ("system", "machine"),
    [
        ("linux", "x86_64"),
        ("linux", "aarch64"),
        ("darwin", "arm64"),
        ("darwin", "x86_64"),
    ],
)
def test_the_lock_names_one_version_of_each_package_on_each_platform(
    system: str, machine: str, python: str
) -> None:
    """Where two apply, pip refuses the lock; where none does, the package is missing."""
    environment = {
        "sys_platform": system,
        "platform_machine": machine,
        "python_version": python,
        "python_full_version": f"{python}.9",
    }
    versions: dict[str, list[str]] = {}
    for line in locked_lines():
        requirement = Requirement(line.partition(" --hash")[0])
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            versions.setdefault(name, []).append(str(requirement.specifier))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    for text in PROJECT["dependencies"]:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = versions[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(
                pin.removeprefix("=="), prereleases=True
            ), text


def requirements_of(name: str, extras: set[str]) -> list[Requirement]:
    """What a distribution needs here, with some of its extras."""
    if name == "fullcourt":
        optional = chain.from_iterable(PROJECT["optional-dependencies"].values())
        texts = [*PROJECT["dependencies"], *optional]
    else:
        texts = metadata.requires(name) or []
    needed = []
    for text in texts:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({"extra": extra}) for extra in {"", *extras}
        ):
            needed.append(requirement)
    return needed


def test_the_lock_satisfies_each_requirement_of_each_package_with_its_extras() -> None:
    locked = locked_here()
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [("fullcourt", frozenset[str]())]
    with_extra = 0
    while waiting:
        name, extras = waiting.pop()
        for requirement in requirements_of(name, set(extras)):
            needed = canonicalize_name(requirement.name)
            assert needed in locked, (
                f"{name} needs {requirement}, and the lock lacks it"
            )
            fits = requirement.specifier.contains(locked[needed], prereleases=True)
            assert fits, f"{name} needs {requirement}; locked is {locked[needed]}"
            following = (needed, frozenset(requirement.extras))
            with_extra += bool(requirement.extras)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    assert with_extra > 0
    assert {name for name, _ in seen} == set(locked), (
        "the lock names what nothing needs"
    )


def test_what_is_installed_has_the_locked_versions() -> None:
    locked = locked_here()
    installed = installed_here()
    assert {name: installed.get(name) for name in locked} == locked


@pytest.mark.skipif(
    Path(sys.prefix) != ROOT / ".venv",
    reason="another environment may hold more than the lock",
)
def test_the_environment_of_make_setup_holds_nothing_that_is_not_locked() -> None:
    unlocked = installed_here().keys() - locked_here().keys() - NOT_LOCKED
    assert unlocked == set()


def test_the_project_accepts_the_pythons_of_its_lock_and_no_others() -> None:
    accepted = SpecifierSet(PROJECT["requires-python"])
    minors = [minor for minor in range(8, 20) if accepted.contains(f"3.{minor}.0")]
    assert minors == [11, 12, 13]
    (check,) = re.findall(r"sys\.exit\(\"(.*?)\"\)", (ROOT / "Makefile").read_text())
    assert all(f"3.{minor}" in check for minor in minors)


def make_wheel(folder: Path, name: str, version: str, *headers: str) -> str:
    """Write a wheel of one empty module into a folder and return its SHA-256."""
    info = f"{name}-{version}.dist-info"
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers]
    members = {
        f"{name}.py": "",
        f"{info}/METADATA": "\n".join(head) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: "
        "py3-none-any\n",
    }
    record = ""
    for path, text in members.items():
        content = hashlib.sha256(text.encode()).digest()
        digest = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    members[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in members.items():
            archive.writestr(path, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture
def newer_index(tmp_path: Path) -> Path:
    """A folder of wheels with two releases of each package, and a lock of the older ones."""
    needs_extra = "Requires-Dist: fc_library[fast]>=1"
    extra = ("Provides-Extra: fast", 'Requires-Dist: fc_helper; extra == "fast"')
    headers = {"fc_app": (needs_extra,), "fc_library": extra, "fc_helper": ()}
    lines = []
    for name, own in headers.items():
        digest = make_wheel(tmp_path, name, "1.0", *own)
        make_wheel(tmp_path, name, "2.0", *own)
        lines.append(f"{name}==1.0 --hash=sha256:{digest}\n")
    (tmp_path / "requirements.lock").write_text("".join(lines))
    return tmp_path


def install_from(index: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run pip on a folder of wheels as its only index, into a folder of its own."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    environ |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
    }
    command = [sys.executable, "-m", "pip", *arguments, "--target", str(index / "site")]
    return subprocess.run(
        command, cwd=index, env=environ, capture_output=True, text=True, timeout=120
    )


def test_make_setup_installs_the_locked_release_where_newer_ones_exist(
    newer_index: Path,
) -> None:
    """A resolver looks up a package needed with an extra again,
    and finds a release without hash."""
    (line,) = [line for line in commands_of("setup") if "-r requirements.lock" in line]
    _, _, arguments = line.partition(" -m pip ")
    told = install_from(newer_index, shlex.split(arguments))
    assert told.returncode == 0, told.stderr
    found = metadata.distributions(path=[str(newer_index / "site")])
    versions = {each.metadata["Name"]: each.version for each in found}
    assert versions == {"fc_app": "1.0", "fc_library": "1.0", "fc_helper": "1.0"}


def test_the_resolver_refuses_the_same_lock_where_newer_releases_exist(
    newer_index: Path,
) -> None:
    """Without this, the test above could pass on wheels that no resolver would trip over."""
    arguments = ["install", "--quiet", "--require-hashes", "-r", "requirements.lock"]
    told = install_from(newer_index, arguments)
    assert told.returncode != 0
    assert "fc_library" in told.stderr


def plain(command: str) -> list[str]:
    """A command's words, with pip called in one way and its options in their long form.

    make alone begins each time with an empty environment, because it installs only once.
    """
    command = command.replace(".venv/bin/pip ", ".venv/bin/python -m pip ")
    words = [SHORT.get(word, word) for word in shlex.split(command)]
    return [
        word for word in words if word not in {"--disable-pip-version-check", "--clear"}
    ]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_types_what_make_does_in_two_lines_of_plain_shell(
    target: str,
) -> None:
    readme = (ROOT / "README.md").read_text()
    _, _, after = readme.partition(f"`make {target}` is\n\n```sh\n")
    block, _, _ = after.partition("\n```")
    assert len(block.splitlines()) == 2
    subprocess.run(["sh", "-n"], input=block, text=True, check=True, timeout=60)
    typed = [
        plain(command) for line in block.splitlines() for command in line.split(" && ")
    ]
    made = [plain(line) for line in commands_of(target)]
    # make checks the Python first, remembers that it is done, and spreads the tests over processes.
    made = [
        words
        for words in made
        if words[0] != "touch" and words[:2] != ["python3", "-c"]
    ]
    if target == "test":
        made[-1] = made[-1][:3]
    assert typed == made
