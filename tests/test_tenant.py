"""The service's side: publishing, assigning, and what the agent is answered."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness import Assignment, FormatError, InstallIntent, NotEmulated, UsageError
from harness.agent.gateway import DEVICE_USER_ID, Gateway
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.policy import decode_response_payload, read_policies
from harness.model.apps import RunAsAccount
from harness.model.assignments import Notifications, TargetType
from harness.tenant import Tenant

PACKAGES = Path(__file__).parents[1] / "fixtures" / "packages"
NOTES_JSON = PACKAGES / "contoso-notes" / "contoso-notes.json"
NOTES = PACKAGES / "contoso-notes" / "contoso-notes.intunewin"
CLIP_JSON = PACKAGES / "contoso-clip" / "contoso-clip.json"
ADA = "6d1f6b5e-5cf5-4f0f-9d2b-0d3d2f5c1a01"


@pytest.fixture
def tenant():
    """Return a tenant without apps."""
    tenant = Tenant()
    yield tenant
    tenant.close()


@pytest.fixture
def notes(tenant):
    """Return an app that is published, and required on devices."""
    return tenant.publish(NOTES_JSON, NOTES)


def names(payload):
    """Return the names of the apps in an answer."""
    return [policy.app.display_name for policy in read_policies(decode_response_payload(payload, "test"), "test")]


def location(tenant, app):
    """Return where the service says that the content is."""
    return json.loads(json.loads(tenant.get_content_info(app.id, 1))["ContentInfo"])["UploadLocation"]


class TestPublishing:
    """Apps come from files, or from Python."""

    def test_assignments_in_the_file_are_made(self, tenant, notes):
        """As an export of the portal holds them."""
        assert (notes,) == tenant.apps
        assert Assignment() == tenant.assignment_of(notes)

    def test_publishing_again_replaces_the_app(self, tenant, notes):
        """The assignment stays, the place in the list too."""
        tenant.publish(CLIP_JSON)
        newer = replace(notes, version=2)
        tenant.add(newer)
        assert (newer, "Contoso Clip") == (tenant.apps[0], tenant.apps[1].display_name)
        assert Assignment() == tenant.assignment_of(newer)
        assert "null" != tenant.get_content_info(notes.id, 2)

    def test_an_opened_package_will_do(self, tenant):
        """For packages that are no file."""
        package = IntuneWinPackage.open(io.BytesIO(NOTES.read_bytes()), source="made here")
        app = tenant.publish(NOTES_JSON, package)
        with tenant.download(location(tenant, app)) as content:
            assert package.content_bytes == len(content.read())

    @pytest.mark.parametrize("which", ["app", "package"])
    def test_a_missing_file_is_named(self, tenant, tmp_path, which):
        """And nothing is published."""
        missing = tmp_path / "missing.json"
        files = {"app": (missing, NOTES), "package": (NOTES_JSON, missing)}[which]
        with pytest.raises(UsageError, match=r"cannot read .*missing\.json: no such file or directory") as caught:
            tenant.publish(*files)
        assert () == tenant.apps
        assert 2 == caught.value.exit_status
        assert caught.value.__suppress_context__

    def test_a_folder_is_no_file(self, tenant, tmp_path):
        """The system's own words say so."""
        with pytest.raises(UsageError, match="cannot read "):
            tenant.publish(NOTES_JSON, tmp_path)

    def test_every_problem_of_the_json_is_named_with_its_place(self, tenant, tmp_path):
        """And nothing is published."""
        document = json.loads(NOTES_JSON.read_text(encoding="utf-8"))
        document["rules"][0]["ruleType"] = "detectoin"
        document["installExperience"]["maxRunTimeInMinutes"] = "an hour"
        broken = tmp_path / "broken.json"
        broken.write_text(json.dumps(document), encoding="utf-8")

        with pytest.raises(FormatError) as caught:
            tenant.publish(broken, NOTES)

        assert "broken.json" == caught.value.source
        assert {"$.rules[0].ruleType", "$.installExperience.maxRunTimeInMinutes"} == {
            problem.where for problem in caught.value.problems
        }
        assert () == tenant.apps

    def test_a_file_that_is_no_package_is_refused(self, tenant, tmp_path):
        """Nothing is published, and the file is not held open."""
        broken = tmp_path / "broken.intunewin"
        broken.write_bytes(b"PK no zip at all")
        with pytest.raises(FormatError, match=r"broken\.intunewin: "):
            tenant.publish(NOTES_JSON, broken)
        assert () == tenant.apps
        broken.unlink()

    def test_closing_gives_the_files_back(self, tenant, notes):
        """The content cannot be read afterwards."""
        where = location(tenant, notes)
        tenant.close()
        with pytest.raises(FormatError, match="closed"):
            tenant.download(where).read()


class TestFindingApps:
    """By themselves, their id or their name."""

    def test_the_name_may_be_in_any_case(self, tenant, notes):
        """As people write it."""
        assert notes == tenant.app("CONTOSO notes") == tenant.app(notes.id) == tenant.app(notes)

    def test_an_app_means_its_published_version(self, tenant, notes):
        """The one that was published last."""
        newer = replace(notes, version=2)
        tenant.add(newer)
        assert newer == tenant.app(notes)

    def test_unknown_apps_are_an_error(self, tenant, notes):
        """The message says which there are."""
        with pytest.raises(UsageError, match="no app 'Notes' - published are: 'Contoso Notes'"):
            tenant.app("Notes")
        with pytest.raises(UsageError, match="published are: none"):
            Tenant().app("Notes")

    def test_a_name_that_two_apps_have_is_an_error(self, tenant, notes):
        """The message says by which ids they are told apart."""
        tenant.add(replace(notes, id="second"))
        with pytest.raises(UsageError, match=rf"2 apps called 'contoso notes' - use the id of one: {notes.id}, second"):
            tenant.app("contoso notes")
        assert "second" == tenant.app("second").id


class TestAssigning:
    """Who gets what."""

    def test_an_app_is_published_when_it_is_assigned(self, tenant, notes):
        """So that an app made in Python needs one call."""
        other = Tenant()
        other.assign(notes)
        assert (notes,) == other.apps
        assert "null" == other.get_content_info(notes.id, 1)

    def test_the_second_assignment_counts(self, tenant, notes):
        """All of it: what is not said is the default."""
        tenant.assign(notes, intent="available", notifications="hideAll", target_type="user")
        tenant.assign("Contoso Notes", intent=InstallIntent.UNINSTALL)
        assert Assignment(intent=InstallIntent.UNINSTALL) == tenant.assignment_of(notes)

    def test_a_whole_assignment_can_be_given(self, tenant, notes):
        """With everything that the short form has no words for."""
        whole = Assignment(notifications=Notifications.HIDE_ALL, target_type=TargetType.USER)
        tenant.assign(notes, whole)
        assert whole == tenant.assignment_of(notes)

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"intent": "mandatory"}, "'mandatory' is not an intent - use one of: available, required, uninstall"),
            (
                {"notifications": "none"},
                "'none' is not a setting of notifications - use one of: showAll, showReboot, hideAll",
            ),
            ({"target_type": "group"}, "'group' is not a type of target - use one of: user, device, both"),
        ],
    )
    def test_wrong_words_are_an_error(self, tenant, notes, wrong, message):
        """The message has the right ones; nothing is published or assigned."""
        other = Tenant()
        with pytest.raises(UsageError, match=message):
            other.assign(notes, **wrong)
        assert () == other.apps

    def test_an_app_that_is_no_longer_assigned_is_not_delivered(self, tenant, notes):
        """It stays published; taking it away twice changes nothing."""
        tenant.unassign(notes)
        tenant.unassign("Contoso Notes")
        assert ((notes,), None) == (tenant.apps, tenant.assignment_of(notes))
        assert [] == names(tenant.request_applications(DEVICE_USER_ID))

    def test_unassigning_what_is_not_there_is_an_error(self, tenant):
        """As every unknown name is."""
        with pytest.raises(UsageError, match="no app 'Notes'"):
            tenant.unassign("Notes")


class TestAnswers:
    """What the agent gets to hear."""

    def test_it_is_what_the_agent_asks(self, tenant):
        """The verbs are the port's."""
        gateway: Gateway = tenant
        assert [] == names(gateway.request_applications(DEVICE_USER_ID))

    @pytest.mark.parametrize(
        ("intent", "target", "receivers"),
        [
            ("required", "device", {"device"}),
            ("required", "user", {"user"}),
            ("uninstall", "device", {"device"}),
            ("uninstall", "user", {"user"}),
            ("available", "device", {"Company Portal"}),
            ("available", "user", {"Company Portal"}),
        ],
    )
    def test_who_gets_an_app(self, tenant, notes, intent, target, receivers):
        """Required apps go to the session they target, available ones to the Company Portal of users."""
        tenant.assign(notes, intent=intent, target_type=target)
        answers = {
            "device": tenant.request_applications(DEVICE_USER_ID),
            "user": tenant.request_applications(ADA),
            "Company Portal": tenant.get_available_apps(ADA),
        }
        assert receivers == {receiver for receiver, answer in answers.items() if names(answer)}

    def test_apps_come_in_the_order_of_their_assignments(self, tenant, notes):
        """Which is the order they are installed in."""
        clip = tenant.publish(CLIP_JSON)
        tenant.assign(clip)
        assert ["Contoso Notes", "Contoso Clip"] == names(tenant.request_applications(DEVICE_USER_ID))

    def test_unknown_content_is_null_or_not_found(self, tenant):
        """As of an app whose upload is unfinished."""
        clip = tenant.publish(CLIP_JSON)
        assert "null" == tenant.get_content_info(clip.id, 1)
        with pytest.raises(ConnectionError, match="404"):
            tenant.download(f"http://swdc.invalid/{clip.id}/1.intunewin.bin")

    def test_reports_are_kept(self, tenant, notes):
        """In the order they came, for each app."""
        tenant.send_results(json.dumps([{"ApplicationId": notes.id, "UserId": ADA, "ResultantAppState": 5}]))
        tenant.send_results(json.dumps([{"ApplicationId": notes.id, "ResultantAppState": 1}, {"ApplicationId": "x"}]))
        assert [(ADA, 5), (DEVICE_USER_ID, 1)] == [
            (report.user_id, report.fields["ResultantAppState"]) for report in tenant.reports_about(notes)
        ]
        assert 3 == len(tenant.reports)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda tenant, app: tenant.request_applications(DEVICE_USER_ID),
            lambda tenant, app: tenant.get_available_apps(ADA),
            lambda tenant, app: tenant.get_content_info(app.id, 1),
            lambda tenant, app: tenant.download(f"http://swdc.invalid/{app.id}/1.intunewin.bin"),
            lambda tenant, app: tenant.send_results("[]"),
        ],
    )
    def test_a_service_that_is_down_answers_nothing(self, tenant, notes, ask):
        """Whatever it is asked."""
        tenant.is_reachable = False
        with pytest.raises(ConnectionError, match="does not answer"):
            ask(tenant, notes)


@pytest.mark.parametrize(("account", "expected"), [("system", [1, 0]), ("user", [0, 1])])
def test_app_for_both_comes_once(tenant, notes, account, expected):
    """An app that targets devices and users comes in the session in which it can be installed."""
    experience = replace(notes.install_experience, run_as_account=RunAsAccount(account))
    tenant.add(replace(notes, install_experience=experience))
    tenant.assign(notes, target_type="both")

    assert expected == [
        len(read_policies(decode_response_payload(tenant.request_applications(user_id)), "policies"))
        for user_id in (DEVICE_USER_ID, "1229678a-83ff-5bf5-91d9-5b8f61d6bd16")
    ]


def test_available_without_enrollment_is_not_emulated(tenant, notes):
    """An intent that no enrolled device ever sees is refused by name."""
    with pytest.raises(NotEmulated, match="availableWithoutEnrollment"):
        tenant.assign(notes, intent="availableWithoutEnrollment")
