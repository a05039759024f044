Feature: Detection decides before and after the installation
  What a detection rule says counts, not what the installer returns. An app that is detected is not installed again; an
  app that is not detected after a successful installation has failed.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in

  Scenario: An app that is already there is not installed again
    Given the app from "packages/contoso-legacy/contoso-legacy-wrong-view.json" with the package "packages/contoso-legacy/contoso-legacy.intunewin"
    And the registry value "HKLM\SOFTWARE\Contoso\Legacy\Version" is "1.0.3"
    When the device syncs
    And 10 minutes pass
    Then "Contoso Legacy (wrong view)" is installed
    And the installer of "Contoso Legacy (wrong view)" ran 0 times
    And nobody sees a toast

  Scenario: A 32-bit app that is looked for in the 64-bit registry is installed, and fails
    Given the app from "packages/contoso-legacy/contoso-legacy-wrong-view.json" with the package "packages/contoso-legacy/contoso-legacy.intunewin"
    When the device syncs
    Then "Contoso Legacy (wrong view)" fails with 0x87D1041C within 10 minutes
    And the 32-bit registry value "HKLM\SOFTWARE\Contoso\Legacy\Version" is "1.0.3"
    And the 64-bit registry key "HKLM\SOFTWARE\Contoso\Legacy" is not there
    And the explanation of "Contoso Legacy (wrong view)" says "32-bit"

  Scenario: The same app is detected when the rule looks into the 32-bit registry
    Given the app from "packages/contoso-legacy/contoso-legacy.json" with the package "packages/contoso-legacy/contoso-legacy.intunewin"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Legacy" is installed
    And the file "C:\Program Files (x86)\Contoso Legacy\legacy.exe" is there

  Scenario: A setup program that succeeds without doing anything is found out
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 1 minute and exits with 0
    When the device syncs
    Then "Contoso VPN" fails with 0x87D1041C within 10 minutes

  Scenario: A process can be a detection rule here, although Intune has no such rule
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And it is detected by the process "vpn.exe", an extension of this project
    And the process "vpn.exe" runs
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is installed
    And the installer of "Contoso VPN" ran 0 times

  Scenario: A process that appears while the app is installed is detected afterwards, an extension of this project
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And it is detected by the process "vpn.exe", an extension of this project
    And its setup program takes 1 minute and exits with 0
    When the device syncs
    And 30 s pass
    And the process "vpn.exe" is started
    And 5 minutes pass
    Then "Contoso VPN" is installed
    And the installer of "Contoso VPN" ran once

  Scenario: A file of the right name without a version is not taken for the app
    Given the app from "packages/contoso-notes/contoso-notes-file-version.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    And the file "C:\Program Files\Contoso Notes\notes.exe" with the text "no program"
    And the file "C:\Program Files\Contoso Notes\Help\help.txt" with the text "help"
    When the device syncs
    And 5 minutes pass
    Then the installer of "Contoso Notes (all features)" ran once
    And "Contoso Notes (all features)" is installed
