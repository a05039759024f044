"""How fast a detection script runs once it is parsed, beside what its registry reads cost alone."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.model.commands import Command
from harness.model.windows import MachineFacts, RegistryPath, RegistryValue

_UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_SCRIPT = r"""
$ErrorActionPreference = 'SilentlyContinue'
$wanted = 'Contoso App*'
$minimum = [version]'1.2.0'
$logFolder = "$env:ProgramData\Contoso\Logs"
$paths = @(
    'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*'
    'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*'
)

function Write-Log {
    param([Parameter(Mandatory)][string]$Message, [ValidateSet('INFO', 'WARN')][string]$Level = 'INFO')
    if (-not (Test-Path $logFolder)) { New-Item $logFolder -ItemType Directory -Force | Out-Null }
    "$(Get-Date -Format 'yyyy-MM-dd HH:mm:ss') [$Level] $Message" | Out-File "$logFolder\detect.log" -Append -Force
}

function ConvertTo-Version {
    param([string]$Text)
    if ($Text -match '\d+(\.\d+){1,3}') { return [version]$Matches[0] }
    return [version]'0.0'
}

function Get-Installed {
    foreach ($path in $paths) {
        Get-ItemProperty $path |
            Where-Object { $_.DisplayName -like $wanted } |
            Select-Object DisplayName, DisplayVersion, PSChildName,
                @{ Name = 'IsMsi'; Expression = { [bool]($_.PSChildName -as [guid] -is [guid]) } }
    }
}

try {
    $found = @(Get-Installed)
    foreach ($app in $found) {
        $version = ConvertTo-Version $app.DisplayVersion
        switch ($true) {
            ($version -ge $minimum) { Write-Log "found $($app.DisplayName) $version"; $detected = $true; break }
            default { Write-Log "too old: $version" -Level WARN }
        }
    }
    if ($detected) {
        Write-Output 'Detected'
        exit 0
    }
    exit 1
}
catch {
    Write-Error $_.Exception.Message
    exit 1
}
"""


@pytest.fixture
def machine():
    """Give a machine with 60 installed applications."""
    facts = MachineFacts(name="PC-042", release="Windows 11 23H2", build=22631, revision=2428)
    with EmulatedMachine(facts, VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC), freeze=False)) as machine:
        names = [f"App {number}" for number in range(59)] + ["Contoso App x64"]
        for number, name in enumerate(names):
            key = RegistryPath.parse(rf"{_UNINSTALL}\App{number}")
            machine.registry.set(key, "DisplayName", RegistryValue.of(name))
            machine.registry.set(key, "DisplayVersion", RegistryValue.of("1.10.0"))
        machine.files.write(r"C:\Package\detect.ps1", _SCRIPT.encode())
        yield machine


def _detect(machine):
    line = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -File C:\Package\detect.ps1"
    process = machine.processes.start(Command(command_line=line, working_directory=r"C:\Package"))
    machine.clock.advance(timedelta(minutes=1))
    return process.exit


def _bare(machine):
    root = RegistryPath.parse(_UNINSTALL)
    return [machine.registry.values(root.child(name)) for name in machine.registry.subkeys(root)]


def test_detection_script(machine, benchmark):
    """A 50-line detection script over 60 applications takes less than 20 ms once it is parsed."""
    first = _detect(machine)
    assert ("Detected\r\n", 0) == (first.stdout, first.code)
    benchmark(_detect, machine)
    begin = perf_counter()
    for _ in range(20):
        _bare(machine)
    bare = (perf_counter() - begin) / 20
    if benchmark.stats:
        median = benchmark.stats.stats.median
        benchmark.extra_info["times the bare registry reads"] = round(median / bare, 1)
        assert median < 0.020
