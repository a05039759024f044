r"""Certificates in the stores of the computer and of users, in the registry, as `certutil -addstore` puts them there.

A certificate is the value `Blob` of a key that is called by its thumbprint: properties one after the other, each with
its number, a 1, its length and its bytes. Windows writes a few more properties than the two that matter, the thumbprint
(3) and the certificate (32).

Source: learn.microsoft.com, "System Store Locations", CertSerializeCertificateStoreElement; wincrypt.h,
CERT_SHA1_HASH_PROP_ID, CERT_CERT_PROP_ID; the layout and what certutil says are from memory.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from harness.emulator.tools.failures import not_modelled
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["add_certificate", "delete_certificate"]

_STORES = {
    "ROOT": "Trusted Root Certification Authorities",
    "CA": "Intermediate Certification Authorities",
    "MY": "Personal",
    "TRUST": "Enterprise Trust",
    "TRUSTEDPUBLISHER": "Trusted Publishers",
    "TRUSTEDPEOPLE": "Trusted People",
    "DISALLOWED": "Untrusted Certificates",
    "AUTHROOT": "Third-Party Root Certification Authorities",
}
_HASH_PROPERTY, _CERTIFICATE_PROPERTY = 3, 32
_PARAMETER = 87


def add_certificate(run: ProgramRun, words: Sequence[str], options: Collection[str]) -> None:
    """Put a certificate out of a file into a store.

    Raises:
        MachineError: when the file cannot be read or the process may not write the store.
        NotEmulated: for a file that holds something else than one certificate.
    """
    store, path = _two(run, words)
    data = run.files.read(path)
    certificate = _read(run, data, path)
    name = _shown(certificate)
    key = _store(store, options).child("Certificates").child(_thumbprint(certificate))
    if folded(store) == "ROOT" and "user" in options:
        raise not_modelled(run, "-user -addstore Root, which asks the user in a dialog")
    is_known = run.registry.exists(key)
    run.registry.set(key, "Blob", RegistryValue(RegistryType.REG_BINARY, _blob(certificate)))
    run.print(f'{store} "{_STORES.get(folded(store), store)}"')
    if _is_self_signed(certificate):
        run.print("Signature matches Public Key")
    run.print(f'Certificate "{name}" {"already in store" if is_known else "added to store"}.')


def delete_certificate(run: ProgramRun, words: Sequence[str], options: Collection[str]) -> None:
    """Take the certificates of a thumbprint, serial number or common name out of a store.

    Raises:
        MachineError: when the process may not.
    """
    store, wanted = _two(run, words)
    key = _store(store, options).child("Certificates")
    run.print(f'{store} "{_STORES.get(folded(store), store)}"')
    meant = folded(wanted.replace(" ", ""))
    found = []
    for name in run.registry.subkeys(key) if run.registry.exists(key) else ():
        value = run.registry.get(key.child(name), "Blob")
        certificate = _of_blob(value.data) if value and isinstance(value.data, bytes) else None
        if folded(name) == meant or (certificate and _is_meant(certificate, wanted, meant)):
            found.append((name, certificate))
    for index, (name, certificate) in enumerate(found):
        run.registry.delete(key.child(name))
        run.print(f"================ Certificate {index} ================")
        run.print(
            f"Deleting Certificate {index}"
            if certificate is None
            else f"Subject: {certificate.subject.rfc4514_string()}"
        )


def _two(run: ProgramRun, words: Sequence[str]) -> tuple[str, str]:
    if len(words) != 2:  # noqa: PLR2004 - a store, and what goes in or out
        raise MachineError(_PARAMETER, "the parameter is incorrect", run.command_line)
    return words[0], words[1]


def _store(store: str, options: Collection[str]) -> RegistryPath:
    if "user" in options:
        return RegistryPath(Hive.HKCU, rf"Software\Microsoft\SystemCertificates\{store}")
    place = "EnterpriseCertificates" if "enterprise" in options else "SystemCertificates"
    return RegistryPath(Hive.HKLM, rf"SOFTWARE\Microsoft\{place}\{store}")


def _read(run: ProgramRun, data: bytes, path: str) -> x509.Certificate:
    try:
        if b"-----BEGIN CERTIFICATE-----" in data:
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        what = f"-addstore of {path}, which is no single X.509 certificate in DER or PEM ({error})"
        raise not_modelled(run, what) from error


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 - Windows calls certificates so


def _blob(certificate: x509.Certificate) -> bytes:
    properties = (
        (_HASH_PROPERTY, certificate.fingerprint(SHA1())),  # noqa: S303 - see above
        (_CERTIFICATE_PROPERTY, certificate.public_bytes(Encoding.DER)),
    )
    return b"".join(struct.pack("<3I", number, 1, len(data)) + data for number, data in properties)


def _of_blob(blob: bytes) -> x509.Certificate | None:
    at = 0
    while at + 12 <= len(blob):
        number, _, size = struct.unpack_from("<3I", blob, at)
        if number == _CERTIFICATE_PROPERTY:
            try:
                return x509.load_der_x509_certificate(blob[at + 12 : at + 12 + size])
            except ValueError:
                return None
        at += 12 + size
    return None


def _is_meant(certificate: x509.Certificate, wanted: str, meant: str) -> bool:
    return meant == f"{certificate.serial_number:X}" or folded(_shown(certificate)) == folded(wanted)


def _shown(certificate: x509.Certificate) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        found = certificate.subject.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)
    return certificate.subject.rfc4514_string()


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
