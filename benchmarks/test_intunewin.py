"""How fast a package is opened, verified, decrypted and unpacked, beside the bare libraries; and in how much memory."""

import hashlib
import hmac
import io
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.formats.contents import PackageFile, open_contents
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.packing import pack

MIB = 1 << 20
FILES, FILE_MIB = 8, 8
ROUNDS = 5
SOURCE = "app.intunewin"


@pytest.fixture(scope="module")
def package_path(tmp_path_factory) -> Path:
    """A package of 64 MiB that does not compress, as installers do not."""
    path = tmp_path_factory.mktemp("package") / SOURCE
    files = [
        PackageFile(
            path=f"Files\\part{number}.cab",
            size_bytes=FILE_MIB * MIB,
            open=lambda number=number: io.BytesIO(hashlib.shake_128(bytes([number])).digest(FILE_MIB * MIB)),
        )
        for number in range(FILES)
    ]
    with path.open("wb") as out:
        pack(
            files,
            "Files\\part0.cab",
            out,
            random_bytes=hashlib.shake_128(b"keys").digest,
            spool=tempfile.TemporaryFile,
        )
    return path


def decrypt(path: Path, folder: Path) -> None:
    """Verify and decrypt a package into a file."""
    with path.open("rb") as stream, (folder / "plain.zip").open("w+b") as plain:
        IntuneWinPackage.open(stream, source=SOURCE).decrypt(plain)


def unpack(path: Path, folder: Path) -> None:
    """Do all there is to do: open, verify, decrypt, check the names, write the files."""
    decrypt(path, folder)
    with (folder / "plain.zip").open("rb") as plain:
        for number, file in enumerate(open_contents(plain, source=SOURCE)):
            assert file.open
            with file.open() as data, (folder / str(number)).open("wb") as out:
                shutil.copyfileobj(data, out, MIB)


def bare(path: Path) -> None:
    """Let `hmac`, `cryptography` and `hashlib` do the same bytes, one after the other, and keep nothing."""
    with path.open("rb") as stream:
        package = IntuneWinPackage.open(stream, source=SOURCE)
        encryption, content = package.info.encryption, package.open_content()
        content.seek(32)
        mac = hmac.new(encryption.mac_key, digestmod="sha256")
        while chunk := content.read(MIB):
            mac.update(chunk)
        aes = Cipher(algorithms.AES(encryption.encryption_key), modes.CBC(encryption.initialization_vector))
        decryptor, digest, buffer = aes.decryptor(), hashlib.sha256(), memoryview(bytearray(MIB + 16))
        content.seek(48)
        while chunk := content.read(MIB):
            digest.update(buffer[: decryptor.update_into(chunk, buffer)])
    assert mac.digest() == encryption.mac


def best_seconds(function, *arguments) -> float:
    """Return the shortest of a few runs."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function(*arguments)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@pytest.mark.parametrize("work", [decrypt, unpack], ids=["verify and decrypt", "verify, decrypt and unpack"])
def test_speed_beside_the_bare_libraries(benchmark, package_path, tmp_path, work):
    """Reading a package costs little more than its cryptography, though it writes and checks all it reads."""
    bare(package_path)
    bare_seconds = best_seconds(bare, package_path)
    benchmark.pedantic(work, (package_path, tmp_path), rounds=ROUNDS, warmup_rounds=1)
    seconds = benchmark.stats.stats.min if benchmark.enabled else best_seconds(work, package_path, tmp_path)

    megabytes = package_path.stat().st_size / 1e6
    figures = {
        "MB/s": round(megabytes / seconds),
        "bare MB/s": round(megabytes / bare_seconds),
        "times the bare time": round(seconds / bare_seconds, 2),
    }
    benchmark.extra_info.update(figures)
    print(f"\n{work.__name__}: {figures}")
    assert seconds < 10 * bare_seconds


MEMORY_SCRIPT = """
    import hashlib, io, resource, sys, tempfile, time
    from functools import partial
    from pathlib import Path

    from harness.formats.contents import PackageFile, open_contents
    from harness.formats.intunewin import IntuneWinPackage
    from harness.formats.packing import pack

    MIB, SIZE = 1 << 20, 1 << 30

    class Generated(io.RawIOBase):
        "One GiB of noise that repeats too late for Deflate to see."

        def __init__(self):
            self.block, self.left = hashlib.shake_128(b"noise").digest(MIB), SIZE

        def readable(self):
            return True

        def readinto(self, buffer):
            count = min(len(buffer), self.left, MIB)
            buffer[:count] = self.block[:count]
            self.left -= count
            return count

    def peak_mib():
        # Linux hands the parent's peak on to ru_maxrss through exec; VmHWM is this program's own.
        status = Path("/proc/self/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) / 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB

    folder = Path(sys.argv[1])
    start = time.perf_counter()
    with (folder / "big.intunewin").open("w+b") as out, (folder / "plain.zip").open("w+b") as plain:
        pack(
            [PackageFile(path="setup.exe", size_bytes=SIZE, open=lambda: io.BufferedReader(Generated(), MIB))],
            "setup.exe",
            out,
            random_bytes=hashlib.shake_128(b"keys").digest,
            spool=partial(tempfile.TemporaryFile, dir=folder),
        )
        packed = time.perf_counter()
        package = IntuneWinPackage.open(out, source="big.intunewin")
        package.decrypt(plain)
        decrypted = time.perf_counter()
        for file in open_contents(plain, source="big.intunewin"):
            with file.open() as data:
                assert sum(len(chunk) for chunk in iter(partial(data.read, MIB), b"")) == SIZE
    read = time.perf_counter()
    print(peak_mib(), packed - start, decrypted - packed, read - decrypted)
"""


@pytest.mark.slow
def test_a_package_of_a_gigabyte_needs_less_than_100_mib(benchmark, tmp_path):
    """Packing, verifying, decrypting and reading 1 GiB take constant memory."""
    if sys.platform == "win32":
        pytest.skip("the standard library does not tell a process's peak memory on Windows")
    if shutil.disk_usage(tmp_path).free < 4 << 30:
        pytest.skip("needs 4 GiB of free disk space for temporary files")
    command = [sys.executable, "-c", textwrap.dedent(MEMORY_SCRIPT), str(tmp_path)]

    result = benchmark.pedantic(
        subprocess.run, (command,), {"check": True, "capture_output": True, "text": True}, rounds=1
    )
    for file in tmp_path.iterdir():
        file.unlink()

    names = ("peak MiB", "pack s", "verify and decrypt s", "unpack s")
    figures = dict(zip(names, (round(float(number), 1) for number in result.stdout.split()), strict=True))
    benchmark.extra_info.update(figures)
    print(f"\n1 GiB: {figures}")
    assert figures["peak MiB"] < 100
