"""Accounts that are made from names."""

import pytest

from harness.emulator.accounts import (
    account_of_service,
    domain_account,
    entra_account,
    local_account,
    object_name_of,
    virtual_account,
)
from harness.errors import MachineError, UsageError
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM


def test_a_local_account():
    """Of the computer, with an identifier that follows from its name."""
    ada = local_account("ada", "PC-042")

    assert (r"PC-042\ada", r"C:\Users\ada", "", False) == (str(ada), ada.profile, ada.user_id, ada.is_administrator)
    assert ada.sid.startswith("S-1-5-21-")
    assert ada.sid.endswith("-1001")
    assert local_account("ada", "pc-042").sid == ada.sid
    assert local_account("ada", "PC-043").sid != ada.sid


def test_local_users_are_told_apart_by_number():
    """Or there would be two with one identifier."""
    assert local_account("bob", "PC", number=1002).sid.endswith("-1002")


def test_built_in_accounts_keep_their_number():
    """500 is the administrator, whoever asks for another number."""
    administrator, guest = local_account("Administrator", "PC"), local_account("guest", "PC", number=7)

    assert (True, False) == (administrator.is_administrator, guest.is_administrator)
    assert ("500", "501") == (administrator.sid.rpartition("-")[2], guest.sid.rpartition("-")[2])
    assert not local_account("Administrator", "PC", is_administrator=False).is_administrator


def test_a_domain_account():
    """Of the domain, which is no computer of that name."""
    ada = domain_account("ada", "CONTOSO", is_administrator=True)

    assert (r"CONTOSO\ada", True) == (str(ada), ada.is_administrator)
    assert ada.sid.startswith("S-1-5-21-")
    assert ada.sid.rpartition("-")[0] != local_account("ada", "CONTOSO").sid.rpartition("-")[0]


@pytest.mark.parametrize("make", [local_account, domain_account])
def test_impossible_names_are_refused(make):
    """As for users of Entra."""
    with pytest.raises(UsageError, match="is not a user's name"):
        make("a/b", "PC")


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "Aux.ada"])
@pytest.mark.parametrize("make", [entra_account, lambda name: local_account(name, "PC"), domain_account])
def test_names_of_devices_are_refused(make, name):
    """No folder has such a name, and so no profile."""
    with pytest.raises(UsageError, match="is the name of a device"):
        make(name)


def test_a_virtual_account_has_the_identifier_that_windows_gives_it():
    """TrustedInstaller's is documented."""
    assert "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464" == virtual_account("trustedinstaller").sid


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("LocalSystem", SYSTEM),
        (r"nt authority\system", SYSTEM),
        (r"NT AUTHORITY\LocalService", LOCAL_SERVICE),
        (r"NT Authority\Local Service", LOCAL_SERVICE),
        (r"NT AUTHORITY\NetworkService", NETWORK_SERVICE),
        (r"NT SERVICE\Contoso", virtual_account("Contoso")),
        (r".\svc", local_account("svc", "PC")),
        ("svc", local_account("svc", "PC")),
        (r"pc\svc", local_account("svc", "PC")),
        (r"CONTOSO\svc", domain_account("svc", "CONTOSO")),
        ("svc@contoso.com", domain_account("svc", "contoso.com")),
    ],
)
def test_whom_a_service_means(text, account):
    """In any spelling."""
    assert account == account_of_service(text, "PC")


def test_nobody_has_such_a_name():
    """1069."""
    with pytest.raises(MachineError, match="logon failure") as caught:
        account_of_service(r".\a:b", "PC")
    assert 1069 == caught.value.winerror


@pytest.mark.parametrize(
    ("account", "text"),
    [
        (SYSTEM, "LocalSystem"),
        (LOCAL_SERVICE, r"NT AUTHORITY\LocalService"),
        (NETWORK_SERVICE, r"NT AUTHORITY\NetworkService"),
        (virtual_account("Contoso"), r"NT SERVICE\Contoso"),
        (local_account("svc", "PC"), r".\svc"),
        (domain_account("svc"), r"CONTOSO\svc"),
    ],
)
def test_how_the_registry_names_an_account(account, text):
    """Those of Windows in Windows' spelling."""
    assert text == object_name_of(account, "PC")
