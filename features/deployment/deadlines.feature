Feature: An app has a start time and a deadline
  From its start time on an app is downloaded; at its deadline it is installed. The agent checks in by itself at either.
  This one starts on 2026-11-23 at 08:00 and is due on 2026-11-24 at 18:00, in the device's time zone.

  Scenario: Before the start time nothing happens
    Given a Windows 11 23H2 device with "Ada" signed in on 2026-11-23 at 06:00
    And the app from "apps/contoso-notes-deadline.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 1 hour and 50 minutes pass
    Then "Contoso Notes" is not installed
    And nobody sees a toast

  Scenario: At the start time the content is downloaded
    Given a Windows 11 23H2 device with "Ada" signed in on 2026-11-23 at 06:00
    And the app from "apps/contoso-notes-deadline.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 2 hours and 5 minutes pass
    Then "Contoso Notes" is pending install
    And "Ada" sees the download toast
    And the installer of "Contoso Notes" ran 0 times

  Scenario: At the deadline the app is installed
    Given a Windows 11 23H2 device with "Ada" signed in on 2026-11-24 at 14:30
    And the app from "apps/contoso-notes-deadline.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    And 3 hours and 25 minutes pass
    Then "Contoso Notes" is pending install
    And "Contoso Notes" is installed within 10 minutes
    And "Ada" sees the toasts download, success in that order

  Scenario: A device that is switched on after the deadline installs the app at once
    Given a Windows 11 23H2 device with "Ada" signed in on 2026-11-30 at 09:00
    And the app from "apps/contoso-notes-deadline.json" with the package "packages/contoso-notes/contoso-notes.intunewin"
    When the device syncs
    Then "Contoso Notes" is installed within 5 minutes
