"""Conversions that need the machine or further objects: to regular expressions, XML, URIs, script blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.emulator.powershell.runtime.errors import Unmodelled, failure
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import Closure, Value
from harness.emulator.powershell.types.nettype import type_name_of
from harness.emulator.powershell.types.regex_objects import make_regex
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.security_statics import make_account, make_principal, make_sid

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["conversions_of"]


def conversions_of(shell: Interpreter) -> dict[str, Callable[[Value], Value]]:
    """Return conversions by the full name of the type."""

    def regex(value: Value) -> Value:
        return value if isinstance(value, PSObject) else make_regex(shell, value)

    def block(value: Value) -> Value:
        if isinstance(value, Closure):
            return value
        raise Unmodelled("making a script block of a text", "write the script block")

    return {
        "System.Text.RegularExpressions.Regex": regex,
        "System.Management.Automation.ScriptBlock": block,
        "System.Security.Principal.SecurityIdentifier": lambda value: _kept(value) or make_sid(shell, value),
        "System.Security.Principal.NTAccount": lambda value: _kept(value) or make_account(shell, value),
        "System.Security.Principal.WindowsPrincipal": lambda value: make_principal(shell, value),
        "System.Uri": _uri,
        "System.IntPtr": lambda value: int(value),  # noqa: PLW0108
        "System.Xml.XmlDocument": _xml,
        "System.IO.FileInfo": _path_object,
        "System.IO.DirectoryInfo": _path_object,
    }


def _kept(value: Value) -> Value:
    return value if isinstance(value, PSObject) else None


def _xml(value: Value) -> Value:
    if isinstance(value, PSObject):
        return value
    raise Unmodelled("[xml]", "read the values from the registry or with a regular expression")


def _path_object(value: Value) -> Value:
    if isinstance(value, PSObject):
        return value
    raise Unmodelled(f"a cast of [{type_name_of(value)}] to a file", "use Get-Item")


def _uri(value: Value) -> Value:
    from urllib.parse import urlsplit

    if isinstance(value, PSObject):
        return value
    text = to_text(value)
    parts = urlsplit(text)
    if not parts.scheme:
        raise failure(
            f'Cannot convert value "{text}" to type "System.Uri".', "InvalidCastConstructorException", "InvalidArgument"
        )
    port = parts.port or {"https": 443, "http": 80, "ftp": 21}.get(parts.scheme, -1)
    return PSObject(
        ["System.Uri", "System.Object"],
        {
            "AbsolutePath": parts.path or "/",
            "AbsoluteUri": text,
            "Host": parts.hostname or "",
            "Port": port,
            "Scheme": parts.scheme,
            "Query": f"?{parts.query}" if parts.query else "",
            "OriginalString": text,
        },
        text=lambda: text,
    )
