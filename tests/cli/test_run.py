"""`ime-harness run`, on the shipped packages and on bad input."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.formats.cmtrace import LogEntry, read_log


@pytest.fixture
def vpn_app(packages: Path) -> dict[str, Any]:
    """Return the app of the setup program, to be changed."""
    return json.loads((packages / "contoso-vpn" / "contoso-vpn.json").read_text(encoding="utf-8"))


@pytest.fixture
def run_vpn(ime_harness: Callable, packages: Path, tmp_path: Path) -> Callable:
    """Return a function that deploys the setup program as an app."""

    def run(app: dict[str, Any], *arguments: object, installer: object = None) -> Any:
        path = tmp_path / "app.json"
        path.write_text(json.dumps(app), encoding="utf-8")
        does = packages / "contoso-vpn" / "installer.json"
        if installer is not None:
            does = tmp_path / "installer.json"
            does.write_text(json.dumps(installer), encoding="utf-8")
        package = packages / "contoso-vpn" / "contoso-vpn.intunewin"
        return ime_harness("run", package, "--app", path, "--installer", does, *arguments)

    return run


def test_an_msi_needs_nothing_else(ime_harness: Callable, notes: Path) -> None:
    """It gets what the portal fills in, is installed, and the status is 0."""
    ended = ime_harness("run", notes)

    assert (0, "") == (ended.status, ended.err)
    lines = ended.out.splitlines()
    assert "INSTALLED  Contoso Notes is installed." == lines[0]
    assert any('msiexec /i "contoso-notes.msi" /qn' in line for line in lines)
    assert "  + HKLM\\SOFTWARE\\Contoso\\Notes  10 values" in lines
    assert "  + C:\\Program Files\\Contoso Notes  2 files" in lines
    assert "  portal installed, detection detected, applicability Applicable, enforcement Success" in lines
    assert all(line == line.rstrip() for line in lines)


def test_the_portal_fills_in_the_app_of_an_msi(ime_harness: Callable, notes: Path) -> None:
    """Command lines, version, publisher and detection come from Detection.xml."""
    result = ime_harness("run", notes, "--json").json

    assert {
        "id": result["app"]["id"],
        "name": "Contoso Notes",
        "version": 1,
        "display_version": "2.4.1",
        "publisher": "Contoso",
        "install_command_line": 'msiexec /i "contoso-notes.msi" /qn',
        "uninstall_command_line": 'msiexec /x "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}" /qn',
        "definition": "Detection.xml",
    } == result["app"]
    assert ("installed", True, None) == (result["outcome"], result["intent_reached"], result["error"])


def test_a_32_bit_app_with_a_64_bit_rule_fails_and_says_why(ime_harness: Callable, packages: Path) -> None:
    """The code the portal would show, and words a packager understands."""
    legacy = packages / "contoso-legacy"

    ended = ime_harness("run", legacy / "contoso-legacy.intunewin", "--app", legacy / "contoso-legacy-wrong-view.json")

    assert (1, "") == (ended.status, ended.err)
    assert "0x87D1041C The application was not detected after installation completed successfully." in ended.out
    words = " ".join(ended.out.split())
    assert "The key is in the 32-bit part of Windows" in words
    assert "Turn 'Associated with a 32-bit app on 64-bit clients' on." in words


@pytest.mark.parametrize(
    ("package", "app"),
    [
        ("contoso-notes", "contoso-notes"),
        ("contoso-notes", "contoso-notes-file-version"),
        ("contoso-notes-update", "contoso-notes-update"),
        ("contoso-legacy", "contoso-legacy"),
        ("contoso-clip", "contoso-clip"),
    ],
)
def test_every_shipped_package_is_installed(ime_harness: Callable, packages: Path, package: str, app: str) -> None:
    """Each with its own JSON."""
    folder = packages / package

    result = ime_harness("run", folder / f"{package}.intunewin", "--app", folder / f"{app}.json", "--json")

    assert (0, "installed") == (result.status, result.json["outcome"])
    assert [0] == [attempt["exit_code"] for attempt in result.json["attempts"]]


def test_a_user_msi_is_installed_for_the_user(ime_harness: Callable, packages: Path) -> None:
    """Without JSON, an MSI for one user runs as that user."""
    result = ime_harness("run", packages / "contoso-clip" / "contoso-clip.intunewin", "--json").json

    assert "installed" == result["outcome"]
    assert "C:\\Users\\ada" in json.dumps(result["changes"]["files"]).replace("\\\\", "\\")


def test_a_users_app_without_assignments_is_assigned_to_users(
    ime_harness: Callable, packages: Path, tmp_path: Path
) -> None:
    """Assigned to the device it would not apply, and its JSON says nothing of that."""
    clip = packages / "contoso-clip"
    app = json.loads((clip / "contoso-clip.json").read_text(encoding="utf-8"))
    del app["assignments"]
    (tmp_path / "app.json").write_text(json.dumps(app), encoding="utf-8")

    ended = ime_harness("run", clip / "contoso-clip.intunewin", "--app", tmp_path / "app.json", "--json")

    assert (0, "required", "installed") == (ended.status, ended.json["intent"], ended.json["outcome"])


def test_an_available_app_is_asked_for_by_the_user(ime_harness: Callable, packages: Path) -> None:
    """The press of the button is on the timeline, between the offer and the installation."""
    clip = packages / "contoso-clip"

    result = ime_harness("run", clip / "contoso-clip.intunewin", "--app", clip / "contoso-clip.json", "--json").json

    kinds = [event["kind"] for event in result["timeline"]]
    assert ("available", "installed") == (result["intent"], result["outcome"])
    assert kinds.index("detection") < kinds.index("install pressed") < kinds.index("install started")


def test_a_request_for_an_app_that_may_not_be_installed_ends_at_once(ime_harness: Callable, notes: Path) -> None:
    """The agent needs no time for its answer, and the run does not wait for another."""
    app = notes.parents[2] / "apps" / "contoso-notes-not-applicable.json"

    ended = ime_harness("run", notes, "--app", app, "--intent", "available", "--json")

    assert (1, "notApplicable") == (ended.status, ended.json["states"]["resultant"])
    assert 600 > ended.json["time"]["elapsed_seconds"]


def test_an_app_is_installed_by_its_deadline(ime_harness: Callable, notes: Path) -> None:
    """The device is switched on in the morning of the start time, whenever that is, and the run waits."""
    app = notes.parents[2] / "apps" / "contoso-notes-deadline.json"

    ended = ime_harness("run", notes, "--app", app, "--json")

    assert (0, "installed") == (ended.status, ended.json["outcome"])
    assert "2026-11-23T08:00:00.000Z" == ended.json["time"]["started_at"]
    assert "2026-11-24T18:00" == ended.json["attempts"][0]["started_at"][:16]


def test_a_deadline_that_does_not_come_in_time_leaves_the_run_unfinished(ime_harness: Callable, notes: Path) -> None:
    """Its content is there by then."""
    app = notes.parents[2] / "apps" / "contoso-notes-deadline.json"

    ended = ime_harness("run", notes, "--app", app, "--for", "5 h", "--json")

    assert (1, "unfinished") == (ended.status, ended.json["outcome"])
    assert 5 * 3600 == ended.json["time"]["elapsed_seconds"]


@pytest.mark.parametrize(("limit", "end"), [("36 h", "not started"), ("4 min 20 s", "running")])
def test_an_attempt_without_exit_code_says_why(run_vpn: Callable, vpn_app: dict, limit: str, end: str) -> None:
    """A program that is not there never ran; one that takes longer than the run still does."""
    if end == "not started":
        vpn_app["installCommandLine"] = "nothing.exe"

    result = run_vpn(vpn_app, "--for", limit, "--json").json

    assert [(None, end)] == [(attempt["exit_code"], attempt["end"]) for attempt in result["attempts"]]
    assert (end == "running") == (result["attempts"][0]["elapsed_seconds"] > 10)


def test_uninstall_installs_first_and_shows_what_is_left(ime_harness: Callable, notes: Path) -> None:
    """Both command lines run; the app's own keys and files are gone at the end."""
    result = ime_harness("run", notes, "--intent", "uninstall", "--json").json

    assert ("uninstall", "uninstalled", True) == (result["intent"], result["outcome"], result["intent_reached"])
    assert ["msiexec /i", "msiexec /x"] == [attempt["command_line"][:10] for attempt in result["attempts"]]
    left = json.dumps(result["changes"])
    assert "Contoso" not in left
    assert "removed" in result["summary"]


def test_uninstall_of_what_cannot_be_installed_says_so(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """The removal is not tried, and the status is 1."""
    installer = [{"program": "contoso-vpn-setup.exe", "runs": [{"takes": "1 min", "exit_code": 1603}]}]

    result = run_vpn(vpn_app, "--intent", "uninstall", "--json", installer=installer)

    assert (1, "failed", False) == (result.status, result.json["outcome"], result.json["intent_reached"])
    assert "its removal was not tried" in result.json["summary"]
    assert 1 == len({attempt["command_line"] for attempt in result.json["attempts"]})


def test_a_setup_program_needs_its_description(ime_harness: Callable, packages: Path) -> None:
    """Without it the run ends with 3, and says how to write it."""
    vpn = packages / "contoso-vpn"

    ended = ime_harness("run", vpn / "contoso-vpn.intunewin", "--app", vpn / "contoso-vpn.json")

    assert (3, "") == (ended.status, ended.out)
    assert ended.err.startswith("not emulated: what 'contoso-vpn-setup.exe' does")
    assert "--installer" in ended.err


def test_a_setup_program_needs_an_app(ime_harness: Callable, vpn: Path, tmp_path: Path) -> None:
    """The message holds JSON that reads, to begin with."""
    ended = ime_harness("run", vpn)

    assert (2, "") == (ended.status, ended.out)
    message, _, skeleton = ended.err.partition("\n")
    assert "add --app FILE.json with at least displayName, installCommandLine and one detection rule" in message
    (tmp_path / "app.json").write_text(skeleton, encoding="utf-8")
    assert 3 == ime_harness("run", vpn, "--app", tmp_path / "app.json").status


def test_a_soft_restart_is_left_to_the_user(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """The app counts as installed, and the summary says that a restart is missing."""
    result = run_vpn(vpn_app, "--json")

    assert (0, "installed", "pendingInstall") == (
        result.status,
        result.json["outcome"],
        result.json["states"]["resultant"],
    )
    assert [] == result.json["restarts"]
    assert "complete after the next restart, which nobody forces" in result.json["summary"]


def test_a_forced_restart_is_part_of_the_run(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """After a day of grace the device restarts, and the agent looks again."""
    vpn_app["installExperience"]["deviceRestartBehavior"] = "force"

    ended = run_vpn(vpn_app, "--json")

    result = ended.json
    assert (0, 1) == (ended.status, len(result["restarts"]))
    assert 86_400 < result["time"]["elapsed_seconds"] < 90_000
    events = [event["kind"] for event in result["timeline"]]
    assert "detection" in events[events.index("booted") :]
    assert "restarted once on the way" in result["summary"]


def test_a_long_wait_is_told_in_a_few_lines(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """Hourly check-ins in which nothing happens are not shown."""
    vpn_app["installExperience"]["deviceRestartBehavior"] = "force"

    out = run_vpn(vpn_app).out

    assert len([line for line in out.splitlines() if "check-in" in line]) < 6
    assert "the machine restarts" in out


def test_an_app_that_is_there_only_after_a_restart_is_pending(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """Nobody restarts the device, so the intent is not reached."""
    installer = [{"program": "contoso-vpn-setup.exe", "runs": [{"takes": "1 min", "exit_code": 3010}]}]

    ended = run_vpn(vpn_app, installer=installer)

    assert 1 == ended.status
    assert ended.out.startswith("PENDING RESTART  Contoso VPN is there only after a restart, which nobody forces.")


def test_an_intent_for_other_devices_is_not_emulated(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """An enrolled device never sees it; --intent helps."""
    vpn_app["assignments"][0]["intent"] = "availableWithoutEnrollment"

    refused, helped = run_vpn(vpn_app), run_vpn(vpn_app, "--intent", "available")

    assert (3, 0) == (refused.status, helped.status)
    assert "availableWithoutEnrollment" in refused.err


def test_the_intent_chooses_among_assignments(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """The first that fits counts, with its own settings."""
    required = vpn_app["assignments"][0]
    available = {**required, "intent": "available", "settings": {**required["settings"], "notifications": "hideAll"}}
    vpn_app["assignments"] = [required, available]

    toasts = [len(run_vpn(vpn_app, "--json", "--intent", each).json["toasts"]) for each in ("required", "available")]

    assert toasts[0] > 0 == toasts[1]


def test_an_app_without_assignments_is_required(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """As most JSON files have none."""
    del vpn_app["assignments"]

    intents = [run_vpn(vpn_app, "--json", *more).json["intent"] for more in ((), ("--intent", "available"))]

    assert ["required", "available"] == intents


def test_a_run_without_time_is_unfinished(ime_harness: Callable, notes: Path) -> None:
    """Nothing but the assignment happens."""
    ended = ime_harness("run", notes, "--for", "0 s", "--json")

    assert (1, "unfinished", 0.0) == (ended.status, ended.json["outcome"], ended.json["time"]["elapsed_seconds"])


def test_a_package_may_hold_folders(ime_harness: Callable, make_package: Callable, packages: Path) -> None:
    """They are there for the installer, and nothing is read of them."""
    msi = (packages / "contoso-notes" / "content" / "contoso-notes.msi").read_bytes()
    package = make_package({"contoso-notes.msi": msi, "Empty/": b""})

    ended = ime_harness("run", package, "--app", packages / "contoso-notes" / "contoso-notes.json")

    assert (0, "") == (ended.status, ended.err)


def test_an_msi_package_must_say_its_product_code(ime_harness: Callable, make_package: Callable, notes: Path) -> None:
    """Without it there is nothing to detect by."""
    with zipfile.ZipFile(notes) as archive:
        xml = archive.read("IntuneWinPackage/Metadata/Detection.xml").decode()
    made = make_package({"contoso-notes.msi": b"x"})
    with zipfile.ZipFile(made) as archive:
        own = archive.read("IntuneWinPackage/Metadata/Detection.xml").decode()
    msi = re.sub("<MsiProductCode>.*</MsiProductCode>", "", re.search("<MsiInfo>.*</MsiInfo>", xml, re.DOTALL)[0])
    package = make_package(
        {"contoso-notes.msi": b"x"}, detection=own.replace("</ApplicationInfo>", f"{msi}</ApplicationInfo>").encode()
    )

    ended = ime_harness("run", package)

    assert (2, True) == (ended.status, "MsiProductCode" in ended.err)


def test_the_time_of_a_run_can_be_limited(ime_harness: Callable, notes: Path) -> None:
    """What is not done by then is unfinished, which is no success."""
    ended = ime_harness("run", notes, "--for", "2 min", "--json")

    assert (1, "unfinished", 120.0) == (ended.status, ended.json["outcome"], ended.json["time"]["elapsed_seconds"])
    assert "waiting for check-in" in ended.json["summary"]


def test_an_available_app_may_not_be_offered_in_time(ime_harness: Callable, notes: Path) -> None:
    """The button is never pressed."""
    ended = ime_harness("run", notes, "--intent", "available", "--for", "1 min", "--json")

    assert (1, "unfinished", []) == (ended.status, ended.json["outcome"], ended.json["attempts"])


def test_an_app_that_may_not_be_installed_here_is_told_so(ime_harness: Callable, packages: Path) -> None:
    """Nothing is downloaded, and the requirement is named."""
    app = packages.parent / "apps" / "contoso-notes-not-applicable.json"

    ended = ime_harness("run", packages / "contoso-notes" / "contoso-notes.intunewin", "--app", app)

    assert 1 == ended.status
    assert ended.out.startswith("NOT APPLICABLE  Contoso Notes")
    assert "1048576 MB of memory" in ended.out


def test_exit_codes_decide(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """A code that nobody mapped is a failure with that code in it."""
    installer = [{"program": "contoso-vpn-setup.exe", "runs": [{"takes": "1 min", "exit_code": 1603}]}]

    in_words = run_vpn(vpn_app, installer=installer)
    as_json = run_vpn(vpn_app, "--json", installer=installer).json

    assert (1, "0x80070643") == (in_words.status, as_json["error"]["hex"])
    assert {1603} == {attempt["exit_code"] for attempt in as_json["attempts"]}
    assert "exit code 1603, failure, since no return code names it; it took 1 min" in in_words.out


def test_an_installer_that_hangs_times_out(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """There is no exit code then."""
    vpn_app["installCommandLine"] = "contoso-vpn-setup.exe"

    result = run_vpn(vpn_app, "--json").json

    assert ("failed", "0x87D300C9") == (result["outcome"], result["error"]["hex"])
    assert [None] == [attempt["exit_code"] for attempt in result["attempts"]]
    assert 3600 == result["attempts"][0]["elapsed_seconds"]


def test_an_installer_that_is_not_there_cannot_be_started(run_vpn: Callable, vpn_app: dict[str, Any]) -> None:
    """The error says what Windows says."""
    vpn_app["installCommandLine"] = "setpu.exe /S"

    result = run_vpn(vpn_app, "--json").json

    assert ("0x80070002", "The installer could not be started.") == (result["error"]["hex"], result["error"]["text"])


def test_the_same_input_gives_the_same_bytes(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """JSON, report and log."""
    outputs = []
    for name in ("a", "b"):
        ended = ime_harness("run", notes, "--json", "--report", tmp_path / f"{name}.html", "--log", tmp_path / name)
        logs = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        outputs.append((ended.out, (tmp_path / f"{name}.html").read_bytes(), logs))

    assert outputs[0] == outputs[1]


def test_another_seed_is_another_day(ime_harness: Callable, notes: Path) -> None:
    """The agent's jitter follows from it."""
    one, two = (ime_harness("run", notes, "--json", "--seed", seed).json for seed in (1, 2))

    assert (1, 2) == (one["seed"], two["seed"])
    assert one["attempts"][0]["started_at"] != two["attempts"][0]["started_at"]


def test_the_device_can_be_chosen(ime_harness: Callable, notes: Path) -> None:
    """An unknown one is answered with those that are known."""
    known = ime_harness("run", notes, "--device", "Windows 10 22H2", "--json").json
    unknown = ime_harness("run", notes, "--device", "Windows 3.11")

    assert "10.0.19045" in known["device"]["os_version"]
    assert (2, "") == (unknown.status, unknown.out)
    assert "'Windows 3.11' - use one of windows-10-22h2, " in unknown.err


# Files that are written


def test_report_and_log_are_written(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """The last lines say what and where; the log reads as the agent's does."""
    ended = ime_harness("run", notes, "--report", tmp_path / "r.html", "--log", tmp_path / "new" / "logs")

    names = sorted(path.name for path in (tmp_path / "new" / "logs").iterdir())
    assert f"wrote the report to {tmp_path / 'r.html'}" in ended.out
    assert f"wrote {len(names)} log files to {tmp_path / 'new' / 'logs'}: {', '.join(names)}" in ended.out
    assert {"AppWorkload.log", "IntuneManagementExtension.log"} <= set(names)
    text = (tmp_path / "new" / "logs" / "AppWorkload.log").read_text(encoding="utf-8")
    entries = list(read_log(text.splitlines()))
    assert entries
    assert all(isinstance(entry, LogEntry) for entry in entries)
    assert "<title>Installed: Contoso Notes</title>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_with_json_only_json_goes_to_standard_output(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """What was written is said on standard error."""
    ended = ime_harness("run", notes, "--json", "--report", tmp_path / "r.html")

    assert "ime-harness-result/1" == ended.json["format"]
    assert f"wrote the report to {tmp_path / 'r.html'}\n" == ended.err


def test_an_older_report_is_replaced_and_nothing_else(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """A mistyped name does not cost a file."""
    (tmp_path / "mine.html").write_text("<p>mine</p>")

    twice = [ime_harness("run", notes, "--report", tmp_path / "r.html").status for _ in range(2)]
    refused = ime_harness("run", notes, "--report", tmp_path / "mine.html")

    assert [0, 0] == twice
    assert (2, "", "<p>mine</p>") == (refused.status, refused.out, (tmp_path / "mine.html").read_text())
    assert f"{tmp_path / 'mine.html'} exists and is not a report of ime-harness - name another file\n" == refused.err


def test_places_that_cannot_be_written_are_refused_before_the_run(
    ime_harness: Callable, notes: Path, tmp_path: Path, everything_in: Callable
) -> None:
    """Nothing is done in vain, and no log is overwritten."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "AppWorkload.log").write_text("evidence")
    before = everything_in()
    cases = {
        ("--report", tmp_path / "nowhere" / "r.html"): "there is no folder",
        ("--report", tmp_path): "it is a folder - name a file",
        ("--log", tmp_path / "logs"): "holds log files already - name a new or empty folder",
        ("--log", tmp_path / "logs" / "AppWorkload.log"): "it is a file - name a folder",
    }

    for arguments, message in cases.items():
        ended = ime_harness("run", notes, *arguments)
        assert (2, "", True) == (ended.status, ended.out, message in ended.err)

    assert before == everything_in()
    assert "evidence" == (tmp_path / "logs" / "AppWorkload.log").read_text()


# Bad input


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "app.json"),
        (b'{"displayName": "\xff"}', "UTF-8"),
        (b"[]", "$"),
        (b'{"displayName": 1, "installCommandLine": []}', "$.installCommandLine"),
        (b'{"displayName": "x", "installCommandLine": "x", "rules": [{"@odata.type": "#x"}]}', "$.rules[0]"),
        (
            b'{"displayName": "x", "installCommandLine": "x", "installExperience": {"runAsAccount": "root"}}',
            "$.installExperience.runAsAccount",
        ),
    ],
    ids=["cut off", "not UTF-8", "not an object", "wrong types", "unknown rule", "unknown word"],
)
def test_json_that_does_not_read_is_explained(
    ime_harness: Callable, notes: Path, tmp_path: Path, data: bytes, message: str
) -> None:
    """The message says where, and every problem has its line."""
    (tmp_path / "app.json").write_bytes(data)

    ended = ime_harness("run", notes, "--app", tmp_path / "app.json")

    assert (2, "") == (ended.status, ended.out)
    assert message in ended.err
    assert all(line.startswith(f"{tmp_path / 'app.json'}: ") for line in ended.err.splitlines())


def test_all_problems_of_a_document_are_told_at_once(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """One line for each."""
    (tmp_path / "app.json").write_text('{"displayName": 1, "installCommandLine": 2, "rules": 3}')

    assert 3 <= len(ime_harness("run", notes, "--app", tmp_path / "app.json").err.splitlines())


def test_an_installer_file_that_does_not_read_is_explained(ime_harness: Callable, vpn: Path, tmp_path: Path) -> None:
    """As the app's is."""
    app = vpn.with_suffix(".json")
    (tmp_path / "installer.json").write_text('[{"program": "x.exe", "runs": [{"takes": "long"}]}]')

    ended = ime_harness("run", vpn, "--app", app, "--installer", tmp_path / "installer.json")

    assert (2, True) == (ended.status, ended.err.startswith(f"{tmp_path / 'installer.json'}: $[0].runs[0].takes"))


def test_a_file_that_is_far_too_large_is_refused(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """Nobody's app has 16 MB of JSON."""
    (tmp_path / "app.json").write_bytes(b" " * (16 * 1024**2 + 1))

    ended = ime_harness("run", notes, "--app", tmp_path / "app.json")

    assert (2, True) == (ended.status, "more than 16,777,216 bytes - is it the right file?" in ended.err)


def test_missing_files_are_named(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """Package, app and installer."""
    missing = tmp_path / "missing"

    for arguments in ((missing,), (notes, "--app", missing), (notes, "--installer", missing)):
        ended = ime_harness("run", *arguments)
        assert (2, f"cannot read {missing}: no such file or directory\n") == (ended.status, ended.err)


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": {"setup.msi": b"x", "..\\evil.exe": b"x"}},
        {"files": {"setup.msi": b"x", "SETUP.MSI": b"x"}},
        {"files": {"setup.msi": b"x" * 90}, "change": lambda data: data[:70] + b"!" + data[71:]},
        {"files": {"setup.msi": b"x"}, "mac_key": bytes(32)},
        {"files": {"setup.msi": b"x"}, "detection": b"<!DOCTYPE a [<!ENTITY b 'c'>]><ApplicationInfo/>"},
        {"files": b"no zip"},
    ],
    ids=["escapes", "same name twice", "tampered", "wrong key", "entity", "no zip inside"],
)
def test_a_bad_package_is_not_deployed(
    ime_harness: Callable,
    make_package: Callable,
    packages: Path,
    everything_in: Callable,
    tmp_path: Path,
    *,
    wrong: dict[str, Any],
) -> None:
    """It ends with 2 before the machine has seen it, and leaves no report and no log."""
    wrong = dict(wrong)
    package = make_package(wrong.pop("files"), **wrong)
    before = everything_in()
    app = packages / "contoso-notes" / "contoso-notes.json"

    ended = ime_harness("run", package, "--app", app, "--report", tmp_path / "r.html", "--log", tmp_path / "logs")

    assert (2, "") == (ended.status, ended.out)
    assert ended.err.startswith(f"{package}: ")
    assert "Traceback" not in ended.err
    assert before == everything_in()


def test_a_file_that_lies_about_its_length_is_found_before_the_run(
    ime_harness: Callable, make_package: Callable, packages: Path
) -> None:
    """Every file of the package is read through first."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("setup.msi", b"x" * 1000)
    data = bytearray(plain.getvalue())
    for header, size_at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(header) + size_at
        data[at : at + 4] = (900).to_bytes(4, "little")

    ended = ime_harness("run", make_package(bytes(data)), "--app", packages / "contoso-notes" / "contoso-notes.json")

    assert (2, True) == (ended.status, "setup.msi" in ended.err)


def test_a_duration_that_is_none_is_refused(ime_harness: Callable, notes: Path) -> None:
    """With an example of one."""
    ended = ime_harness("run", notes, "--for", "soon")

    assert (2, True) == (ended.status, ended.err.startswith("'soon' is not a duration - "))


@pytest.mark.parametrize("name", ["other.msi", "..\\..\\contoso-notes.msi"])
def test_a_setup_file_that_the_package_does_not_hold(
    ime_harness: Callable, packages: Path, tmp_path: Path, name: str
) -> None:
    """Without --app the setup file is what is run, so it must be in the package."""
    package = tmp_path / "app.intunewin"
    shipped = zipfile.ZipFile(packages / "contoso-notes" / "contoso-notes.intunewin")
    with shipped, zipfile.ZipFile(package, "w") as changed:
        for entry in shipped.infolist():
            data = shipped.read(entry)
            if entry.filename.endswith("Detection.xml"):
                data = data.replace(b"<SetupFile>contoso-notes.msi<", f"<SetupFile>{name}<".encode())
            changed.writestr(entry.filename, data)

    ended = ime_harness("run", package)

    assert 2 == ended.status
    assert "ApplicationInfo/SetupFile" in ended.err
    assert "does not hold" in ended.err
