"""What every 64-bit machine's registry must show to 32-bit programs, and what not."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import CLASS_KEY, COM_KEY, KEY, POLICY_KEY, USER_KEY, Examinee, behaviour, expect
from harness.machine.contract.temporary import temporary
from harness.model.windows import RegistryPath, RegistryValue, View

_WOW64 = 'learn.microsoft.com, "Registry Keys Affected by WOW64"'
_VIEWS = 'learn.microsoft.com, "Accessing an Alternate Registry View"'
_WINE = "observed under Wine 8 with CPython's winreg; the same on Windows from memory"
_MEMORY = "from memory of Windows 10 and 11"

_NEEDS = [Capability.WOW64]
_NAME = "ImeHarnessContract"
_TEXT = RegistryValue.of("text")
_OTHER = RegistryValue.of("other")
_SOFTWARE = RegistryPath.parse(r"HKLM\SOFTWARE")
_NODE = _SOFTWARE.child("WOW6432Node")
_WINDOWS = _SOFTWARE.child(r"Microsoft\Windows\CurrentVersion")
_NT = _SOFTWARE.child(r"Microsoft\Windows NT\CurrentVersion")


def _expect_shared(machine: Examinee, *parents: RegistryPath) -> None:
    """Make sure that what a 32-bit program writes below a key a 64-bit one finds there."""
    for parent in parents:
        key = parent.child(_NAME)
        with temporary(machine, key):
            machine.registry.set(key, "value", _TEXT, View.VIEW_32)
            expect(_TEXT, machine.registry.get(key, "value", View.VIEW_64))
            machine.registry.set(key, "value", _OTHER, View.VIEW_64)
            expect(_OTHER, machine.registry.get(key, "value", View.VIEW_32))


def _expect_apart(machine: Examinee, *parents: RegistryPath) -> None:
    """Make sure that each view has its own key."""
    for parent in parents:
        key = parent.child(_NAME)
        with temporary(machine, key):
            for view in View:
                machine.registry.set(key, view.value, _TEXT, view)
            expect([[view.value] for view in View], [list(machine.registry.values(key, view)) for view in View])


@behaviour("registry.views.redirected", source=_WOW64, needs=_NEEDS)
def check_software_is_kept_twice(machine: Examinee) -> None:
    r"""What a 32-bit program writes to HKLM\SOFTWARE a 64-bit one does not find there."""
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    expect(False, machine.registry.exists(KEY))
    expect(_TEXT, machine.registry.get(KEY, "value", View.VIEW_32))


@behaviour("registry.views.same-name", source=_WOW64, needs=_NEEDS)
def check_both_views_have_their_values(machine: Examinee) -> None:
    """The same value may say one thing to a 32-bit program and another to a 64-bit one."""
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    machine.registry.set(KEY, "value", _OTHER, View.VIEW_64)
    expect([_OTHER, _TEXT], [machine.registry.get(KEY, "value", view) for view in View])


@behaviour("registry.views.node", source=_WINE, needs=_NEEDS)
def check_32_bit_keys_are_below_the_node(machine: Examinee) -> None:
    """32-bit data is below WOW6432Node, and that name means the same to both views."""
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    for view in View:
        expect(_TEXT, machine.registry.get(_NODE.child(KEY.name), "value", view))


@behaviour("registry.views.node-written", source=_WINE, needs=_NEEDS)
def check_the_node_can_be_written(machine: Examinee) -> None:
    """What a 64-bit program writes below WOW6432Node a 32-bit one finds as its own."""
    machine.registry.set(_NODE.child(KEY.name), "value", _TEXT, View.VIEW_64)
    expect(_TEXT, machine.registry.get(KEY, "value", View.VIEW_32))


@behaviour("registry.views.node-not-listed", source=_WINE, needs=_NEEDS)
def check_node_is_listed_for_64_bit_programs_only(machine: Examinee) -> None:
    """WOW6432Node is listed in the 64-bit view and not in the 32-bit view."""
    listed = [("WOW6432NODE" in [name.upper() for name in machine.registry.subkeys(_SOFTWARE, view)]) for view in View]
    expect([True, False], listed)


@behaviour("registry.views.own-keys-listed", source=_WOW64, needs=_NEEDS)
def check_each_view_lists_its_own_keys(machine: Examinee) -> None:
    """A key of one half is not listed in the other."""
    machine.registry.create(KEY, View.VIEW_32)
    listed = [KEY.name in machine.registry.subkeys(_SOFTWARE, view) for view in View]
    expect([False, True], listed)


@behaviour("registry.views.shared-keys", source=_WOW64, needs=_NEEDS)
def check_policies_and_classes_are_shared(machine: Examinee) -> None:
    r"""SOFTWARE\Policies, SOFTWARE\Classes and HKCU\SOFTWARE are the same in both views."""
    for key in (POLICY_KEY, CLASS_KEY, USER_KEY):
        machine.registry.set(key, "value", _TEXT, View.VIEW_32)
        expect(_TEXT, machine.registry.get(key, "value", View.VIEW_64))


@behaviour("registry.views.shared-keys-listed", source=_WOW64, needs=_NEEDS)
def check_shared_keys_are_listed_in_both_views(machine: Examinee) -> None:
    """A 32-bit program lists the shared keys among its own."""
    machine.registry.create(POLICY_KEY)
    names = machine.registry.subkeys(_SOFTWARE, View.VIEW_32)
    expect(True, {"CLASSES", "POLICIES"} <= {name.upper() for name in names})


@behaviour("registry.views.inherited", source=_WOW64, needs=_NEEDS)
def check_keys_follow_those_above(machine: Examinee) -> None:
    """What is below a shared key is shared, what is below a key kept twice is kept twice, however deep."""
    machine.registry.set(POLICY_KEY.child(r"a\b\c"), "value", _TEXT, View.VIEW_32)
    machine.registry.create(KEY.child(r"Policies\Classes"), View.VIEW_32)
    expect(_TEXT, machine.registry.get(POLICY_KEY.child(r"a\b\c"), "value"))
    expect(False, machine.registry.exists(KEY))


@behaviour("registry.views.com-classes", source=_WOW64, needs=_NEEDS)
def check_com_classes_are_kept_twice(machine: Examinee) -> None:
    r"""SOFTWARE\Classes\CLSID is kept twice; the 32-bit half is SOFTWARE\Classes\WOW6432Node\CLSID."""
    machine.registry.set(COM_KEY, "", _TEXT, View.VIEW_32)
    expect(False, machine.registry.exists(COM_KEY))
    for place in (r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID", r"HKLM\SOFTWARE\WOW6432Node\Classes\CLSID"):
        expect(_TEXT, machine.registry.get(RegistryPath.parse(place).child(COM_KEY.name)))


@behaviour("registry.views.media-classes", source=_WOW64, needs=_NEEDS)
def check_interfaces_and_media_are_kept_twice(machine: Examinee) -> None:
    """So are the classes of interfaces and media."""
    names = ("Interface", "DirectShow", "Media Type", "MediaFoundation")
    _expect_apart(machine, *(_SOFTWARE.child("Classes").child(name) for name in names))


@behaviour("registry.views.file-types", source=_WOW64, needs=_NEEDS)
def check_file_types_are_shared(machine: Examinee) -> None:
    """File types and the products of Windows Installer are the same in both views."""
    classes = _SOFTWARE.child("Classes")
    _expect_shared(machine, classes.child(".imeharness"), classes.child(r"Installer\Products"))


@behaviour("registry.views.class-links", source=_WOW64, needs=_NEEDS)
def check_links_of_the_32_bit_classes(machine: Examinee) -> None:
    """AppID and TypeLib of the 32-bit classes are links to those of the 64-bit ones."""
    for name in ("AppID", "TypeLib"):
        key = _SOFTWARE.child("Classes").child(name).child(_NAME)
        with temporary(machine, key):
            machine.registry.set(key, "value", _TEXT)
            other = _SOFTWARE.child(r"Classes\WOW6432Node").child(name).child(_NAME)
            expect(_TEXT, machine.registry.get(other, "value"))


@behaviour("registry.views.users-com-classes", source=_WOW64, needs=[*_NEEDS, Capability.OTHER_ACCOUNTS])
def check_users_com_classes_are_kept_twice(machine: Examinee) -> None:
    r"""A user's own Classes\CLSID is kept twice too, while the rest of HKCU\SOFTWARE is shared."""
    users = RegistryPath.parse(rf"HKU\{machine.standard_user.sid}\SOFTWARE")
    with temporary(machine, users.child(r"Classes\WOW6432Node")):
        _expect_apart(machine, users.child(r"Classes\CLSID"))
    _expect_shared(machine, users, users.child(r"Classes\.imeharness"))


@behaviour("registry.views.uninstall", source=_WOW64, needs=_NEEDS)
def check_installed_programs_are_kept_twice(machine: Examinee) -> None:
    """There are two lists of installed programs and two of what starts at sign-in."""
    _expect_apart(machine, _WINDOWS.child("Uninstall"), _WINDOWS.child("Run"), _WINDOWS.child("RunOnce"))


@behaviour("registry.views.app-paths", source=_WOW64, needs=_NEEDS)
def check_app_paths_are_shared(machine: Examinee) -> None:
    """There is one list of programs that start by their name alone."""
    _expect_shared(machine, _WINDOWS.child("App Paths"))


@behaviour("registry.views.windows-policies", source=_WOW64, needs=_NEEDS)
def check_windows_policies_are_shared(machine: Examinee) -> None:
    """Windows' own policies, its record of group policies and its setup state are the same in both views."""
    _expect_shared(machine, *(_WINDOWS.child(name) for name in ("Policies", "Group Policy", "Setup")))


@behaviour("registry.views.shell-handlers", source=_WOW64, needs=_NEEDS)
def check_shell_handlers_are_shared(machine: Examinee) -> None:
    """What the shell does with media, drives and previews is the same in both views."""
    names = (r"Explorer\AutoplayHandlers", r"Explorer\DriveIcons", r"Explorer\KindMap", "PreviewHandlers")
    _expect_shared(machine, *(_WINDOWS.child(name) for name in names))


@behaviour("registry.views.profiles", source=_WOW64, needs=_NEEDS)
def check_profiles_and_time_zones_are_shared(machine: Examinee) -> None:
    """The lists of profiles and of time zones are the same in both views."""
    _expect_shared(machine, _NT.child("ProfileList"), _NT.child("Time Zones"))


@behaviour("registry.views.image-options", source=_WOW64, needs=_NEEDS)
def check_image_options_are_shared(machine: Examinee) -> None:
    """What is to be done when a program starts is the same in both views."""
    _expect_shared(machine, _NT.child("Image File Execution Options"))


@behaviour("registry.views.fonts", source=_WOW64, needs=_NEEDS)
def check_fonts_are_shared(machine: Examinee) -> None:
    """Fonts, their links and their substitutes are the same in both views."""
    names = ("Fonts", "FontSubstitutes", "FontLink", "FontMapper", "FontDpi", "Gre_Initialize")
    _expect_shared(machine, *(_NT.child(name) for name in names))


@behaviour("registry.views.devices", source=_WOW64, needs=_NEEDS)
def check_devices_are_shared(machine: Examinee) -> None:
    """Printers, ports, network cards and counters are the same in both views."""
    _expect_shared(machine, *(_NT.child(name) for name in ("Print", "Ports", "NetworkCards", "Perflib")))


@behaviour("registry.views.certificates", source=_WOW64, needs=_NEEDS)
def check_certificates_are_shared(machine: Examinee) -> None:
    """The machine's certificate stores and smart cards are the same in both views."""
    names = ("SystemCertificates", "EnterpriseCertificates", r"Cryptography\Calais\Readers", r"Cryptography\Services")
    _expect_shared(machine, *(_SOFTWARE.child("Microsoft").child(name) for name in names))


@behaviour("registry.views.com-settings", source=_WOW64, needs=_NEEDS)
def check_com_settings_are_shared(machine: Examinee) -> None:
    """How COM, RPC and events work is the same in both views."""
    names = ("COM3", "OLE", "RPC", "EventSystem", "TransactionServer", "MSMQ")
    _expect_shared(machine, *(_SOFTWARE.child("Microsoft").child(name) for name in names))


@behaviour("registry.views.default-programs", source=_WOW64, needs=_NEEDS)
def check_default_programs_are_shared(machine: Examinee) -> None:
    """Which programs there are for mail and the web is the same in both views."""
    _expect_shared(machine, _SOFTWARE.child("Clients"), _SOFTWARE.child("RegisteredApplications"))


@behaviour("registry.views.beside-shared", source=_WOW64, needs=_NEEDS)
def check_keys_beside_shared_ones_are_apart(machine: Examinee) -> None:
    """Keys beside and above shared ones, of which the list says nothing, are kept twice."""
    _expect_apart(machine, _WINDOWS, _WINDOWS.child("Explorer"), _NT, _SOFTWARE.child(r"Microsoft\Cryptography"))


@behaviour("registry.views.system", source=_WOW64, needs=_NEEDS)
def check_system_is_shared(machine: Examinee) -> None:
    r"""HKLM\SYSTEM is the same in both views."""
    _expect_shared(machine, RegistryPath.parse(r"HKLM\SYSTEM"))


@behaviour("registry.views.program-files", source=_MEMORY, needs=_NEEDS)
def check_program_files_by_view(machine: Examinee) -> None:
    """Each view names the folder of its own programs."""
    folders = [machine.registry.get(_WINDOWS, "ProgramFilesDir", view) for view in View]
    expect([RegistryValue.of(r"C:\Program Files"), RegistryValue.of(r"C:\Program Files (x86)")], folders)


@behaviour("registry.views.version", source=_MEMORY, needs=_NEEDS)
def check_version_in_both_views(machine: Examinee) -> None:
    """Both views name the same build of Windows, each in a key of its own."""
    expect(*(machine.registry.get(_NT, "CurrentBuild", view) for view in View))


@behaviour("registry.views.delete", source=_VIEWS, needs=_NEEDS)
def check_deleting_goes_by_the_view(machine: Examinee) -> None:
    """Deleting a key in one view leaves that of the other alone."""
    for view in View:
        machine.registry.create(KEY, view)
    machine.registry.delete(KEY, View.VIEW_32)
    expect([True, False], [machine.registry.exists(KEY, view) for view in View])


@behaviour("registry.views.delete-value", source=_VIEWS, needs=_NEEDS)
def check_deleting_a_value_goes_by_the_view(machine: Examinee) -> None:
    """Deleting a value in one view leaves that of the other alone."""
    for view in View:
        machine.registry.set(KEY, "value", _TEXT, view)
    machine.registry.delete_value(KEY, "value", View.VIEW_64)
    expect([None, _TEXT], [machine.registry.get(KEY, "value", view) for view in View])
