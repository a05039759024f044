"""What follows from the build and the edition of a Windows.

Source: learn.microsoft.com, "Windows 10 release information", "Windows 11 release information" and "Windows Server
release information" for builds, ".NET Framework versions and dependencies" for .NET's release numbers. The names of
branches, labs and editions are from memory of such machines.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import NotEmulated
from harness.formats.misfits import suggestion
from harness.model.windows import MachineFacts

__all__ = ["Release", "Edition", "release_of", "edition_of", "EDITIONS", "MACHINES"]


@dataclass(frozen=True, slots=True)
class Release:
    r"""What follows from a build number.

    Attributes:
        display_version: what people call it, `23H2`; empty before there were such names.
        lab_build: the build that the files were compiled as.
        branch: where from.
        lab: when.
        release_id: the older name, which stays at 2009.
        dot_net: `NDP\v4\Full` Release, and its version.
        is_server: whether it is a Windows Server.
    """

    display_version: str
    lab_build: int
    branch: str
    lab: str
    release_id: str = "2009"
    dot_net: tuple[int, str] = (528372, "4.8.04084")
    is_server: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """What follows from an EditionID.

    Attributes:
        product: what ProductName says; Windows 11 calls itself 10 there.
        composition: CompositionEditionID.
        is_server: whether it is one of Windows Server.
    """

    product: str
    composition: str
    is_server: bool = False


def _vb(display_version: str, release_id: str = "2009") -> Release:
    return Release(display_version, 19041, "vb_release", "191206-1406", release_id)


_NET_4_8 = (528449, "4.8.04161")
_NET_4_8_1 = (533320, "4.8.09032")
_RELEASES = {
    19041: _vb("", "2004"),
    19042: _vb("20H2"),
    19043: _vb("21H1"),
    19044: _vb("21H2"),
    19045: _vb("22H2"),
    20348: Release("21H2", 20348, "fe_release", "210507-1500", dot_net=_NET_4_8, is_server=True),
    22000: Release("21H2", 22000, "co_release", "210604-1628", dot_net=_NET_4_8),
    22621: Release("22H2", 22621, "ni_release", "220506-1250", dot_net=_NET_4_8_1),
    22631: Release("23H2", 22621, "ni_release", "220506-1250", dot_net=_NET_4_8_1),
    26100: Release("24H2", 26100, "ge_release", "240331-1435", dot_net=_NET_4_8_1),
    26200: Release("25H2", 26100, "ge_release", "240331-1435", dot_net=(533509, "4.8.09221")),
}
#: By EditionID.
EDITIONS = {
    "Core": Edition("Windows 10 Home", "Core"),
    "Professional": Edition("Windows 10 Pro", "Enterprise"),
    "ProfessionalWorkstation": Edition("Windows 10 Pro for Workstations", "Enterprise"),
    "Education": Edition("Windows 10 Education", "Enterprise"),
    "Enterprise": Edition("Windows 10 Enterprise", "Enterprise"),
    "EnterpriseS": Edition("Windows 10 Enterprise LTSC", "EnterpriseS"),
    "IoTEnterprise": Edition("Windows 10 IoT Enterprise", "Enterprise"),
    "ServerRdsh": Edition("Windows 10 Enterprise multi-session", "Enterprise"),
    "ServerStandard": Edition("Windows Server 2022 Standard", "ServerStandard", is_server=True),
    "ServerDatacenter": Edition("Windows Server 2022 Datacenter", "ServerDatacenter", is_server=True),
}

#: The releases one can start from, on x64, by the name that people use. The revisions are those of each release's
#: first day; of Windows 11 24H2, those of the day it was there for everybody.
MACHINES: dict[str, MachineFacts] = {
    release: MachineFacts(name="PC-042", release=release, build=build, revision=revision, edition=edition)
    for release, build, revision, edition in (
        ("Windows 10 22H2", 19045, 2130, "Professional"),
        ("Windows 11 23H2", 22631, 2428, "Professional"),
        ("Windows 11 24H2", 26100, 1742, "Professional"),
        ("Windows Server 2022", 20348, 169, "ServerStandard"),
    )
}


def release_of(facts: MachineFacts) -> Release:
    """Return what follows from a machine's build.

    Raises:
        NotEmulated: for a build of which it is not known what its registry says.
    """
    if facts.build not in _RELEASES:
        known = ", ".join(str(build) for build in _RELEASES)
        raise NotEmulated(f"build {facts.build} of Windows", where=facts.name, hint=f"use one of {known}")
    return _RELEASES[facts.build]


def edition_of(facts: MachineFacts) -> Edition:
    """Return what follows from a machine's edition.

    Raises:
        NotEmulated: for an edition of which it is not known what its registry says, or that this build does not have.
    """
    is_server = release_of(facts).is_server
    fitting = [name for name, edition in EDITIONS.items() if edition.is_server is is_server]
    if facts.edition not in fitting:
        meant = suggestion(facts.edition, fitting).removeprefix(" - ")
        what = f"the edition {facts.edition!r} of {facts.release or 'Windows'}"
        raise NotEmulated(what, where=facts.name, hint=meant or f"use one of {', '.join(fitting)}")
    return EDITIONS[facts.edition]
