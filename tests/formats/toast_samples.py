"""Toasts as the scripts and modules in use write them, in this project's words."""

#: As a PowerShell module for toasts does: a progress bar bound to data, columns, an app logo.
MODULE = """<?xml version="1.0" encoding="utf-8"?>
<toast scenario="reminder" launch="restart" activationType="protocol">
  <visual>
    <binding template="ToastGeneric">
      <text hint-maxLines="1">{heading}</text>
      <text>Contoso VPN needs a restart</text>
      <text placement="attribution">Contoso IT</text>
      <image src="C:\\ProgramData\\Contoso\\logo.png" placement="appLogoOverride" hint-crop="circle" alt="Contoso" />
      <image src="file:///C:/ProgramData/Contoso/hero.png" placement="hero" />
      <group>
        <subgroup hint-weight="1">
          <text hint-style="base">Uptime</text>
          <text hint-style="captionSubtle" hint-align="right" hint-wrap="true">14 days</text>
        </subgroup>
        <subgroup>
          <image src="C:\\ProgramData\\Contoso\\clock.png" />
        </subgroup>
      </group>
      <progress title="Update" value="{share}" status="Waiting" valueStringOverride="" />
    </binding>
  </visual>
  <actions>
    <input id="snooze" type="selection" defaultInput="15" title="Remind me in">
      <selection id="15" content="15 minutes" />
      <selection id="60" content="1 hour" />
    </input>
    <action activationType="protocol" arguments="contosorestart:" content="Restart now" />
    <action activationType="system" arguments="snooze" hint-inputId="snooze" content="" />
    <action activationType="system" arguments="dismiss" content="Not today" />
  </actions>
  <audio src="ms-winsoundevent:Notification.Reminder" />
  <header id="it" title="Contoso IT" arguments="action=open" />
</toast>
"""

#: As an installation framework's balloon does: a template of Windows 8, filled in.
LEGACY = (
    '<toast duration="short"><visual version="1"><binding template="ToastImageAndText02">'
    '<image id="1" src="C:\\Windows\\Temp\\banner.png"/><text id="2">Installation started.</text>'
    '<text id="1">Contoso VPN</text></binding></visual></toast>'
)

#: As a short script does: no namespace, single quotes, a background button.
SCRIPT = (
    "<toast activationType='foreground'><visual><binding template='ToastGeneric'><text>Hi</text></binding></visual>"
    "<actions><action content='OK' arguments='ok' activationType='background'/></actions>"
    "<audio silent='true'/></toast>"
)
