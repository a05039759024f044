"""Which type a name means.

Source: learn.microsoft.com, about_Type_Accelerators; .NET Framework's reference for the full names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.emulator.powershell.expressions import TypeName
from harness.emulator.powershell.runtime.errors import Unmodelled, failure
from harness.emulator.powershell.types.enums import ENUMS
from harness.emulator.powershell.types.nettype import GENERIC_LIST, NetType

__all__ = ["find_type", "type_named", "written"]

_ACCELERATORS: Final[Mapping[str, str]] = {
    "int": "System.Int32",
    "long": "System.Int64",
    "byte": "System.Byte",
    "sbyte": "System.SByte",
    "int16": "System.Int16",
    "short": "System.Int16",
    "uint16": "System.UInt16",
    "ushort": "System.UInt16",
    "uint": "System.UInt32",
    "ulong": "System.UInt64",
    "bool": "System.Boolean",
    "float": "System.Single",
    "array": "System.Array",
    "hashtable": "System.Collections.Hashtable",
    "ordered": "System.Collections.Specialized.OrderedDictionary",
    "pscustomobject": "System.Management.Automation.PSObject",
    "psobject": "System.Management.Automation.PSObject",
    "scriptblock": "System.Management.Automation.ScriptBlock",
    "switch": "System.Management.Automation.SwitchParameter",
    "pscredential": "System.Management.Automation.PSCredential",
    "errorrecord": "System.Management.Automation.ErrorRecord",
    "type": "System.Type",
    "regex": "System.Text.RegularExpressions.Regex",
    "xml": "System.Xml.XmlDocument",
    "ipaddress": "System.Net.IPAddress",
    "mailaddress": "System.Net.Mail.MailAddress",
    "wmi": "System.Management.ManagementObject",
    "wmiclass": "System.Management.ManagementClass",
    "wmisearcher": "System.Management.ManagementObjectSearcher",
    "adsi": "System.DirectoryServices.DirectoryEntry",
    "ciminstance": "Microsoft.Management.Infrastructure.CimInstance",
    "cimsession": "Microsoft.Management.Infrastructure.CimSession",
    "securestring": "System.Security.SecureString",
    "bigint": "System.Numerics.BigInteger",
    "runspacefactory": "System.Management.Automation.Runspaces.RunspaceFactory",
    "powershell": "System.Management.Automation.PowerShell",
    "x509certificate": "System.Security.Cryptography.X509Certificates.X509Certificate",
    "psobject[]": "System.Management.Automation.PSObject[]",
    "void": "System.Void",
    "cmdletbinding": "System.Management.Automation.CmdletBindingAttribute",
}

#: Types that are modelled at least as a name; their members say what of them is.
_KNOWN = """
System.Object System.String System.Char System.Boolean System.Int32 System.Int64 System.Byte System.SByte System.Int16
System.UInt16 System.UInt32 System.UInt64 System.Double System.Single System.Decimal System.DateTime System.TimeSpan
System.DateTimeOffset System.Guid System.Version System.Array System.Type System.Void System.Math System.Convert
System.Environment System.IntPtr System.UIntPtr System.Uri System.Exception System.Enum System.ValueType System.GC
System.Console System.BitConverter System.Random System.StringComparer System.DBNull System.Nullable
System.SystemException System.ArgumentException System.ArgumentNullException System.InvalidOperationException
System.InvalidCastException System.FormatException System.NullReferenceException System.DivideByZeroException
System.UnauthorizedAccessException System.NotSupportedException System.NotImplementedException System.OverflowException
System.IndexOutOfRangeException System.TimeoutException System.ArgumentOutOfRangeException System.ApplicationException
System.OutOfMemoryException System.MethodAccessException System.OperationCanceledException System.IComparable
System.IFormattable System.IConvertible System.IDisposable
System.Collections.Hashtable System.Collections.ArrayList System.Collections.IEnumerable System.Collections.IList
System.Collections.ICollection System.Collections.IDictionary System.Collections.Queue System.Collections.Stack
System.Collections.DictionaryEntry System.Collections.SortedList
System.Collections.Specialized.OrderedDictionary System.Collections.Specialized.StringCollection
System.Collections.Generic.KeyNotFoundException
System.Text.StringBuilder System.Text.Encoding System.Text.ASCIIEncoding System.Text.UTF8Encoding
System.Text.UnicodeEncoding
System.Text.RegularExpressions.Regex System.Text.RegularExpressions.Match System.Text.RegularExpressions.Group
System.IO.File System.IO.Directory System.IO.Path System.IO.FileInfo System.IO.DirectoryInfo System.IO.FileSystemInfo
System.IO.IOException System.IO.FileNotFoundException System.IO.DirectoryNotFoundException System.IO.DriveInfo
System.IO.PathTooLongException System.IO.StreamWriter System.IO.StreamReader
System.Net.WebException System.Net.ServicePointManager System.Net.IPAddress System.Net.Dns System.Net.WebClient
System.Diagnostics.Process System.Diagnostics.ProcessStartInfo System.Diagnostics.FileVersionInfo
System.Diagnostics.Stopwatch System.ComponentModel.Win32Exception
System.Security.SecurityException System.Security.Principal.WindowsIdentity System.Security.Principal.WindowsPrincipal
System.Security.Principal.WindowsBuiltInRole System.Security.Principal.SecurityIdentifier
System.Security.Principal.NTAccount System.Security.SecureString
System.ServiceProcess.ServiceController System.Globalization.CultureInfo System.Threading.Thread
System.Runtime.InteropServices.Marshal System.Reflection.Assembly System.Xml.XmlDocument
System.Management.Automation.PSObject System.Management.Automation.PSCustomObject
System.Management.Automation.ScriptBlock System.Management.Automation.SwitchParameter
System.Management.Automation.ErrorRecord System.Management.Automation.RuntimeException
System.Management.Automation.ItemNotFoundException System.Management.Automation.DriveNotFoundException
System.Management.Automation.CommandNotFoundException System.Management.Automation.ParameterBindingException
System.Management.Automation.PSInvalidCastException System.Management.Automation.MethodInvocationException
System.Management.Automation.ActionPreferenceStopException System.Management.Automation.WriteErrorException
System.Management.Automation.PSArgumentException System.Management.Automation.MethodException
System.Management.Automation.PSCredential System.Management.Automation.Language.Parser
System.Management.Automation.CmdletInvocationException System.Management.Automation.PSReference
System.Management.Automation.InternalCommand System.Management.Automation.RemoteException
System.Management.Automation.PSNotSupportedException System.Management.Automation.ValidationMetadataException
Microsoft.PowerShell.Commands.WriteErrorException Microsoft.PowerShell.Commands.ServiceCommandException
Microsoft.PowerShell.Commands.ProcessCommandException
Microsoft.Win32.Registry Microsoft.Win32.RegistryKey
Microsoft.Management.Infrastructure.CimException Microsoft.Management.Infrastructure.CimInstance
"""
_TYPES: Final[Mapping[str, NetType]] = {name.lower(): NetType(name) for name in _KNOWN.split()} | {
    name.lower(): NetType(name, members, is_flags) for name, (members, is_flags) in ENUMS.items()
}

_LISTS = {
    "system.collections.generic.list": GENERIC_LIST,
    "system.collections.objectmodel.collection": "System.Collections.ObjectModel.Collection`1",
    "system.collections.generic.hashset": "System.Collections.Generic.HashSet`1",
    "system.collections.generic.queue": "System.Collections.Generic.Queue`1",
    "system.collections.generic.stack": "System.Collections.Generic.Stack`1",
    "system.collections.generic.dictionary": "System.Collections.Generic.Dictionary`2",
}


def find_type(name: str, defined: Mapping[str, NetType] | None = None) -> NetType | None:
    """Return the type of a name without generic arguments; None when there is none that is known.

    Args:
        name: as written.
        defined: types the script defined, by name in lower case.
    """
    key = name.strip().lower()
    if key.endswith("[]"):
        element = find_type(name.strip()[:-2], defined)
        return NetType(f"{element.name}[]") if element else None
    if defined and key in defined:
        return defined[key]
    full = _ACCELERATORS.get(key, key).lower()
    return _TYPES.get(full) or _TYPES.get(f"system.{full}")


def type_named(name: TypeName, defined: Mapping[str, NetType] | None = None) -> NetType:
    """Return the type a name means.

    Raises:
        ScriptError: when there is none.
        Unmodelled: when Windows has it and the emulated one does not.
    """
    found = _generic(name, defined) if name.arguments else find_type(name.name, defined)
    if found is None:
        raise _unknown(name)
    for rank in name.ranks:
        if rank > 1:
            raise Unmodelled(f"an array of {rank} dimensions", "use an array of arrays")
        found = NetType(f"{found.name}[]")
    return found


def written(name: TypeName) -> str:
    """Return a type's name as it was written."""
    arguments = f"[{','.join(map(written, name.arguments))}]" if name.arguments else ""
    return name.name + arguments + "".join("[" + "," * (rank - 1) + "]" for rank in name.ranks)


def _generic(name: TypeName, defined: Mapping[str, NetType] | None) -> NetType | None:
    key = name.name.lower().removesuffix("`1").removesuffix("`2")
    full = _LISTS.get(key) or _LISTS.get(f"system.{key}")
    if key in ("nullable", "system.nullable"):
        return type_named(name.arguments[0], defined)
    if full is None:
        return None
    arguments = ",".join(f"[{type_named(argument, defined).name}]" for argument in name.arguments)
    return NetType(f"{full}[{arguments}]")


def _unknown(name: TypeName) -> Exception:
    text = written(name)
    if "." in name.name or name.name.lower() in _ACCELERATORS or name.arguments:
        return Unmodelled(f"the type [{text}]", "do without it, or declare what the script does as a recorded program")
    return failure(f"Unable to find type [{text}].", "TypeNotFound", "InvalidOperation", target=text)
