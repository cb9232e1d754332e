"""The built wheel holds everything, and both front doors open from it in a clean environment."""

import email
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "horehab": (".py", ".toml", ".html", ".css", ".js", ".svg", ".mako", ".csv", ".po", ".mo", ".json", ".typed"),
    "scheduler": (".py", ".toml"),
    "fhir_profiles": (".py", ".csv", ".json", ".fsh", ".yaml", ".typed"),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    # Built from what git would give to somebody else, not from what lies about here.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/", "benchmarks/")):
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, tree],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it; the libraries it needs are lent by the one of the tests."""
    place = tmp_path_factory.mktemp("clean")
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python*/site-packages"))
    python = place / "bin/python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # As plain paths, not as a site folder: an editable install of this very project must not be seen.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n")
    return place


def test_every_file_that_the_house_reads_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SHIPPED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    wanted = {
        name for name in listed if Path(name).suffix in SHIPPED[name.partition("/")[0]] and (ROOT / name).is_file()
    }
    assert wanted - names == set()
    for needed in ("horehab/rules.toml", "fhir_profiles/codes.csv", "scheduler/__init__.py", "horehab/py.typed"):
        assert needed in names
    assert any(name.startswith("horehab/store/migrations/versions/") for name in names)
    assert any(name.startswith("horehab/web/templates/") for name in names)
    assert any(name.startswith("horehab/web/static/") for name in names)


def test_no_test_and_no_benchmark_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"horehab", "scheduler", "fhir_profiles"}


def test_the_scheduler_package_itself_is_empty(wheel: Path) -> None:
    assert zipfile.ZipFile(wheel).read("scheduler/__init__.py") == b""


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    said = email.message_from_bytes(archive.read(name))
    assert said["Name"] == "horehab"
    assert said["Requires-Python"] == ">=3.11"
    assert {"postgresql", "spark", "dev"} <= set(said.get_all("Provides-Extra", []))
    assert any(name.endswith(("licenses/LICENSE", ".dist-info/LICENSE")) for name in archive.namelist())


@pytest.mark.parametrize(
    "command",
    [
        ["bin/horehab", "--version"],
        ["bin/python", "-m", "horehab", "--help"],
        ["bin/python", "-m", "scheduler", "--help"],
        ["bin/python", "-c", "from horehab import HoRehab; import scheduler; print(HoRehab, scheduler)"],
        ["bin/python", "-c", "import fhir_profiles as f; print(f.load('horehab-rom')['url'], *f.examples())"],
    ],
    ids=["horehab", "python -m horehab", "python -m scheduler", "plug-in", "profiles"],
)
def test_a_front_door_opens_from_the_wheel(clean: Path, tmp_path: Path, command: list[str]) -> None:
    done = subprocess.run(
        [str(clean / command[0]), *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_database_is_made_from_the_wheel(clean: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(clean / "bin/horehab"), "db", "upgrade"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "horehab.sqlite3").exists()


def test_what_runs_is_what_the_wheel_brought(clean: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(clean / "bin/python"), "-c", "import horehab, scheduler; print(horehab.__file__, scheduler.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(word.startswith(str(clean)) for word in done.stdout.split())
