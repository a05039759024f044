Feature: The agent asks for its apps
  The Intune Management Extension checks in after the device has started, every hour, and when the user presses Sync in
  the Company Portal. Between check-ins an assignment changes nothing.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"

  Scenario: A device that has just started checks in within five minutes and a quarter
    Then the agent checks in within 5 minutes 15 s
    And "Contoso Notes" is installed within 5 minutes

  Scenario: Sync in the Company Portal does not wait for the next check-in
    When the device syncs
    And 2 minutes pass
    Then "Contoso Notes" is installed

  Scenario: An app that is assigned later comes with the next hourly check-in
    Given it is assigned as available
    When 20 minutes pass
    And its assignment becomes required
    And 10 minutes pass
    Then "Contoso Notes" is not installed
    And "Contoso Notes" is installed within 65 minutes

  Scenario: While the service does not answer nothing happens, and the next check-in makes up for it
    Given the service does not answer
    When 30 minutes pass
    Then the file "C:\Program Files\Contoso Notes\notes.exe" is not there
    When the service answers again
    Then "Contoso Notes" is installed within 70 minutes

  Scenario: The agent checks in about once an hour
    When 10 hours pass
    Then the agent has checked in 10 times

  Scenario: After its service has restarted the agent checks in again, and installs nothing twice
    When the device syncs
    And 10 minutes pass
    And the agent's service restarts
    Then the agent checks in within 5 minutes 15 s
    And "Contoso Notes" is installed
    And the installer of "Contoso Notes" ran once

  Scenario: An installer goes on while the agent's service restarts, and what it did is found
    Given the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 30 s pass
    Then "Contoso VPN" is installing
    When the agent's service restarts
    Then "Contoso VPN" is installed within 10 minutes
    And the installer of "Contoso VPN" ran once
