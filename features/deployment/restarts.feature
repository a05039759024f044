Feature: An app that needs a restart
  Exit code 3010 asks for a restart soon, 1641 for one now. The app's restart behavior and the assignment's grace period
  decide what comes of it.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-vpn/contoso-vpn.json" with the package "packages/contoso-vpn/contoso-vpn.intunewin"
    And it has no restart grace period

  Scenario: A soft restart is asked for and not forced
    Given its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is pending restart
    And "Ada" sees the restart required toast
    When 48 hours pass
    Then the device has not restarted

  Scenario: After the restart the app is installed
    Given its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 10 minutes pass
    And the user restarts the device
    Then "Contoso VPN" is installed within 10 minutes
    And "Contoso VPN" is reported as "installed"

  Scenario: A hard restart comes at once
    Given its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    Then the device restarts within 10 minutes

  Scenario: A grace period puts a hard restart off
    Given it has a restart grace period of 8 hours
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    And 7 hours pass
    Then the device has not restarted
    And the device restarts within 90 minutes

  Scenario: Forced restarts come after every successful installation
    Given its device restart behavior is "force"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    Then the device restarts within 10 minutes
    And "Contoso VPN" is installed within 10 minutes
