Feature: An app that does not fit is left alone
  Requirements are checked after detection and before the download. An app that does not fit is no failure: it is not
  applicable, and neither downloaded nor shown to the user.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in

  Scenario: A device with too little memory
    Given the app from "apps/contoso-notes-not-applicable.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 10 minutes pass
    Then "Contoso Notes" is not applicable
    And "Contoso Notes" is reported as "not applicable"
    And the explanation of "Contoso Notes" says "1048576 MB of memory"
    And the installer of "Contoso Notes" ran 0 times
    And nobody sees a toast

  Scenario: A Windows that is too old
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And it needs the Windows release "Windows11_24H2"
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is not applicable
    And the report about "Contoso VPN" holds
      | ApplicabilityState | 1002 |
      | EnforcementState   | null |

  Scenario: A process that must not run, an extension of this project
    Given the app from "apps/contoso-vpn-not-while-running.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    And the process "vpn.exe" runs
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is not applicable
    And the installer of "Contoso VPN" ran 0 times

  Scenario: The same app is installed where the process does not run
    Given the app from "apps/contoso-vpn-not-while-running.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is pending restart
    And the installer of "Contoso VPN" ran once

  Scenario: An app that is there already counts as installed, whatever it needs
    Given the app from "packages/contoso-legacy/contoso-legacy.json" with the package "packages/contoso-legacy/contoso-legacy.intunewin"
    And it needs the Windows release "Windows11_24H2"
    And the 32-bit registry value "HKLM\SOFTWARE\Contoso\Legacy\Version" is "1.0.3"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Legacy" is installed
    And the installer of "Contoso Legacy" ran 0 times
