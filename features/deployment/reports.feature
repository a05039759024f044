Feature: The service learns how it went
  The device reports every app it was told about, with the agent's own names and numbers, and says nothing twice.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in

  Scenario: An app that is installed
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is reported as "installed"
    And the report about "Contoso Notes" holds
      | ResultantAppState    | 1    |
      | DetectionState       | 1    |
      | ApplicabilityState   | 0    |
      | EnforcementState     | 1000 |
      | EnforcementErrorCode | null |
      | TargetingType        | 2    |
      | InstallContext       | 2    |
      | Intent               | 3    |

  Scenario: An app that fails
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program takes 20 s and exits with 1603
    When the device syncs
    And 5 minutes pass
    Then "Contoso VPN" is reported as "failed"
    And the report about "Contoso VPN" holds
      | DetectionState       | 2           |
      | EnforcementState     | 5000        |
      | EnforcementErrorCode | -2147023293 |

  Scenario: An app that waits for a restart
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 5 minutes pass
    Then "Contoso VPN" is reported as "pending install"
    And the report about "Contoso VPN" holds
      | EnforcementState | 2008 |

  Scenario: What has not changed is not reported again
    Given the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 24 hours pass
    Then the device has reported "Contoso Notes" once
