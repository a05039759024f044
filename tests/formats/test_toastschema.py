"""What Windows makes of a toast's XML, one mistake at a time."""

import pytest

from harness.formats.toastschema import LARGEST_TOAST
from harness.formats.toastxml import ToastEffect, ToastFinding, check_toast

NOTHING, IGNORED, UNCERTAIN = ToastEffect.NOTHING_SHOWN, ToastEffect.PART_IGNORED, ToastEffect.UNCERTAIN
OK = "<action content='OK' arguments='ok'/>"
BACKGROUND = "<action content='OK' arguments='ok' activationType='background'/>"
STYLED = "<action content='OK' arguments='ok' hint-buttonStyle='Success'/>"


def generic(inside: str = "<text>a</text>", rest: str = "", attributes: str = "") -> str:
    """Return a toast with something in its binding, after its visual, and on its outermost element."""
    return f"<toast {attributes}>\n<visual><binding template='ToastGeneric'>{inside}</binding></visual>{rest}</toast>"


def actions(*inside: str, attributes: str = "") -> str:
    """Return a toast with such actions."""
    return generic(rest=f"<actions>{''.join(inside)}</actions>", attributes=attributes)


def menu(choices: int) -> str:
    """Return a menu of so many choices."""
    each = "".join(f"<selection id='{number}' content=''/>" for number in range(choices))
    return f"<input id='m' type='selection'>{each}</input>"


@pytest.mark.parametrize(
    ("document", "effect", "message"),
    [
        ("<Toast/>", NOTHING, "the outermost element is 'Toast'"),
        ("<toast/>", NOTHING, "line 1, toast: has no 'visual'"),
        ("<toast><visual/></toast>", NOTHING, "toast/visual: has no 'binding'"),
        ("<toast><visual><binding/></visual></toast>", NOTHING, "binding: has no attribute 'template'"),
        (
            "<toast><visual><binding template='toastgeneric'/></visual></toast>",
            NOTHING,
            "has the template 'toastgeneric' (XML is case-sensitive, write 'ToastGeneric')",
        ),
        (generic("<text/><image/>"), NOTHING, "line 2, toast/visual/binding/image: has no attribute 'src'"),
        (generic("<text/><progress value='1'/>"), NOTHING, "has no attribute 'status'"),
        (generic(rest="<header id='1' title='x'/>"), NOTHING, "toast/header: has no attribute 'arguments'"),
        (actions("<action content='x'/>"), NOTHING, "actions/action: has no attribute 'arguments'"),
        (actions(*[OK] * 6), NOTHING, "holds 6 elements 'action', at most 5 are allowed"),
        (actions(*[f"<input id='{i}' type='text'/>" for i in range(6)]), NOTHING, "holds 6 elements 'input'"),
        (actions(menu(6)), NOTHING, "holds 6 elements 'selection'"),
        (actions(OK, "<input id='a' type='text'/>"), NOTHING, "comes after an 'action'"),
        (generic(f"<text>{'x' * LARGEST_TOAST}</text>"), NOTHING, "bytes long, Windows takes 5,120"),
        (
            generic(attributes="launch='a' Launch='b'"),
            IGNORED,
            "attribute 'Launch' (XML is case-sensitive, write 'launch')",
        ),
        (generic(attributes="duration='Long'"), IGNORED, "has duration='Long' (XML is case-sensitive, write 'long')"),
        (generic(attributes="scenario='party'"), IGNORED, "has scenario='party', expected one of default, reminder"),
        (generic("<text>a<b>c</b></text>"), IGNORED, "binding/text/b: is not expected inside 'text': 'b'"),
        (generic(rest="<commands scenario='alarm'/>"), IGNORED, "is from Windows 8.1"),
        (generic().replace("</toast>", "<visual/></toast>"), IGNORED, "toast/visual[2]: is there although"),
        (generic("<text/>" * 4), IGNORED, "binding/text[4]: is a text too many, only 3"),
        (generic("<text/><image src='a' placement='hero'/>" * 2), IGNORED, "is a second picture in the place 'hero'"),
        (generic("<text/><image src='https://contoso.com/a.png'/>"), IGNORED, "is on the web"),
        (generic("<text/><progress value='70' status=''/>"), IGNORED, "has value='70', expected 0.0 to 1.0"),
        (
            "<toast><visual><binding template='ToastText01'><text>a</text><text>b</text></binding></visual></toast>",
            IGNORED,
            "the template 'ToastText01' has 1",
        ),
        (
            "<toast><visual><binding template='ToastText04'><progress value='1' status=''/></binding></visual></toast>",
            IGNORED,
            "needs the template 'ToastGeneric'",
        ),
        (
            actions(OK, "<action content='' arguments='' imageUri='a.png'/>"),
            IGNORED,
            "has no imageUri, although others",
        ),
        (actions("<button/>", OK), IGNORED, "is not expected inside 'actions': 'button'"),
        (actions(STYLED), IGNORED, "needs useButtonStyle='true'"),
        (actions("<action content='' arguments='' hint-inputId='x'/>"), IGNORED, "names the input 'x', which is not"),
        (
            actions("<action content='' arguments='Snooze' activationType='system'/>"),
            IGNORED,
            "asks the system for 'Snooze', expected 'snooze' or 'dismiss'",
        ),
        (
            actions(
                "<input id='m' type='selection'><selection id='1h' content='1 hour'/></input>",
                "<action content='' arguments='snooze' activationType='system' hint-inputId='m'/>",
            ),
            IGNORED,
            "has the id '1h', expected the minutes",
        ),
        (actions("<input id='a' type='text'/>" * 2), IGNORED, "has the id 'a', which another input has too"),
        (actions("<input id='a' type='selection' defaultInput='x'/>"), IGNORED, "has defaultInput='x', which is none"),
        (actions(menu(2).replace("'selection'", "'text'")), IGNORED, "is a text box with choices"),
        (actions("<input id='a' type='number'/>"), IGNORED, "has type='number', expected one of text, selection"),
        (generic(attributes="scenario='alarm'"), IGNORED, "has scenario='alarm' and no button"),
        (generic(attributes="displayTimestamp='soon'"), IGNORED, "expected a time in ISO 8601"),
        (generic(rest="<audio loop='true'/>"), IGNORED, "has loop='true', which needs duration='long'"),
        (generic(rest="<audio src='C:\\ding.wav'/>"), IGNORED, "which Windows does not have"),
        (generic(""), UNCERTAIN, "has no text; Windows writes 'New notification'"),
        (generic("<text>{name}</text>"), UNCERTAIN, "is bound to data that is not there"),
        (actions(OK, attributes="scenario='reminder'"), UNCERTAIN, "only buttons that bring the app to the front"),
        (generic(attributes="displayTimestamp='2026-03-02T08:00:00'"), UNCERTAIN, "without a time zone"),
    ],
)
def test_a_mistake_is_found(document, effect, message):
    """Where it is, what it is, and what it costs; nothing else is found."""
    (finding,) = check_toast(document)

    assert message in str(finding)
    assert effect is finding.effect


@pytest.mark.parametrize(
    "document",
    [
        generic("<text hint-maxLines='1' lang='de'>a</text>" * 3 + "<text placement='attribution'>b</text>"),
        generic("<text/><progress value='indeterminate' status='a'/><progress value='.5' status=''/>"),
        actions(BACKGROUND, attributes="scenario='reminder'"),
        actions(OK.replace("/>", " activationType='protocol'/>"), attributes="scenario='alarm'"),
        generic(rest="<actions hint-systemCommands='SnoozeAndDismiss'/>", attributes="scenario='reminder'"),
        generic(attributes="scenario='incomingCall'"),
        generic(
            rest="<audio src='ms-winsoundevent:Notification.Looping.Alarm10' loop='true'/>",
            attributes="duration='long'",
        ),
        generic(rest="<audio src='ms-appx:///a.mp3'/>", attributes="displayTimestamp='2026-03-02T08:00:00Z'"),
        actions(STYLED, attributes="useButtonStyle='true'"),
        actions("<input id='a' type='text'/>", OK.replace("/>", " hint-inputid='a'/>")),
        actions(menu(5), "<action content='' arguments='snooze' activationType='system' hint-inputId='m'/>"),
        "<toast><visual><binding template='ToastImageAndText03'><image id='1' src=''/></binding></visual></toast>",
    ],
)
def test_what_windows_shows_is_not_complained_about(document):
    """Documented and common ways to write a toast."""
    assert [] == check_toast(document)


def test_mistakes_are_told_in_order():
    """Those of elements first, from the top of the document."""
    document = generic("<text/><image/>", "<actions><action/></actions>", "x='1'")

    assert [1, 2, 2, 2] == [int(finding.where.split()[1].rstrip(",")) for finding in check_toast(document)]


def test_a_finding_says_what_it_costs():
    """In one sentence."""
    finding = ToastFinding("line 3, toast/visual", "is there although a toast has only one")

    assert "line 3, toast/visual: is there although a toast has only one, and that part is ignored" == str(finding)
