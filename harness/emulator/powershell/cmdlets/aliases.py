"""The aliases Windows PowerShell 5.1 begins with.

Source: InitialSessionState.cs of PowerShell; learn.microsoft.com, about_Aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["ALIASES"]

_LIST = """
%=ForEach-Object foreach=ForEach-Object ?=Where-Object where=Where-Object ac=Add-Content asnp=Add-PSSnapin
cat=Get-Content gc=Get-Content type=Get-Content cd=Set-Location chdir=Set-Location sl=Set-Location clc=Clear-Content
clear=Clear-Host cls=Clear-Host cli=Clear-Item clp=Clear-ItemProperty clv=Clear-Variable compare=Compare-Object
diff=Compare-Object copy=Copy-Item cp=Copy-Item cpi=Copy-Item cpp=Copy-ItemProperty curl=Invoke-WebRequest
cvpa=Convert-Path del=Remove-Item erase=Remove-Item rd=Remove-Item ri=Remove-Item rm=Remove-Item rmdir=Remove-Item
dir=Get-ChildItem gci=Get-ChildItem ls=Get-ChildItem echo=Write-Output write=Write-Output epal=Export-Alias
epcsv=Export-Csv fc=Format-Custom fl=Format-List ft=Format-Table fw=Format-Wide gal=Get-Alias gbp=Get-PSBreakpoint
gcb=Get-Clipboard gcim=Get-CimInstance gcls=Get-CimClass gcm=Get-Command gcs=Get-PSCallStack gdr=Get-PSDrive
ghy=Get-History h=Get-History history=Get-History gi=Get-Item gin=Get-ComputerInfo gjb=Get-Job gl=Get-Location
pwd=Get-Location gm=Get-Member gmo=Get-Module gp=Get-ItemProperty gps=Get-Process ps=Get-Process
gpv=Get-ItemPropertyValue group=Group-Object gsn=Get-PSSession gsv=Get-Service gtz=Get-TimeZone gu=Get-Unique
gv=Get-Variable gwmi=Get-WmiObject icim=Invoke-CimMethod icm=Invoke-Command iex=Invoke-Expression ihy=Invoke-History
ii=Invoke-Item ipal=Import-Alias ipcsv=Import-Csv ipmo=Import-Module irm=Invoke-RestMethod iwmi=Invoke-WmiMethod
iwr=Invoke-WebRequest wget=Invoke-WebRequest kill=Stop-Process spps=Stop-Process lp=Out-Printer man=help
md=mkdir measure=Measure-Object mi=Move-Item move=Move-Item mv=Move-Item mp=Move-ItemProperty mount=New-PSDrive
ndr=New-PSDrive nal=New-Alias ni=New-Item nmo=New-Module nsn=New-PSSession nv=New-Variable ogv=Out-GridView
oh=Out-Host popd=Pop-Location pushd=Push-Location r=Invoke-History rcjb=Receive-Job rdr=Remove-PSDrive
ren=Rename-Item rni=Rename-Item rjb=Remove-Job rmo=Remove-Module rnp=Rename-ItemProperty rp=Remove-ItemProperty
rsn=Remove-PSSession rv=Remove-Variable rvpa=Resolve-Path rwmi=Remove-WmiObject sajb=Start-Job sal=Set-Alias
saps=Start-Process start=Start-Process sasv=Start-Service sbp=Set-PSBreakpoint sc=Set-Content select=Select-Object
set=Set-Variable sv=Set-Variable shcm=Show-Command si=Set-Item sleep=Start-Sleep sls=Select-String sort=Sort-Object
sp=Set-ItemProperty spjb=Stop-Job spsv=Stop-Service stz=Set-TimeZone swmi=Set-WmiInstance tee=Tee-Object
trcm=Trace-Command wjb=Wait-Job
"""

ALIASES: Final[Mapping[str, str]] = dict(pair.split("=", 1) for pair in _LIST.split())
