Feature: The content is fetched, and trusted only after it was checked
  What the service delivers is encrypted. The agent checks it before anything is unpacked, and cleans up afterwards.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in

  Scenario: The service has no content yet
    Given the app from "packages/contoso-notes/contoso-notes.json" without content
    When the device syncs
    Then "Contoso Notes" fails with 0x87D30065 within 10 minutes
    And the report about "Contoso Notes" holds
      | ResultantAppState | 2    |
      | EnforcementState  | 5003 |
    And the installer of "Contoso Notes" ran 0 times
    And "Ada" sees the toasts download, failure in that order

  Scenario: Content that was damaged on its way is never run
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin", damaged on its way
    When the device syncs
    Then "Contoso Notes" fails with 0x87D30068 within 10 minutes
    And the installer of "Contoso Notes" ran 0 times
    And the file "C:\Program Files\Contoso Notes\notes.exe" is not there

  Scenario: Nothing of the content is left on the device
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 20 s pass
    Then the file "C:\Windows\IMECache\3f1c7a52-9d0e-4b86-a5c4-70e2d18b6401_1\contoso-notes.msi" is there
    When 5 minutes pass
    Then "Contoso Notes" is installed
    And the file "C:\Windows\IMECache\3f1c7a52-9d0e-4b86-a5c4-70e2d18b6401_1" is not there

  Scenario: The service goes away while an app is being installed
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 10 minutes, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1603
    When the device syncs
    And 5 minutes pass
    And the service stops answering
    And 10 minutes pass
    Then "Contoso VPN" is failed
    And nothing is reported about "Contoso VPN"
    When the service answers again
    And 70 minutes pass
    Then "Contoso VPN" is reported with the error 0x80070643
