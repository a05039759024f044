"""Which commands Windows PowerShell 5.1 has, whether they are emulated or not.

A name that Windows knows and the emulated machine does not is said to be not emulated; any other is a mistake of the
script, as on Windows. Source: learn.microsoft.com, the lists of cmdlets of the modules that come with Windows.
"""

from __future__ import annotations

from typing import Final

__all__ = ["is_known"]

_VERBS_TEXT = """
add approve assert backup block checkpoint clear close compare complete compress confirm connect convert
convertfrom convertto copy debug deny disable disconnect dismount edit enable enter exit expand export find
flush foreach format get grant group hide import initialize install invoke join limit lock measure merge mount
move new open optimize out ping pop protect publish push read receive redo register remove rename repair request
reset resize resolve restart restore resume revoke save search select send set show skip sort split start stop
submit suspend switch sync tee test trace unblock undo uninstall unlock unprotect unpublish unregister update
use wait watch where write
"""
_VERBS: Final = frozenset(_VERBS_TEXT.split())

#: Nouns of Windows' own cmdlets.
_NOUNS_TEXT = """
acl alias appbackgroundtask applocker appvclient appvvirtual appx assignedaccess authenticode bitlocker bits bpa
callstack certificate cim cipolicy clipboard cmsmessage command computer console content controlpanelitem
counter credential csv culture daconnectionstatus da date daentrypoint debug default delivery dism disk dns dsc
dtc edgefeature error etw event executionpolicy expression file fileshare firewall formatdata guid gridview help
history host hotfix hgs html iscsi item itemproperty job json kds language list localgroup localuser location
maskingset member message mmagent mof module mp mpcomputer mpthreat msmq msol net nfs null object odbc off
openssl output pac package packageprovider packagesource partition path pef pester physicaldisk pmem pnp printer
printport print process processmitigation progress property provisioningpackage psb psdrive ps pssession
pssnapin random raw recorded resource runspace scheduledjob scheduledtask schtask script secureboot secret
service sftp smb sqm startapps startlayout storage string system table tee timespan timezone tls tpm trace
transaction transcript troubleshooting type uevappx uev unique uri url user variable verbose virtualdisk volume
vpn vmdirect wdac web webapplication webrequest wheamemory win winuserlanguage windows winevent winhome
winsystem wininet wmi wsman xaml xml xpath zip restmethod archive
"""
_NOUNS: Final = frozenset(_NOUNS_TEXT.split())

#: How the nouns of a module begin.
_FAMILIES_TEXT = """
appbackgroundtask applocker appv appx assignedaccess authenticode bitlocker bits cim cipolicy clipboard computer
control counter da delivery diskimage diskstorage dns dsc dtc edgefeature etw event executionpolicy fileshare
formatdata hgs hotfix iscsi itemproperty kds localgroup localuser mp msmq net nfs odbc packageprovider
packagesource partition pef physicaldisk pmem pnp print processmitigation provision psbreakpoint psdrive pssession
psrepository psreadline restorepoint restmethod scheduledjob scheduledtask secureboot smb sqm storage tls tpm
trace uev virtualdisk volume vpn wdac webapplication webrequest win wmi wsman
"""
_FAMILIES: Final = tuple(_FAMILIES_TEXT.split())


def is_known(name: str) -> bool:
    """Return whether Windows has a command of that name."""
    verb, dash, noun = name.lower().partition("-")
    return bool(dash) and verb in _VERBS and (noun in _NOUNS or noun.startswith(_FAMILIES))
