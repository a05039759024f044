Feature: The agent installs, within limits
  The installer runs as the system or the user, from a 32-bit process, and may take as long as the administrator allows.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in

  Scenario: An MSI package brings its files and its registry values
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is installed
    And the file "C:\Program Files\Contoso Notes\notes.exe" is there
    And the 64-bit registry value "HKLM\SOFTWARE\Contoso\Notes\Version" is "2.4.1"
    And the 64-bit registry value "HKLM\SOFTWARE\Contoso\Notes\ServerUrl" is "https://notes.fabrikam.example"
    And "Contoso Notes" is reported as "installed"
    And the log "AppWorkload" says "[Win32App] lpExitCode 0"

  Scenario: The app is being installed for as long as its setup program takes
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 45 minutes and exits with 0
    When the device syncs
    And 30 minutes pass
    Then "Contoso VPN" is installing
    And the process "contoso-vpn-setup.exe" is running

  Scenario: A setup program that never ends times out, and is left running
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And it may run for 10 minutes
    And its setup program never ends
    When the device syncs
    Then "Contoso VPN" fails with 0x87D300C9 within 15 minutes
    And the process "contoso-vpn-setup.exe" is running
    And the log "AppWorkload" says "Installation is timeout, collecting result"

  Scenario: An exit code that the administrator did not map is reported as a Windows error
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 20 s and exits with 1603
    When the device syncs
    Then "Contoso VPN" fails with 0x80070643 within 10 minutes
    And "Contoso VPN" is reported with the error 0x80070643

  Scenario: While another installation is in progress the agent tries three times, five minutes apart
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 10 s and exits with 1618
    When the device syncs
    And 12 minutes pass
    Then the installer of "Contoso VPN" ran 3 times
    And "Contoso VPN" is failed within 5 minutes

  Scenario: A failed app is left alone for a day
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 20 s and exits with 1603
    When the device syncs
    And 20 hours pass
    Then the installer of "Contoso VPN" ran once
    When 6 hours pass
    Then the installer of "Contoso VPN" ran twice

  Scenario: An available app waits for the user
    Given the app from "apps/contoso-notes-available.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 2 hours pass
    Then the file "C:\Program Files\Contoso Notes\notes.exe" is not there
    When the user installs "Contoso Notes (available)" from the Company Portal
    And 5 minutes pass
    Then "Contoso Notes (available)" is installed

  Scenario: An app that is to be removed is removed
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is installed
    When its assignment becomes uninstall
    And the device syncs
    And 10 minutes pass
    Then "Contoso Notes" is not installed
    And the file "C:\Program Files\Contoso Notes\notes.exe" is not there

  Scenario: An exit code that the administrator maps to failure is one, whatever it means elsewhere
    Given the app from "apps/contoso-vpn-3010-is-failure.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    Then "Contoso VPN" fails with 0x80070BC2 within 10 minutes
    And the explanation of "Contoso VPN" says "3010"
    And "Ada" sees the toasts download, failure in that order

  Scenario: An installer that asks a question is never answered, and times out
    Given the app from "apps/contoso-vpn-not-silent.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    Then "Contoso VPN" fails with 0x87D300C9 within 15 minutes
    And the explanation of "Contoso VPN" says "make it silent"

  Scenario: A newer version takes the place of the older one
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    And it is no longer assigned
    Then "Contoso Notes" is installed
    Given the app from "packages/contoso-notes-update/contoso-notes-update.json" with the package "packages/contoso-notes-update/contoso-notes-update.intunewin"
    When the device syncs
    And 5 minutes pass
    Then the 64-bit registry value "HKLM\SOFTWARE\Contoso\Notes\Version" is "2.5.0"
    And the 64-bit registry key "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}" is not there

  Scenario: An app that is no longer assigned stays on the device
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    And it is no longer assigned
    And 24 hours pass
    Then the file "C:\Program Files\Contoso Notes\notes.exe" is there
    And the installer of "Contoso Notes" ran once

  Scenario: An app that is to be removed and is not there needs nothing
    Given the app from "apps/contoso-notes-uninstall.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is not installed
    And "Contoso Notes" is reported as "not installed"
    And the log "AppWorkload" does not say "start downloading"
    And nobody sees a toast
