Feature: The user sees toasts
  One when the download starts, one with the result. The assignment says which of them are shown.

  Background:
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-notes/contoso-notes.json" with the package "packages/contoso-notes/contoso-notes.intunewin"

  Scenario: All toasts are shown
    When the device syncs
    And 5 minutes pass
    Then "Ada" sees the toasts download, success in that order

  Scenario Outline: An administrator can hide them
    Given its toasts are set to <setting>
    When the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is installed
    And nobody sees a toast

    Examples:
      | setting    |
      | showReboot |
      | hideAll    |

  Scenario: Where nobody is signed in nobody sees them
    When "Ada" signs out
    And the device syncs
    And 5 minutes pass
    Then "Contoso Notes" is installed
    And nobody sees a toast
