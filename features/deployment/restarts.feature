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

  Scenario: With a grace period the user is reminded, and sees a countdown at its end
    Given it has a restart grace period of 8 hours
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    And 10 minutes pass
    Then "Ada" sees the restart required toast
    And the restart required toast says "This device will restart in 8 h."
    And "Ada" does not see the restart countdown toast
    And "Ada" sees the restart countdown toast within 7 hours and 40 minutes
    And the restart countdown toast says "Restart in 15 min"
    And the device restarts within 20 minutes

  Scenario: A user who puts the restart off is reminded again
    Given it has a restart grace period of 8 hours
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    And 10 minutes pass
    And "Ada" clicks "Remind me in 4 h" in the restart required toast
    And 3 hours pass
    Then "Ada" sees the toasts download, restart required in that order
    And "Ada" sees the restart required toast within 70 minutes
    And the device has not restarted

  Scenario: A user who does not want to wait restarts from the toast
    Given it has a restart grace period of 8 hours
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    And 10 minutes pass
    And "Ada" clicks "Restart now" in the restart required toast
    Then the device restarts within 2 minutes

  Scenario: A hard restart comes before the next app
    Given it has a restart grace period of 8 hours
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    And the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 30 minutes pass
    Then "Contoso Notes" is pending restart
    And the installer of "Contoso Notes" ran 0 times
    When the user restarts the device
    Then "Contoso Notes" is installed within 10 minutes

  Scenario: A soft restart does not hold up the next app
    Given its setup program behaves as "packages/contoso-vpn/installer.json" says
    And the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is pending restart
    And "Contoso Notes" is installed

  Scenario: Suppressed restarts are neither announced nor made
    Given its device restart behavior is "suppress"
    And its setup program behaves as "packages/contoso-vpn/installer.json" says
    When the device syncs
    And 10 minutes pass
    Then "Contoso VPN" is pending restart
    And "Ada" does not see the restart required toast
    When 24 hours pass
    Then the device has not restarted

  Scenario: Where restarts are allowed a hard one comes after two hours
    Given its device restart behavior is "allow"
    And its setup program takes 1 minute, sets the registry value "HKLM\SOFTWARE\Contoso\VPN\Version" to "5.2.0" and exits with 1641
    When the device syncs
    And 1 hour and 55 minutes pass
    Then the device has not restarted
    And "Ada" sees the restart countdown toast
    And the device restarts within 15 minutes
