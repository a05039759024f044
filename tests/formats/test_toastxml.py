"""Toast XML: what is written is read back, and what others write is understood."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, UsageError
from harness.formats.toastxml import check_toast, inspect_toast, read_toast, to_toast_xml
from harness.model.toasts import (
    ActivationType,
    ButtonStyle,
    ImagePlacement,
    InputType,
    Toast,
    ToastAudio,
    ToastButton,
    ToastColumn,
    ToastDuration,
    ToastGroup,
    ToastHeader,
    ToastImage,
    ToastInput,
    ToastProgress,
    ToastScenario,
    ToastSelection,
    ToastText,
)
from tests.formats.toast_samples import LEGACY, MODULE, SCRIPT

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)
words = st.one_of(texts, st.sampled_from(["a\r\nb", "\t", " x ", '"<&>"']))
images = st.builds(
    ToastImage, source=words, placement=st.sampled_from(ImagePlacement), alt=words, is_round=st.booleans()
)
columns = st.builds(
    ToastColumn,
    weight=st.integers(0, 99),
    children=st.lists(
        images | st.builds(ToastText, content=words, style=words, align=words, wraps=st.booleans()), max_size=2
    ).map(tuple),
)
toasts = st.builds(
    Toast,
    title=words,
    lines=st.lists(words, max_size=3).map(tuple),
    attribution=words,
    scenario=st.sampled_from(ToastScenario),
    duration=st.sampled_from(ToastDuration),
    launch=words,
    activation_type=st.sampled_from(ActivationType),
    timestamp=st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))])),
    images=st.lists(images, max_size=2).map(tuple),
    groups=st.lists(st.builds(ToastGroup, columns=st.lists(columns, max_size=2).map(tuple)), max_size=1).map(tuple),
    progress=st.lists(
        st.builds(
            ToastProgress,
            status=words,
            value=st.none() | st.integers(0, 10_000).map(lambda share: share / 10_000),
            title=words,
            value_text=words,
        ),
        max_size=1,
    ).map(tuple),
    header=st.none()
    | st.builds(
        ToastHeader,
        id=words,
        title=words,
        arguments=words,
        activation_type=st.sampled_from(ActivationType),
    ),
    audio=st.none() | st.builds(ToastAudio, source=words, loops=st.booleans(), is_silent=st.booleans()),
    inputs=st.lists(
        st.builds(
            ToastInput,
            id=words,
            type=st.sampled_from(InputType),
            title=words,
            placeholder=words,
            default=words,
            selections=st.lists(st.builds(ToastSelection, id=words, content=words), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    buttons=st.lists(
        st.builds(
            ToastButton,
            content=words,
            arguments=words,
            activation_type=st.sampled_from(ActivationType),
            image=words,
            is_in_context_menu=st.booleans(),
            style=st.sampled_from(ButtonStyle),
            tooltip=words,
            input_id=words,
            keeps_toast=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(toasts)
def test_every_toast_is_read_back(toast):
    """Whatever a toast says survives its XML."""
    assert toast == read_toast(to_toast_xml(toast))


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=40) | st.text("<>/toasvul ='\"", max_size=60), st.sampled_from(["", "<toast>", "<toast><visual>"])
)
def test_no_document_does_harm(middle, before):
    """Whatever text comes, it is read or refused."""
    with suppress(FormatError):
        toast, _ = inspect_toast(before + middle + before.replace("<", "</"))
        assert isinstance(toast, Toast)


def test_a_plain_toast_is_short():
    """What is not said is not written."""
    expected = (
        "<toast>\n  <visual>\n"
        '    <binding template="ToastGeneric">\n      <text>Hi &amp; bye</text>\n    </binding>\n'
        "  </visual>\n</toast>"
    )
    assert expected == to_toast_xml(Toast(title="Hi & bye"))


def test_what_is_not_part_of_the_xml_is_left_away():
    """The tag and its kin are handed over beside it."""
    plain = Toast(title="Hi")
    more = replace(plain, tag="t", group="g", expires=datetime(2026, 1, 1, tzinfo=UTC), suppress_popup=True)

    assert to_toast_xml(plain) == to_toast_xml(more)


def test_a_text_that_xml_cannot_say_is_an_error():
    """It is told, and the XML never damaged."""
    with pytest.raises(UsageError, match="XML has no way to say"):
        to_toast_xml(Toast(title="\x07"))


class TestWhatOthersWrite:
    """Toasts of modules, frameworks and scripts."""

    def test_a_module(self):
        """Texts, pictures, columns, a bound progress bar, a menu of times, buttons of three kinds."""
        toast = read_toast(MODULE, data={"heading": "Restart", "share": "0.25"})

        expected = Toast(
            title="Restart",
            lines=("Contoso VPN needs a restart",),
            attribution="Contoso IT",
            scenario=ToastScenario.REMINDER,
            launch="restart",
            activation_type=ActivationType.PROTOCOL,
            images=(
                ToastImage(
                    source=r"C:\ProgramData\Contoso\logo.png",
                    placement=ImagePlacement.APP_LOGO,
                    is_round=True,
                    alt="Contoso",
                ),
                ToastImage(source="file:///C:/ProgramData/Contoso/hero.png", placement=ImagePlacement.HERO),
            ),
            groups=(
                ToastGroup(
                    columns=(
                        ToastColumn(
                            weight=1,
                            children=(
                                ToastText(content="Uptime", style="base"),
                                ToastText(content="14 days", style="captionSubtle", align="right", wraps=True),
                            ),
                        ),
                        ToastColumn(children=(ToastImage(source=r"C:\ProgramData\Contoso\clock.png"),)),
                    )
                ),
            ),
            progress=(ToastProgress(title="Update", value=0.25, status="Waiting"),),
            inputs=(
                ToastInput(
                    id="snooze",
                    type=InputType.SELECTION,
                    title="Remind me in",
                    default="15",
                    selections=(
                        ToastSelection(id="15", content="15 minutes"),
                        ToastSelection(id="60", content="1 hour"),
                    ),
                ),
            ),
            buttons=(
                ToastButton(
                    content="Restart now", arguments="contosorestart:", activation_type=ActivationType.PROTOCOL
                ),
                ToastButton(content="", arguments="snooze", activation_type=ActivationType.SYSTEM, input_id="snooze"),
                ToastButton(content="Not today", arguments="dismiss", activation_type=ActivationType.SYSTEM),
            ),
            audio=ToastAudio(source="ms-winsoundevent:Notification.Reminder"),
            header=ToastHeader(id="it", title="Contoso IT", arguments="action=open"),
        )
        assert expected == toast
        assert [] == check_toast(MODULE, data={"heading": "Restart", "share": "0.25"})

    def test_data_that_is_missing_is_told(self):
        """The text stays as it is, the bar is empty."""
        toast, findings = inspect_toast(MODULE, data={"heading": "Restart"})

        assert ("Restart", 0.0) == (toast.title, toast.progress[0].value)
        assert ["toast/visual/binding/progress"] * 2 == [finding.where.split(", ")[1] for finding in findings]
        assert "{heading}" == read_toast(MODULE).title

    def test_a_template_of_windows_8(self):
        """Its texts are ordered by their numbers."""
        toast = read_toast(LEGACY)

        assert ("Contoso VPN", ("Installation started.",), 1) == (toast.title, toast.lines, len(toast.images))
        assert [] == check_toast(LEGACY)

    def test_a_script(self):
        """Quotes of either kind."""
        toast = read_toast(SCRIPT)

        assert ("Hi", "ok", ToastAudio(is_silent=True)) == (toast.title, toast.buttons[0].arguments, toast.audio)
        assert [] == check_toast(SCRIPT)

    def test_the_systems_own_buttons(self):
        """Snooze and dismiss, without a word of their own."""
        toast = read_toast('<toast><actions hint-systemCommands="SnoozeAndDismiss"/></toast>')

        assert [("Snooze", True, False), ("Dismiss", False, True)] == [
            (button.words, button.is_snooze, button.is_dismiss) for button in toast.buttons
        ]

    def test_what_is_not_known_is_passed_over(self):
        """Defaults stand for wrong values, and nothing for what is not there."""
        toast = read_toast(
            '<toast scenario="Reminder" duration="x" displayTimestamp="soon" useButtonStyle="no"><visual>'
            '<binding template="ToastText02"><text id="x">a</text><text>b</text><text>c</text></binding></visual>'
            '<actions><input id="a" type="number"/><action content="c" arguments="d" hint-buttonStyle="Success"/>'
            "</actions></toast>"
        )

        assert Toast(title="a", lines=("b",), buttons=(ToastButton(content="c", arguments="d"),)) == toast

    def test_a_toast_without_anything(self):
        """Windows calls one without text a new notification."""
        assert Toast(title="") == read_toast("<toast/>")
        assert (
            "New notification" == read_toast("<toast><visual><binding template='ToastGeneric'/></visual></toast>").title
        )

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("2", 1.0), ("-1", 0.0), ("nan", 0.0), ("x", 0.0), ("indeterminate", None), ("0.5", 0.5)],
    )
    def test_progress_is_between_nothing_and_all(self, value, expected):
        """Whatever is written."""
        xml = f"<toast><visual><binding><progress value='{value}' status=''/></binding></visual></toast>"

        assert expected == read_toast(xml).progress[0].value

    @pytest.mark.parametrize("weight", ["x", "²", "99999999999", ""])
    def test_a_weight_that_is_none(self, weight):
        """Counts as not given."""
        xml = f"<toast><visual><binding><group><subgroup hint-weight='{weight}'/></group></binding></visual></toast>"

        assert 0 == read_toast(xml).groups[0].columns[0].weight

    def test_a_time_without_a_zone_is_universal(self):
        """Since no other is known."""
        assert datetime(2026, 3, 2, tzinfo=UTC) == read_toast("<toast displayTimestamp='2026-03-02'/>").timestamp

    @pytest.mark.parametrize("document", ["<toast", b"\xff\xfe\x00", "<!DOCTYPE toast><toast/>"])
    def test_what_windows_refuses(self, document):
        """XML that is not well-formed."""
        for read in (read_toast, check_toast):
            with pytest.raises(FormatError, match=r"^contoso\.xml: "):
                read(document, source="contoso.xml")
