"""The command line as a function, and packages good and bad."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli import run_command_line
from harness.formats.applicationinfo import ApplicationInfo
from harness.formats.detectionxml import to_detection_xml
from harness.formats.encryption import encrypt

REPOSITORY = Path(__file__).parents[2]
CONTENT = "IntuneWinPackage/Contents/IntunePackage.intunewin"
DETECTION = "IntuneWinPackage/Metadata/Detection.xml"


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


@pytest.fixture
def ime_harness(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return a function that runs `ime-harness` in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        status = run_command_line([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ended(status=status, out=out, err=err)

    return run


@pytest.fixture(scope="session")
def packages() -> Path:
    """Return the folder of the shipped packages."""
    return REPOSITORY / "fixtures" / "packages"


@pytest.fixture(scope="session")
def notes(packages: Path) -> Path:
    """Return the package of an MSI, 64-bit, per machine."""
    return packages / "contoso-notes" / "contoso-notes.intunewin"


@pytest.fixture(scope="session")
def vpn(packages: Path) -> Path:
    """Return the package of a setup program."""
    return packages / "contoso-vpn" / "contoso-vpn.intunewin"


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.fixture
def make_package(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a package, with whatever is wrong in it, and returns its path."""

    def make(
        files: Mapping[str, bytes] | bytes,
        *,
        name: str = "made.intunewin",
        detection: bytes | None = None,
        change: Callable[[bytes], bytes] = bytes,
        **wrong: Any,
    ) -> Path:
        plain = files if isinstance(files, bytes) else _zip(files)
        encrypted = io.BytesIO()
        keys = iter(bytes([number]) * 32 for number in (1, 2, 3))
        encryption = encrypt(io.BytesIO(plain), encrypted, random_bytes=lambda count: next(keys)[:count])
        info = ApplicationInfo(
            name="setup.exe",
            setup_file="setup.exe",
            file_name="IntunePackage.intunewin",
            unencrypted_content_size=len(plain),
            encryption=replace(encryption, **wrong),
            tool_version="1.8.6.0",
        )
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(CONTENT, change(encrypted.getvalue()))
            if detection != b"":
                archive.writestr(DETECTION, detection or to_detection_xml(info))
        return path

    return make


@pytest.fixture
def everything_in(tmp_path: Path) -> Callable[[], set[str]]:
    """Return a function that lists everything below the test's folder."""

    def listing() -> set[str]:
        return {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}

    return listing
