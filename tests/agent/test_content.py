"""Content: asked for, downloaded, verified, decrypted, unpacked."""

import base64
import io
import json

import pytest

from harness.errors import MachineError
from harness.formats.encryption import encrypt
from harness.model.states import EnforcementState, ErrorCode

AGENT = r"C:\Program Files (x86)\Microsoft Intune Management Extension\Content"


def _failure(stage, app):
    status = stage.device.status(app)
    return status.enforcement_state, status.error_code


def test_folders(stage):
    """Download and package lie where the real agent has them; the archive is gone after unpacking."""
    app = stage.require()
    stage.sync("10 s")
    files = stage.machine.files
    assert [f"{app.id}_1.bin"] == list(files.names(rf"{AGENT}\Incoming"))
    assert [] == list(files.names(rf"{AGENT}\Staging"))
    folder = rf"C:\Windows\IMECache\{app.id}_1"
    assert ["data", "empty", "remove.exe", "setup.exe"] == list(files.names(folder))
    assert 1000 == files.info(rf"{folder}\data\big.bin").size_bytes


def test_lines(stage):
    """The lines are those of real devices, in their order."""
    app = stage.require()
    stage.sync("10 s")
    lines = stage.lines()
    expected = [
        f"[Win32App][DownloadActionHandler] Handler invoked for policy with id: {app.id} and version: 1",
        f"[Win32App] Downloading app on session 0. App: {app.id}",
        "Get content info from Intune",
        f"[Win32App] Content cache miss for app (id = {app.id}, name App 1), start downloading...",
        "[Win32App DO] DO Job set priority is BG_JOB_PRIORITY_NORMAL == time out is 1800000 ms",
        "Waiting 1800000 ms for 1 jobs to complete",
        "Notified DO Service the job is complete.",
        "[Win32App] Starts verifying encrypted hash",
        "[Win32App] file hash validation pass, starts decrypting",
        "[Win32App] Decryption is done successfully.",
        "[Win32App DO] DO download and decryption is successfully done",
        "[Win32App] Start unzipping.",
    ]
    assert expected == [line for line in lines if line in expected]


def test_no_content(stage):
    """An app whose content the service does not have fails, without the installer being run."""
    app = stage.require()
    stage.tenant._packages.clear()
    stage.sync()
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.CONTENT_INFO_NOT_RETRIEVED) == _failure(stage, app)
    assert ["DOWNLOADING", "FAILURE"] == stage.toasts
    assert [] == stage.texts("install started")


@pytest.mark.parametrize("answer", ["{", "[]", '{"ContentInfo": "{}", "DecryptInfo": "{}"}', '{"ContentInfo": 5}'])
def test_rubbish_about_content(stage, monkeypatch, answer):
    """An answer about content that does not read is an error."""
    app = stage.require()
    monkeypatch.setattr(stage.tenant, "get_content_info", lambda app_id, version: answer)
    stage.sync()
    assert ErrorCode.CONTENT_INFO_NOT_RETRIEVED == _failure(stage, app)[1]


def test_service_down_when_content_is_asked_for(stage, monkeypatch):
    """A service that does not answer then is asked again at the next check-in."""
    app = stage.require()
    ask = stage.tenant.get_content_info

    def fail(app_id, version):
        raise ConnectionError("down")

    monkeypatch.setattr(stage.tenant, "get_content_info", fail)
    stage.sync()
    assert "pending install" == stage.device.status(app).words
    monkeypatch.setattr(stage.tenant, "get_content_info", ask)
    stage.device.advance("70 min")
    assert "installed" == stage.device.status(app).words


class _Broken(io.RawIOBase):
    """A stream that breaks in the middle."""

    def __init__(self) -> None:
        self._left = 1

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            raise ConnectionError("line is cut")
        self._left -= 1
        return b"abc"


@pytest.mark.parametrize("failures", [1, 2])
def test_broken_line(stage, monkeypatch, failures):
    """When Delivery Optimization fails the plain CDN is tried once; a second failure is an error (seen)."""
    app = stage.require()
    download, left = stage.tenant.download, [None] * failures

    def break_off(location):
        return _Broken() if left and left.pop() is None else download(location)

    monkeypatch.setattr(stage.tenant, "download", break_off)
    stage.sync()
    if failures == 1:
        assert "installed" == stage.device.status(app).words
        assert "[Win32App] CDN mode, download completes." in stage.lines()
    else:
        assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.DOWNLOAD_FAILED) == _failure(stage, app)
        assert [] == list(stage.machine.files.names(rf"{AGENT}\Incoming"))


def _change(stage, monkeypatch, change):
    download = stage.tenant.download
    monkeypatch.setattr(stage.tenant, "download", lambda location: io.BytesIO(change(download(location).read())))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-16],
        lambda data: data[:100] + b"\xff" + data[101:],
        lambda data: b"",
        lambda data: b"<html>Not found</html>",
    ],
)
def test_damaged_content(stage, monkeypatch, change):
    """Content that is not what was packed is never unpacked."""
    app = stage.require()
    _change(stage, monkeypatch, change)
    stage.sync()
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.DOWNLOAD_FAILED) == _failure(stage, app)
    assert any(f"Decryption is failed for appId {app.id}" in line for line in stage.lines())
    assert not stage.machine.files.exists(rf"C:\Windows\IMECache\{app.id}_1")


def test_content_that_is_no_archive(stage, monkeypatch):
    """Content that decrypts well and is no package cannot be unzipped."""
    app = stage.require()
    out = io.BytesIO()
    keys = encrypt(io.BytesIO(b"no zip"), out, random_bytes=bytes)
    names = ("encryption_key", "mac_key", "initialization_vector", "mac", "file_digest")
    key, mac_key, iv, mac, digest = (base64.b64encode(getattr(keys, name)).decode() for name in names)
    decrypt = {"EncryptionKey": key, "MacKey": mac_key, "IV": iv, "Mac": mac, "FileDigest": digest}
    decrypt |= {"ProfileIdentifier": "ProfileVersion1", "FileDigestAlgorithm": "SHA256"}
    content = {"UploadLocation": "http://x", "Size": len(out.getvalue())}
    answer = json.dumps({"ContentInfo": json.dumps(content), "DecryptInfo": json.dumps(decrypt)})
    monkeypatch.setattr(stage.tenant, "get_content_info", lambda app_id, version: answer)
    monkeypatch.setattr(stage.tenant, "download", lambda location: io.BytesIO(out.getvalue()))
    stage.sync()
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, ErrorCode.UNZIP_FAILED) == _failure(stage, app)


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("Incoming", ErrorCode.DOWNLOAD_FAILED),
        ("Staging", ErrorCode.DOWNLOAD_FAILED),
        ("IMECache", ErrorCode.UNZIP_FAILED),
    ],
)
def test_full_disk(stage, monkeypatch, folder, code):
    """A full disk ends in the code of the step that met it, and the agent goes on."""
    app = stage.require()
    open_file = stage.machine.files.open

    def refuse(path, mode="rb", *view):
        if folder in path and "w" in mode:
            raise MachineError(112, "there is not enough space on the disk", path)
        return open_file(path, mode, *view)

    monkeypatch.setattr(stage.machine.files, "open", refuse)
    stage.sync()
    assert (EnforcementState.ERROR_DOWNLOADING_CONTENT, code) == _failure(stage, app)
    assert any("not enough space" in text for text in stage.texts("download failed"))


def test_leftovers_in_the_cache(stage):
    """What an earlier attempt left in the folder is removed before unpacking."""
    app = stage.require()
    stray = rf"C:\Windows\IMECache\{app.id}_1\stray.txt"
    stage.machine.files.write(stray, b"")
    stage.sync("20 s")
    assert not stage.machine.files.exists(stray)


def test_files_in_use(stage, monkeypatch):
    """A folder that cannot be removed is noted and left."""
    stage.require()
    delete = stage.machine.files.delete

    def refuse(path, *view):
        if "IMECache" in path:
            raise MachineError(32, "the file is in use", path)
        delete(path, *view)

    monkeypatch.setattr(stage.machine.files, "delete", refuse)
    stage.sync()
    assert any("is not removed: [WinError 32]" in line for line in stage.lines())


def test_bandwidth(make_stage):
    """A download takes the time its size needs."""
    stage = make_stage()
    stage.machine.network.bandwidth = 100
    stage.require(size=6000)
    stage.sync("10 min")
    started, finished = (stage.machine.timeline.of(kind=f"download {word}")[0].at for word in ("started", "finished"))
    size = stage.machine.timeline.of(kind="download finished")[0].data["size_bytes"]
    assert 2 + size / 100 == pytest.approx((finished - started).total_seconds())
