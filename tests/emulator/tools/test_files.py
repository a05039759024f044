"""certutil.exe, expand.exe, tar.exe and icacls.exe."""

import base64
import io
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryType
from tests.emulator.msi.cabinets import build_cabinet
from tests.emulator.services import told
from tests.emulator.tools.cases import LEARN, MEMORY, Case, ids, said

BANNER = ("Microsoft (R) File Expansion Utility", "Copyright (c) Microsoft Corporation. All rights reserved.", "")
END = ("", "Expanding Files ....", "", "Expanding Files Complete ...")


def failed(verb, code, name, text):
    """Return what certutil says when something fails."""
    return (f"CertUtil: -{verb} command FAILED: 0x{0x80070000 | code:08x} (WIN32: {code} {name})", f"CertUtil: {text}")


def summary(done, bad=0):
    """Return the last line of icacls."""
    return f"Successfully processed {done} files; Failed processing {bad} files"


def done(verb):
    """Return the last line of certutil."""
    return f"CertUtil: -{verb} command completed successfully."


NOT_FOUND = failed("hashfile", 2, "ERROR_FILE_NOT_FOUND", "The system cannot find the file specified.")
PARAMETER = failed("hashfile", 87, "ERROR_INVALID_PARAMETER", "The parameter is incorrect.")
SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

CASES = [
    Case(
        r"certutil -hashfile C:\abc",
        (r"SHA1 hash of C:\abc:", "a9993e364706816aba3e25717850c26c9cd0d89d", done("hashfile")),
        source=MEMORY,
    ),
    Case("certutil -hashfile abc SHA256", ("SHA256 hash of abc:", SHA256, done("hashfile")), source=MEMORY),
    Case(
        "certutil.exe /hashfile abc md5",
        ("MD5 hash of abc:", "900150983cd24fb0d6963f7d28e17f72", done("hashfile")),
        source=MEMORY,
    ),
    Case("certutil -hashfile nope", NOT_FOUND, code=0x80070002, source=MEMORY),
    Case("certutil -hashfile abc SHA3", NOT_FOUND, code=0x80070002, source=MEMORY),
    Case("certutil -hashfile", PARAMETER, code=0x80070057, source=MEMORY),
    Case(
        "certutil -hashfile empty",
        failed(
            "hashfile",
            1006,
            "ERROR_FILE_INVALID",
            "The volume for a file has been externally altered so that the opened file is no longer valid.",
        ),
        code=0x800703EE,
        source=MEMORY,
    ),
    Case("certutil -encode abc abc.b64", ("Input Length = 3", "Output Length = 62", done("encode")), source=MEMORY),
    Case(
        "certutil -decode abc.b64 def",
        ("Input Length = 62", "Output Length = 3", done("decode")),
        source=MEMORY,
        before=("certutil -encode abc abc.b64",),
    ),
    Case(
        "certutil -encode -f abc abc.b64",
        ("Input Length = 3", "Output Length = 62", done("encode")),
        before=("certutil -encode abc abc.b64",),
    ),
    Case(
        "certutil -encode abc empty",
        failed("encode", 80, "ERROR_FILE_EXISTS", "The file exists."),
        code=0x80070050,
        source=MEMORY,
    ),
    Case(
        "certutil -decode abc def",
        failed("decode", 13, "ERROR_INVALID_DATA", "The data is invalid."),
        code=0x8007000D,
        source=MEMORY,
    ),
    Case(
        "certutil -encode abc",
        failed("encode", 87, "ERROR_INVALID_PARAMETER", "The parameter is incorrect."),
        code=0x80070057,
        source=MEMORY,
    ),
    Case(
        r"expand x.cab -F:* C:\Out",
        (
            *BANNER,
            r"Adding C:\Out\a.txt to Extraction Queue",
            r"Adding C:\Out\sub\b.dll to Extraction Queue",
            *END,
            "2 files total.",
        ),
        source=MEMORY,
    ),
    Case(
        r"expand -F:*.DLL x.cab C:\Out", (*BANNER, r"Adding C:\Out\sub\b.dll to Extraction Queue", *END), source=LEARN
    ),
    Case(r"expand -i x.cab -F:*.dll C:\Out", (*BANNER, r"Adding C:\Out\b.dll to Extraction Queue", *END), source=LEARN),
    Case("expand -d x.cab", (*BANNER, "x.cab: a.txt", r"x.cab: sub\b.dll"), source=LEARN),
    Case("expand one.cab out.txt", (*BANNER, "Adding out.txt to Extraction Queue", *END), source=LEARN),
    Case("expand nope.cab -F:* C:\\Out", (*BANNER, "Can't open input file: nope.cab."), code=1, source=MEMORY),
    Case(r"expand x.cab -F:a* C:\Nowhere", (*BANNER, r"Can't open output file: C:\Nowhere."), code=1, source=MEMORY),
    Case("expand x.cab", (*BANNER, "No destination specified for: x.cab."), code=1, source=MEMORY),
    Case("expand", (*BANNER, "No destination specified for: ."), code=1, source=MEMORY),
    Case("tar -tf x.zip", ("a.txt", "sub/", "sub/b.dll"), source="from memory of bsdtar(1)"),
    Case("tar tf x.tgz", ("a.txt", "sub", "sub/b.dll"), source="from memory of bsdtar(1)"),
    Case(r"tar -xf x.zip -C C:\Out"),
    Case(r"tar -xvf x.zip -C C:\Out sub", err=("x sub/", "x sub/b.dll"), source="from memory of bsdtar(1)"),
    Case(r"tar --extract --verbose --file=x.tgz --directory=C:\Out *.txt", err=("x a.txt",)),
    Case(r"tar -xzkfx.tgz -CC:\Out"),
    Case(
        "tar -xf x.zip nope",
        err=("tar: nope: Not found in archive", "tar: Error exit delayed from previous errors."),
        code=1,
        source="from memory of bsdtar(1)",
    ),
    Case("tar -xf nope.zip", err=("tar: Error opening archive: Failed to open 'nope.zip'",), code=1, source=MEMORY),
    Case("tar -xf abc", err=("tar: Error opening archive: Unrecognized archive format",), code=1, source=MEMORY),
    Case(r"tar -xf x.zip -C C:\Nowhere", err=(r"tar: could not chdir to 'C:\Nowhere'", ""), code=1, source=MEMORY),
    Case("tar", err=("tar: Must specify one of -c, -r, -t, -u, -x",), code=1, source="from memory of bsdtar(1)"),
    Case("tar -xt", err=("tar: Can't specify both -t and -x",), code=1, source="from memory of bsdtar(1)"),
    Case("tar -xf", err=("tar: Option -f requires an argument",), code=1, source="from memory of bsdtar(1)"),
    Case("icacls abc /grant Users:(OI)(CI)M", ("processed file: abc", summary(1)), source=MEMORY),
    Case(
        'icacls C:\\Out /grant:r "BUILTIN\\Users:(OI)(CI)(RX,W)" *S-1-5-32-545:F /inheritance:r /t /c /q',
        (summary(1),),
        source=MEMORY,
    ),
    Case(
        "icacls *.cab /remove:g Users", ("processed file: one.cab", "processed file: x.cab", summary(2)), source=MEMORY
    ),
    Case("icacls abc /setowner Administrators", ("processed file: abc", summary(1)), source=LEARN),
    Case("icacls abc /reset", ("processed file: abc", summary(1)), source=LEARN),
    Case(
        "icacls nope /grant Users:F",
        (summary(0, 1),),
        ("nope: The system cannot find the file specified.",),
        2,
        MEMORY,
    ),
    Case("icacls nope* /reset", (summary(0),), source=MEMORY),
    Case("icacls C:\\Nowhere\\* /reset", (summary(0),), source=MEMORY),
    Case("icacls abc /frobnicate", err=('Invalid parameter "/frobnicate"',), code=87, source=MEMORY),
    Case("icacls abc /grant Users", err=('Invalid parameter "Users"',), code=87, source=MEMORY),
    Case("icacls abc /grant Users:Everything", err=('Invalid parameter "Users:Everything"',), code=87, source=MEMORY),
    Case("icacls abc /grant", err=('Invalid parameter "/grant"',), code=87, source=MEMORY),
    Case("icacls abc /setowner", err=('Invalid parameter "/setowner"',), code=87, source=MEMORY),
]


@pytest.fixture(autouse=True)
def files(machine):
    """Put some archives there."""
    contents = {"a.txt": b"A", "sub\\b.dll": b"B" * 70_000}
    machine.files.write(r"C:\abc", b"abc")
    machine.files.write(r"C:\empty", b"")
    machine.files.make_folder(r"C:\Out")
    machine.files.write(r"C:\x.cab", build_cabinet(contents))
    machine.files.write(r"C:\one.cab", build_cabinet({"a.txt": b"A"}))
    machine.files.write(r"C:\x.zip", zipped({"a.txt": b"A", "sub/": b"", "sub/b.dll": b"B" * 70_000}))
    machine.files.write(r"C:\x.tgz", tarred({"a.txt": b"A", "sub": None, "sub/b.dll": b"B" * 70_000}))
    return machine.files


def zipped(contents):
    """Return a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(contents, *, link=None):
    """Return a packed tar file; a folder has None as its data."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            info.size = len(data or b"")
            archive.addfile(info, io.BytesIO(data or b""))
        if link:
            info = tarfile.TarInfo("link")
            info.type, info.linkname = tarfile.SYMTYPE, link
            archive.addfile(info)
    return stream.getvalue()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(check, case):
    """Files are hashed, unpacked and given away as the tools do."""
    check(case)


@pytest.mark.parametrize("line", [r"expand x.cab -F:* C:\Out", r"tar -xf x.zip -C C:\Out", r"tar -xf x.tgz -C C:\Out"])
def test_what_is_unpacked(files, run, line):
    """All of it, byte by byte."""
    run(line)
    assert (b"A", b"B" * 70_000) == (files.read(r"C:\Out\a.txt"), files.read(r"C:\Out\sub\b.dll"))


def test_folders_are_stripped(files, run):
    """`--strip-components` leaves out the outermost folders, and what is not that deep."""
    run(r"tar -xf x.zip -C C:\Out --strip-components=1")
    assert ["b.dll"] == files.names(r"C:\Out")


def test_what_is_there_is_kept(files, run):
    """`-k` replaces nothing."""
    files.write(r"C:\Out\a.txt", b"old")
    run(r"tar -xkf x.zip -C C:\Out")
    assert b"old" == files.read(r"C:\Out\a.txt")


def test_archives_go_into_the_current_folder(files, run):
    """Without `-C`."""
    run(r"tar -xf C:\x.zip", working_directory=r"C:\Out")
    assert files.exists(r"C:\Out\sub\b.dll")


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("evil.zip", zipped({"../evil.txt": b"x"}), r"tar -xf evil.zip -C C:\Out"),
        ("evil.tgz", tarred({"C:/evil.txt": b"x"}), r"tar -xf evil.tgz -C C:\Out"),
        ("evil.tgz", tarred({}, link="C:/Windows"), r"tar -xf evil.tgz -C C:\Out"),
        ("evil.cab", build_cabinet({"..\\evil.txt": b"x"}), r"expand evil.cab -F:* C:\Out"),
    ],
)
def test_nothing_leads_out_of_the_folder(files, run, name, data, line):
    """Hostile names are refused before anything is written."""
    files.write(rf"C:\{name}", data)
    with pytest.raises(NotEmulated):
        run(line)
    assert [] == files.names(r"C:\Out")


def test_damaged_archives(files, run):
    """What does not unpack is an error, and no crash."""
    files.write(r"C:\bad.cab", files.read(r"C:\x.cab")[:-10])
    files.write(r"C:\bad.zip", files.read(r"C:\x.zip")[:50])
    files.write(r"C:\bad.tgz", files.read(r"C:\x.tgz")[:60])
    assert [1, 1, 1] == [
        run(line).code for line in (r"expand bad.cab -F:* C:\Out", "tar -xf bad.zip", "tar -xf bad.tgz")
    ]


def test_users_unpack_where_they_may(as_user):
    """A standard user writes nothing into Windows."""
    assert ((), (r"tar: C:\Windows\a.txt: Access is denied.",), 1) == said(as_user(r"tar -xf x.zip -C C:\Windows"))


class TestRights:
    """icacls: accepted, and told."""

    def test_it_is_on_the_timeline(self, machine, run):
        """The machine keeps its own rights."""
        run("icacls abc /grant Users:F /deny Guests:W")
        assert 1 == len(told(machine, "access rights assumed"))
        assert r"/grant Users:F; /deny Guests:W" in told(machine, "access rights assumed")[0]

    def test_what_is_below_is_counted(self, files, run):
        """With `/t`."""
        run(r"tar -xf x.zip -C C:\Out")
        assert summary(4) == said(run(r"icacls C:\Out /reset /t /q"))[0][0]

    @pytest.mark.parametrize(("words", "code", "failures"), [("/t", 5, 1), ("/t /c", 5, 2)])
    def test_users_change_what_is_theirs(self, files, machine, as_user, words, code, failures):  # noqa: PLR0917 - fixtures
        """Others' files are refused; `/c` goes on."""
        files.write(r"C:\Out\theirs.txt", b"")
        _, err, found = said(as_user(rf"icacls C:\Out /grant Users:F {words}"))
        assert (code, failures) == (found, len(err))
        assert 0 == as_user(r"icacls C:\Users\ada\Desktop /grant Users:F").code


@pytest.fixture(scope="module")
def certificate():
    """Make a certificate that is its own issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoso Root")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xABCDEF)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )


class TestCertificates:
    """The stores of the computer."""

    KEY = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\SystemCertificates")

    @pytest.fixture(autouse=True)
    def on_disk(self, files, certificate):
        """Put it there in both forms."""
        files.write(r"C:\c.cer", certificate.public_bytes(serialization.Encoding.DER))
        files.write(r"C:\c.pem", certificate.public_bytes(serialization.Encoding.PEM))

    def thumbprint(self, certificate):
        """Return what Windows calls it."""
        return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - so does Windows

    @pytest.mark.parametrize("name", ["c.cer", "c.pem"])
    def test_a_certificate_is_added(self, machine, run, certificate, name):
        """The blob holds the thumbprint and the certificate. Source: wincrypt.h."""
        expected = (
            'Root "Trusted Root Certification Authorities"',
            "Signature matches Public Key",
            'Certificate "Contoso Root" added to store.',
            done("addstore"),
        )
        assert (expected, (), 0) == said(run(f"certutil -addstore -f Root {name}"))
        key = self.KEY.child(rf"Root\Certificates\{self.thumbprint(certificate)}")
        value = machine.registry.get(key, "Blob")
        assert RegistryType.REG_BINARY is value.type
        assert value.data.endswith(certificate.public_bytes(serialization.Encoding.DER))
        assert "already in store" in run(f"certutil -addstore Root {name}").stdout

    @pytest.mark.parametrize("options", ["-user", "-enterprise"])
    def test_other_stores(self, machine, run, options):
        """A user's own, and the enterprise's."""
        assert (
            'TrustedPublisher "Trusted Publishers"'
            in run(f"certutil {options} -addstore TrustedPublisher c.cer").stdout
        )

    @pytest.mark.parametrize("how", ["thumbprint", "ABCDEF", '"contoso root"'])
    def test_a_certificate_is_deleted(self, machine, run, certificate, how):
        """By thumbprint, serial number or name."""
        run("certutil -addstore CA c.cer")
        wanted = self.thumbprint(certificate) if how == "thumbprint" else how
        expected = (
            'CA "Intermediate Certification Authorities"',
            "================ Certificate 0 ================",
            "Subject: CN=Contoso Root",
            done("delstore"),
        )
        assert (expected, (), 0) == said(run(f"certutil -delstore CA {wanted}"))
        assert [] == machine.registry.subkeys(self.KEY.child(r"CA\Certificates"))

    @pytest.mark.parametrize(
        ("attribute", "shown"), [(NameOID.ORGANIZATION_NAME, "Contoso"), (NameOID.LOCALITY_NAME, "L=Contoso")]
    )
    def test_others_sign_too(self, files, run, attribute, shown):
        """A certificate of another issuer, without a common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        start = datetime(2026, 1, 1, tzinfo=UTC)
        issued = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(attribute, "Contoso")]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoso Root")]))
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        files.write(r"C:\d.cer", issued.public_bytes(serialization.Encoding.DER))
        expected = ('My "Personal"', f'Certificate "{shown}" added to store.', done("addstore"))
        assert (expected, (), 0) == said(run("certutil -addstore My d.cer"))

    def test_nothing_to_delete(self, run):
        """A store without such a certificate, or without any, stays as it is."""
        run("certutil -addstore CA c.cer")
        assert 0 == run("certutil -delstore CA nobody").code
        assert 0 == run("certutil -delstore TrustedPeople nobody").code

    @pytest.mark.parametrize("blob", [b"", b"\x20\0\0\0\1\0\0\0\3\0\0\0abc", b"\x03\0\0\0\1\0\0\0\1\0\0\0a"])
    def test_a_damaged_blob_is_deleted_by_its_name(self, machine, run, blob):
        """Whatever is in it."""
        machine.registry.set(self.KEY.child(r"CA\Certificates\AA"), "Blob", _binary(blob))
        assert "Deleting Certificate 0" in run("certutil -delstore CA aa").stdout

    def test_standard_users_are_refused(self, as_user):
        """The computer's stores take an administrator."""
        expected = failed("addstore", 5, "ERROR_ACCESS_DENIED", "Access is denied.")
        assert (expected, (), 0x80070005) == said(as_user("certutil -addstore Root c.cer"))

    def test_a_store_and_a_file_are_needed(self, run):
        """Both."""
        assert 0x80070057 == run("certutil -addstore Root").code

    @pytest.mark.parametrize("line", ["certutil -addstore Root abc", "certutil -user -addstore Root c.cer"])
    def test_what_is_not_modelled_is_said(self, run, line):
        """Files of several certificates, and questions to the user."""
        with pytest.raises(NotEmulated, match="addstore"):
            run(line)


def _binary(data):
    from harness.model.windows import RegistryValue

    return RegistryValue.of(data)


def test_base64_goes_both_ways(files, run):
    """What was encoded decodes again, with lines of 64 characters."""
    files.write(r"C:\data", bytes(range(200)))
    run("certutil -encode data data.b64")
    run("certutil -decode data.b64 back")
    lines = files.read(r"C:\data.b64").decode().split("\r\n")
    assert ("-----BEGIN CERTIFICATE-----", 64) == (lines[0], len(lines[1]))
    assert bytes(range(200)) == base64.b64decode("".join(lines[1:-2])) == files.read(r"C:\back")


@pytest.mark.parametrize(
    "line",
    [
        "certutil",
        "certutil -store My",
        "certutil -hashfile abc MD4",
        "certutil -hashfile abc -split",
        "certutil -?",
        r"expand abc C:\Out",
        "expand x.cab out.txt",
        "expand -r abc",
        "tar -cf x.tar abc",
        "tar -x",
        "tar --exclude=x -xf x.zip",
        "tar -xPf x.zip",
        "icacls abc",
        "icacls",
        "icacls abc /save x",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """Access lists, other verbs, archives that are made."""
    with pytest.raises(NotEmulated, match=r"\.exe"):
        run(line)
