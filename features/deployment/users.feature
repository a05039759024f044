Feature: Apps of users
  An app may be installed as the user who is signed in, and may be offered to users instead of forced on devices.

  Scenario: A user installs an app for themselves
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-clip/contoso-clip.json" with the package "packages/contoso-clip/contoso-clip.intunewin"
    When the user installs "Contoso Clip" from the Company Portal
    And 5 minutes pass
    Then "Contoso Clip" is installed
    And the file "C:\Users\ada\AppData\Local\Programs\Contoso Clip\clip.exe" is there
    And the registry value "HKCU\SOFTWARE\Contoso\Clip\Version" of "Ada" is "1.2.0"

  Scenario: A user removes an app again
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-clip/contoso-clip.json" with the package "packages/contoso-clip/contoso-clip.intunewin"
    When the user installs "Contoso Clip" from the Company Portal
    And 5 minutes pass
    Then "Contoso Clip" is installed
    When the user uninstalls "Contoso Clip" from the Company Portal
    And 5 minutes pass
    Then "Contoso Clip" is not installed
    And the file "C:\Users\ada\AppData\Local\Programs\Contoso Clip\clip.exe" is not there

  Scenario: An app that users must have waits for one to sign in
    Given a Windows 11 23H2 device with nobody signed in
    And the app from "packages/contoso-clip/contoso-clip.json" with the package "packages/contoso-clip/contoso-clip.intunewin"
    And it is assigned as required
    And it is assigned to users
    When the device syncs
    And 10 minutes pass
    Then "Contoso Clip" is waiting for check-in
    When "Bob" signs in
    Then "Contoso Clip" is installed within 10 minutes
    And the file "C:\Users\bob\AppData\Local\Programs\Contoso Clip\clip.exe" is there

  Scenario: An installer that runs as the user ends when the user signs out
    Given a Windows 11 23H2 device with "Ada" signed in
    And the app from "packages/contoso-clip/contoso-clip.json" with the package "packages/contoso-clip/contoso-clip.intunewin"
    When the user installs "Contoso Clip" from the Company Portal
    And 3 s pass
    Then "Contoso Clip" is installing
    When "Ada" signs out
    Then the process "msiexec.exe" is not running
    When 1 minute passes
    Then "Contoso Clip" fails with 0x87D300CD within 10 minutes
