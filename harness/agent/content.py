r"""The content of an app: asked for, downloaded, verified, decrypted, unpacked, and cleaned up.

Source of folders, order and lines: Microsoft's description of the Win32 app flow and logs of real devices. The bytes
come from this process; how long they take, and whether they arrive, the machine's network says.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from harness.agent.contexts import CheckInSession
from harness.agent.folders import IMECACHE
from harness.agent.ids import content_name, draw_guid
from harness.agent.toolbox import Toolbox
from harness.durations import format_duration
from harness.errors import FormatError, MachineError
from harness.formats.applicationinfo import EncryptionInfo
from harness.formats.contents import PackageContents, open_contents
from harness.formats.encryption import verify
from harness.formats.structuring import ObjectReader, base64_bytes, integer, nested_json, read_document, text
from harness.machine.clock import Task
from harness.model.apps import Win32App
from harness.model.assignments import AppPolicy, DeliveryOptimizationPriority
from harness.model.states import ErrorCode, hresult_from_exit_code

__all__ = ["ContentFailure", "ContentInfo", "clean_up", "download", "unpack"]

_CHUNK = 1024 * 1024
#: Far beyond the 30 GB that Intune takes; what is larger is rubbish.
_LARGEST = 2**45


class ContentFailure(Exception):
    """The content could not be had; says which code the agent reports.

    Attributes:
        code: the code.
        is_passing: whether the next check-in tries again, as after a time-out; otherwise the app waits like any other
            that failed.
    """

    def __init__(self, code: ErrorCode, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentInfo:
    """What the service says about a content.

    Attributes:
        location: where the encrypted file is.
        size_bytes: how large it is.
        encryption: how it is decrypted.
    """

    location: str
    size_bytes: int
    encryption: EncryptionInfo


async def download(policy: AppPolicy, tools: Toolbox, session: CheckInSession) -> ContentInfo:
    """Bring the encrypted content into the Incoming folder, unless it is there already.

    Raises:
        ContentFailure: if the service has none, the line breaks, the time limit passes or the disk does not take it.
    """
    app, log = policy.app, tools.log.workload
    log(f"[Win32App][DownloadActionHandler] Handler invoked for policy with id: {app.id} and version: {app.version}")
    log(f"[Win32App] Downloading app on session {session.id}. App: {app.id}")
    info = _ask_for_content(app, tools, session)
    target = tools.folders.incoming(content_name(app.id, app.version))
    if _is_cached(tools, target, info):
        log(f"[Win32App] Content cache found for app id {app.id}, name {app.display_name}")
        return info
    log(f"[Win32App] Content cache miss for app (id = {app.id}, name {app.display_name}), start downloading...")
    tools.tell("download started", f"{app.display_name}: downloading {info.size_bytes:,} bytes", app_id=app.id)
    await _fetch(policy, info, target, tools, session)
    log(f"[Win32App] Downloaded file size {info.size_bytes:,}.00")
    tools.store.set_download_started(session.user_id, app.id, None)
    tools.tell("download finished", f"{app.display_name}: downloaded", app_id=app.id, size_bytes=info.size_bytes)
    return info


async def unpack(app: Win32App, info: ContentInfo, tools: Toolbox) -> str:
    """Verify, decrypt and unpack the content into the IMECache; return the folder.

    Raises:
        ContentFailure: if the content is damaged or no package, or the disk does not take it.
    """
    name = content_name(app.id, app.version)
    staging, folder = tools.folders.staging(name), rf"{IMECACHE}\{name}"
    try:
        with _reported(ErrorCode.DOWNLOAD_FAILED):
            _decrypt(app, info, tools, staging)
        tools.log.workload("[Win32App DO] DO download and decryption is successfully done")
        tools.log.workload("[Win32App] Start unzipping.")
        with _reported(ErrorCode.UNZIP_FAILED):
            size = _unzip(staging, folder, tools, source=app.display_name)
    finally:
        _discard(tools, staging)
    await tools.machine.clock.sleep(timedelta(seconds=size / tools.settings.unpack_rate))
    tools.log.workload("Cleaning up staging content...")
    tools.tell("content ready", f"{app.display_name}: unpacked to {folder}", app_id=app.id, folder=folder)
    return folder


def clean_up(app: Win32App, tools: Toolbox, *, is_running: bool = False) -> None:
    """Remove the downloaded file and the unpacked folder; the folder stays while the installer still runs in it."""
    name = content_name(app.id, app.version)
    incoming, folder = tools.folders.incoming(name), rf"{IMECACHE}\{name}"
    tools.log.workload(f"[Win32App] removing content from cache {incoming}")
    _discard(tools, incoming)
    if is_running:
        tools.log.workload("[Win32App] installer is running timeout, skip staged content clean up.")
        return
    tools.log.workload(f"Cleaning up staged content {folder}")
    _discard(tools, folder)


def _ask_for_content(app: Win32App, tools: Toolbox, session: CheckInSession) -> ContentInfo:
    log = tools.log.workload
    log("Get content info from Intune")
    log(f"[Win32App] Load each existing app result for user: {session.user_id}")
    log(f'[Win32App] content info request is {{"ApplicationId":"{app.id}","ApplicationVersion":"{app.version}"}}')
    try:
        answer = tools.gateway.get_content_info(app.id, app.version)
    except (ConnectionError, TimeoutError) as error:
        log(f"[Win32App] Didn't get content info from service: {error}", 3)
        raise ContentFailure(ErrorCode.CONTENT_INFO_NOT_RETRIEVED, str(error), is_passing=True) from error
    try:
        info = read_document(answer, _read_content_info, "GetContentInfo")
    except FormatError as error:
        log(f"[Win32App] Didn't get content info from service: {error}", 3)
        raise ContentFailure(ErrorCode.CONTENT_INFO_NOT_RETRIEVED, str(error)) from error
    if info is None:
        log("[Win32App] Didn't get content info from service", 3)
        raise ContentFailure(ErrorCode.CONTENT_INFO_NOT_RETRIEVED, "the service has no content for this app")
    log(f'Get content info from service,ret = {{"UploadLocation":"{info.location}","Size":{info.size_bytes}}}')
    log(f"[Win32App] DownloadType = 2, DownloadUrl = {info.location}")
    return info


def _read_content_info(value: object) -> ContentInfo | None:
    if value is None:
        return None
    fields = ObjectReader(value)
    place = fields.require("ContentInfo", nested_json(_read_location))
    encryption = fields.require("DecryptInfo", nested_json(_read_encryption))
    fields.close()
    return ContentInfo(location=place[0], size_bytes=place[1], encryption=encryption)


def _read_location(value: object) -> tuple[str, int]:
    fields = ObjectReader(value)
    location = fields.require("UploadLocation", text)
    size = fields.require("Size", integer(0, _LARGEST, "bytes"))
    fields.close()
    return location, size


def _read_encryption(value: object) -> EncryptionInfo:
    fields = ObjectReader(value)
    encryption = EncryptionInfo(
        encryption_key=fields.require("EncryptionKey", base64_bytes),
        mac_key=fields.require("MacKey", base64_bytes),
        initialization_vector=fields.require("IV", base64_bytes),
        mac=fields.require("Mac", base64_bytes),
        profile_identifier=fields.require("ProfileIdentifier", text),
        file_digest=fields.require("FileDigest", base64_bytes),
        file_digest_algorithm=fields.require("FileDigestAlgorithm", text),
    )
    fields.close()
    return encryption


async def _fetch(policy: AppPolicy, info: ContentInfo, target: str, tools: Toolbox, session: CheckInSession) -> None:
    """Bring the bytes here by Delivery Optimization; when that fails, the plain CDN is tried once (seen)."""
    app, log = policy.app, tools.log.workload
    try:
        await _wait_for_job(policy, info, tools, session)
        _copy_from(info.location, target, tools)
    except (ConnectionError, TimeoutError, _LineFailure) as error:
        tools.log.agent(f"Job has failed. Error: {error}", 3)
        log(f"[Win32App] ExternalCDN mode, content raw URL is {info.location}")
        try:
            await _transfer(info, tools)
            _copy_from(info.location, target, tools)
        except (ConnectionError, TimeoutError, _LineFailure) as again:
            _discard(tools, target)
            log(f"[Win32App] CDN mode, download of app {app.id} fails: {again}", 3)
            raise ContentFailure(ErrorCode.DOWNLOAD_FAILED, str(again)) from again
        log("[Win32App] CDN mode, download completes.")


async def _wait_for_job(policy: AppPolicy, info: ContentInfo, tools: Toolbox, session: CheckInSession) -> None:
    """Let the transfer take its time; one that is not done within the limit goes on in the background."""
    app, log, settings = policy.app, tools.log.workload, tools.settings
    is_urgent = policy.assignment.delivery_optimization_priority is DeliveryOptimizationPriority.FOREGROUND
    limit = settings.foreground_download_limit if is_urgent else settings.background_download_limit
    milliseconds = int(limit.total_seconds() * 1000)
    name = content_name(app.id, app.version)
    guid = draw_guid(tools.seed, f"download {app.id}", tools.now())
    log(f"[Win32App DO] start creating a new download job, FileId = {name}")
    word = "FOREGROUND" if is_urgent else "NORMAL"
    log(f"[Win32App DO] DO Job set priority is BG_JOB_PRIORITY_{word} == time out is {milliseconds} ms")
    tools.log.agent(f"Starting job {guid}...")
    tools.log.agent(f"...job {guid} started")
    log(f"Waiting {milliseconds} ms for 1 jobs to complete")
    job = _job(name, app, info, tools, session)
    log(f"[Win32App] Saving DownloadTime for user: {session.user_id}", 2)
    is_done = await tools.machine.clock.wait(job.finished, limit)
    log(
        f"[StatusService] Downloading app (id = {app.id}, name {app.display_name}) via DO, "
        f"bytes {info.size_bytes if is_done else _arrived(info, limit, tools)}/{info.size_bytes} "
        f"for user {session.user_id}"
    )
    log("[StatusService] No subscribers to DownloadProgressHandler.")
    if not is_done:
        log("[Win32App DO] DO downloading is not finished within timeout", 2)
        message = f"the download takes longer than the {format_duration(limit)} the agent waits"
        raise ContentFailure(ErrorCode.DOWNLOAD_FAILED, message, is_passing=True)
    del tools.transfers[name]
    if error := job.result():
        raise _LineFailure(error)
    log("Notified DO Service the job is complete.")


class _LineFailure(Exception):
    """The network failed; the text is what job errors look like in logs (80072EE7)."""

    def __init__(self, error: MachineError) -> None:
        super().__init__(f"{hresult_from_exit_code(error.winerror):08X}, {error.strerror}")


def _job(
    name: str, app: Win32App, info: ContentInfo, tools: Toolbox, session: CheckInSession
) -> Task[MachineError | None]:
    """Return the transfer that an earlier check-in has left running or done, or start one."""
    job = tools.transfers.get(name)
    if job is not None and not (job.finished.is_set and job.result()):
        return job
    tools.store.set_download_started(session.user_id, app.id, tools.now())
    job = tools.machine.clock.spawn(_run_job(info, tools), name=f"the download of {app.display_name}")
    tools.transfers[name] = job
    return job


async def _run_job(info: ContentInfo, tools: Toolbox) -> MachineError | None:
    """Transfer the content; return how that failed, since perhaps nobody waits any more."""
    await tools.machine.clock.sleep(tools.settings.download_overhead)
    try:
        await tools.machine.network.transfer(info.size_bytes)
    except MachineError as error:
        return error
    return None


async def _transfer(info: ContentInfo, tools: Toolbox) -> None:
    try:
        await tools.machine.network.transfer(info.size_bytes)
    except MachineError as error:
        raise _LineFailure(error) from error


def _arrived(info: ContentInfo, waited: timedelta, tools: Toolbox) -> int:
    """Return about how many bytes must be here by now: the line is not asked, only its bandwidth."""
    bandwidth = tools.machine.network.status.bandwidth
    return 0 if bandwidth is None else min(info.size_bytes, int(waited.total_seconds() * bandwidth))


def _copy_from(location: str, target: str, tools: Toolbox) -> None:
    with _reported(ErrorCode.DOWNLOAD_FAILED), tools.gateway.download(location) as source:
        tools.machine.files.make_folder(target.rpartition("\\")[0])
        with tools.machine.files.open(target, "wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)


def _decrypt(app: Win32App, info: ContentInfo, tools: Toolbox, staging: str) -> None:
    log, files = tools.log.workload, tools.machine.files
    files.make_folder(staging.rpartition("\\")[0])
    incoming = tools.folders.incoming(content_name(app.id, app.version))
    with files.open(incoming) as encrypted, files.open(staging, "w+b") as plain:
        try:
            log("[Win32App] Starts verifying encrypted hash")
            verified = verify(encrypted, info.encryption, source=app.display_name)
            log("[Win32App] file hash validation pass, starts decrypting")
            verified.decrypt(plain)
        except FormatError as error:
            log(f"Decryption is failed for appId {app.id}: {error}", 3)
            raise
    log("[Win32App] Decryption is done successfully.")


def _unzip(staging: str, folder: str, tools: Toolbox, *, source: str) -> int:
    files = tools.machine.files
    if files.exists(folder):  # what an installer that outlived its time limit left behind
        files.delete(folder)
    files.make_folder(folder)
    made = {folder}
    with files.open(staging) as plain:
        contents: PackageContents = open_contents(plain, source=source)
        for item in contents:
            path = rf"{folder}\{item.path}"
            parent = path if item.open is None else path.rpartition("\\")[0]
            if parent not in made:
                files.make_folder(parent)
                made.add(parent)
            if item.open is not None:
                with item.open() as data, files.open(path, "wb") as file:
                    _copy(data, file)
    return contents.total_bytes


def _copy(data: BinaryIO, file: BinaryIO) -> None:
    shutil.copyfileobj(data, file, _CHUNK)


def _is_cached(tools: Toolbox, target: str, info: ContentInfo) -> bool:
    files = tools.machine.files
    return files.exists(target) and files.info(target).size_bytes == info.size_bytes


@contextmanager
def _reported(code: ErrorCode) -> Iterator[None]:
    """Turn a full disk or a damaged package into the code that the agent reports for this step."""
    try:
        yield
    except (MachineError, FormatError) as error:
        raise ContentFailure(code, str(error)) from error


def _discard(tools: Toolbox, path: str) -> None:
    try:
        if tools.machine.files.exists(path):
            tools.machine.files.delete(path)
    except MachineError as error:
        tools.log.workload(f"[Win32App] {path} is not removed: {error}", 2)
