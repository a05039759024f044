"""certutil.exe: digests of files, Base64, and certificates put into the computer's stores.

All it says goes to the standard output, errors too. Exit codes are HRESULTs.

Source: learn.microsoft.com, "certutil"; the texts are from memory. That an empty file has no digest there
(ERROR_FILE_INVALID) is a peculiarity of the real one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from harness.emulator.tools.certificatestores import add_certificate, delete_certificate
from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["certutil"]

_ALGORITHMS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
_NAMES = {
    2: "ERROR_FILE_NOT_FOUND",
    3: "ERROR_PATH_NOT_FOUND",
    5: "ERROR_ACCESS_DENIED",
    13: "ERROR_INVALID_DATA",
    32: "ERROR_SHARING_VIOLATION",
    80: "ERROR_FILE_EXISTS",
    87: "ERROR_INVALID_PARAMETER",
    1006: "ERROR_FILE_INVALID",
}
_TEXTS = {
    13: "The data is invalid.",
    1006: "The volume for a file has been externally altered so that the opened file is no longer valid.",
}
_CHUNK = 1 << 20
_LINE = 64
_HRESULT = 0x80070000
_NOT_FOUND, _BAD_DATA, _EXISTS, _PARAMETER, _EMPTY = 2, 13, 80, 87, 1006


async def certutil(run: ProgramRun) -> int:
    """Run one certutil.exe command line and return its exit code.

    Raises:
        NotEmulated: for the many verbs that are not modelled.
    """
    check_no_help(run)
    options = {word[1:].lower() for word in run.arguments if word[:1] in ("-", "/")}
    words = [word for word in run.arguments if word[:1] not in ("-", "/")]
    verbs = [one for one in options if one in ("hashfile", "encode", "decode", "addstore", "delstore")]
    if len(verbs) != 1:
        raise not_modelled(run, f"what {' '.join(run.arguments) or 'a call without arguments'} asks for")
    verb, options = verbs[0], options - set(verbs)
    if not options <= {"f", "v", "user", "enterprise"}:
        raise not_modelled(run, f"the options {', '.join(sorted(options))}")
    try:
        match verb:
            case "hashfile":
                _hash(run, words)
            case "encode" | "decode":
                _convert(run, words, encodes=verb == "encode", replaces="f" in options)
            case "addstore":
                add_certificate(run, words, options)
            case _:
                delete_certificate(run, words, options)
    except MachineError as error:
        raise _failed(verb, error.winerror) from error
    run.print(f"CertUtil: -{verb} command completed successfully.")
    return 0


def _hash(run: ProgramRun, words: Sequence[str]) -> None:
    if not 1 <= len(words) <= 2:  # noqa: PLR2004 - a file, and an algorithm
        raise _failed("hashfile", _PARAMETER)
    path = words[0]
    name = words[1].upper() if len(words) > 1 else "SHA1"
    if name in ("MD2", "MD4"):
        raise not_modelled(run, f"the algorithm {name}", "use SHA256")
    if name not in _ALGORITHMS:
        raise _failed("hashfile", _NOT_FOUND)
    with run.files.open(path) as file:
        digest = _digest(file, name)
    if not digest:
        raise _failed("hashfile", _EMPTY)
    run.print(f"{name} hash of {path}:")
    run.print(digest)


def _digest(file: BinaryIO, name: str) -> str:
    """Return the digest of a file; empty for an empty file."""
    digest = hashlib.new(name.lower(), usedforsecurity=False)
    is_empty = True
    while data := file.read(_CHUNK):
        digest.update(data)
        is_empty = False
    return "" if is_empty else digest.hexdigest()


def _convert(run: ProgramRun, words: Sequence[str], *, encodes: bool, replaces: bool) -> None:
    verb = "encode" if encodes else "decode"
    if len(words) != 2:  # noqa: PLR2004 - from where to where
        raise _failed(verb, _PARAMETER)
    data = run.files.read(words[0])
    if run.files.exists(words[1]) and not replaces:
        raise _failed(verb, _EXISTS)
    made = _armoured(data) if encodes else _plain(data)
    run.print(f"Input Length = {len(data)}")
    with run.files.open(words[1], "wb") as file:
        file.write(made)
    run.print(f"Output Length = {len(made)}")


def _armoured(data: bytes) -> bytes:
    text = base64.b64encode(data).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    whole = ["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]
    return "\r\n".join(whole).encode()


def _plain(data: bytes) -> bytes:
    lines = [line.strip() for line in data.splitlines()]
    try:
        return base64.b64decode(b"".join(line for line in lines if not line.startswith(b"-----")), validate=True)
    except binascii.Error:
        raise _failed("decode", _BAD_DATA) from None


def _failed(verb: str, code: int) -> ToolFailure:
    name = _NAMES.get(code, f"ERROR_{code}")
    number = f"0x{_HRESULT | code:08x}"
    text = _TEXTS.get(code) or error_text(code)
    return ToolFailure(
        _HRESULT | code,
        stdout=(f"CertUtil: -{verb} command FAILED: {number} (WIN32: {code} {name})", f"CertUtil: {text}"),
    )
