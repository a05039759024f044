"""Toasts as values, and how they are drawn."""

import re
import textwrap
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.toastdrawing import draw_html, draw_text
from harness.model.toasts import (
    ActivationType,
    ButtonStyle,
    ImagePlacement,
    InputType,
    Toast,
    ToastAnswer,
    ToastButton,
    ToastColumn,
    ToastGroup,
    ToastImage,
    ToastInput,
    ToastKind,
    ToastProgress,
    ToastResponse,
    ToastScenario,
    ToastSelection,
    ToastText,
)

LATER = ToastButton(content="Later", arguments="later")


def full(text: str) -> Toast:
    """Return a toast that says something in every place."""
    return Toast(
        title=text,
        app_name=text,
        lines=(text, text, "the third line"),
        attribution=text,
        images=tuple(ToastImage(source=text, placement=place, alt=text, is_round=True) for place in ImagePlacement),
        groups=(
            ToastGroup(columns=(ToastColumn(children=(ToastText(content=text), ToastImage(source=rf"C:\{text}"))),)),
        ),
        progress=(ToastProgress(status=text, value=0.5, title=text), ToastProgress(status=text, value=None)),
        inputs=(
            ToastInput(id="a", title=text, placeholder=text),
            ToastInput(
                id="b", type=InputType.SELECTION, default="1", selections=(ToastSelection(id="1", content=text),)
            ),
        ),
        buttons=(
            ToastButton(content=text, arguments="x", style=ButtonStyle.CRITICAL, tooltip=text),
            ToastButton(content=text, arguments="x", input_id="a"),
            ToastButton(content="in the menu", arguments="x", is_in_context_menu=True),
        ),
    )


class TestStaying:
    """What keeps a toast on the screen."""

    def test_it_follows_from_the_scenario(self):
        """Reminders, alarms and calls ask to stay."""
        asks = [one for one in ToastScenario if Toast(title="x", scenario=one).stays]

        assert [ToastScenario.REMINDER, ToastScenario.ALARM, ToastScenario.INCOMING_CALL] == asks
        assert not Toast(title="x", scenario=ToastScenario.URGENT, stays=True).stays

    def test_to_ask_for_it_makes_a_reminder(self):
        """Unless another scenario was given."""
        assert ToastScenario.REMINDER is Toast(title="x", stays=True).scenario
        assert ToastScenario.ALARM is Toast(title="x", stays=True, scenario=ToastScenario.ALARM).scenario

    @pytest.mark.parametrize(
        ("scenario", "bare", "with_button"),
        [("default", False, False), ("reminder", False, True), ("alarm", False, True), ("incomingCall", True, True)],
    )
    def test_windows_wants_a_button(self, scenario, bare, with_button):
        """A call needs none."""
        toast = Toast(title="x", scenario=ToastScenario(scenario))

        assert (bare, with_button) == (toast.stays_on_screen, replace(toast, buttons=(LATER,)).stays_on_screen)


class TestParts:
    """Buttons and progress bars."""

    @pytest.mark.parametrize(
        ("button", "words"),
        [
            (LATER, "Later"),
            (ToastButton(content="", arguments="snooze", activation_type=ActivationType.SYSTEM), "Snooze"),
            (ToastButton(content="", arguments="dismiss", activation_type=ActivationType.SYSTEM), "Dismiss"),
            (ToastButton(content="", arguments="snooze", tooltip="Call"), "Call"),
        ],
    )
    def test_what_a_button_says(self, button, words):
        """Its content, or what Windows or the tooltip puts there."""
        assert words == button.words

    @pytest.mark.parametrize(
        ("bar", "words"),
        [
            (ToastProgress(status="", value=0.7), "70%"),
            (ToastProgress(status="", value=None), ""),
            (ToastProgress(status="", value=0.7, value_text="7 of 10"), "7 of 10"),
        ],
    )
    def test_what_a_bar_says(self, bar, words):
        """A percentage, or what is said instead."""
        assert words == bar.value_words

    def test_whose_a_toast_is(self):
        """All kinds but one are the agent's."""
        assert [ToastKind.OTHER] == [kind for kind in ToastKind if not kind.is_of_agent]

    def test_an_answer_has_what_was_entered(self):
        """Answers compare by it; they can be in sets all the same."""
        assert not Toast(title="x").kind.is_about_restart
        one = ToastResponse(answer=ToastAnswer.CLICKED, inputs={"a": "1"})

        assert one != ToastResponse(answer=ToastAnswer.CLICKED)
        assert {one} == {ToastResponse(answer=ToastAnswer.CLICKED, inputs={"a": "1"})}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data):
        self.words.append(data)


def read(html: str) -> _Reader:
    """Return what a browser makes of HTML."""
    reader = _Reader()
    reader.feed(html)
    return reader


class TestHtml:
    """Drawn for a notebook."""

    def test_everything_the_user_sees_is_there(self):
        """Not what is behind a right click, nor a third line."""
        html = full("Words")._repr_html_()

        assert 18 == [word.strip() for word in read(html).words].count("Words")
        assert "the third line" not in html
        assert "in the menu" not in html
        assert 'class="button Critical" title="Words"' in html

    @settings(max_examples=30, deadline=None)
    @given(st.text(max_size=10) | st.sampled_from(["<script>alert(1)</script>", '" onload="x', "</style>", "'"]))
    def test_no_text_gets_out_of_its_place(self, text):
        """Elements and attributes are ours, and nothing is fetched."""
        reader = read(draw_html(full(text), note=text))

        assert {"style", "div", "span", "b"} == set(reader.tags)
        assert {"class", "style", "title", "role", "aria-hidden"} == reader.attributes
        assert not re.search(r"url\(|@import|https?:", "".join(reader.words[:1]))

    def test_light_and_dark(self):
        """As the reader's screen is."""
        assert "prefers-color-scheme:dark" in Toast(title="x")._repr_html_()

    def test_who_it_is_from(self):
        """The agent's attribution is in the bar, another app's name; an app without a name is an app."""
        agents = Toast(kind=ToastKind.SUCCESS, title="x", attribution="Contoso IT")

        for toast, sender in (
            (agents, "Contoso IT"),
            (replace(agents, attribution=""), "Microsoft Intune Management Extension"),
            (Toast(title="x", app_name="VPN", attribution="small"), "VPN"),
            (Toast(title="x"), "An app"),
        ):
            assert f"<b>{sender}</b>" in draw_html(toast)
            assert f"▣ {sender} " in draw_text(toast)
        assert draw_html(agents).count("Contoso IT") == 1


class TestLetters:
    """Drawn for a terminal."""

    def test_a_restart(self):
        """A box with its words and buttons."""
        toast = Toast(
            kind=ToastKind.RESTART_REQUIRED,
            title="Contoso VPN: restart required",
            lines=("Restart this device to finish the installation, please, before the end of the day.",),
            buttons=(ToastButton(content="Restart now", arguments="r"), LATER),
        )

        assert textwrap.dedent("""\
            ╭──────────────────────────────────────────────────────────╮
            │ ▣ Microsoft Intune Management Extension           ···  ✕ │
            │                                                          │
            │ Contoso VPN: restart required                            │
            │ Restart this device to finish the installation, please,  │
            │ before the end of the day.                               │
            │                                                          │
            │ [ Restart now ]  [ Later ]                               │
            ╰──────────────────────────────────────────────────────────╯
              answered""") == draw_text(toast, note="answered")
        assert draw_text(toast) == toast.drawn()

    def test_everything_the_user_sees_is_there(self):
        """Pictures by their words, bars, boxes and menus."""
        drawn = full("Words").drawn()

        assert 4 == drawn.count("⟦ Words ⟧")
        assert f"│ {'█' * 28}{'░' * 28} │" in drawn
        assert re.search(r"\[ Words_+ \].*\[ Words_+ ▾ \]", drawn, re.DOTALL)
        assert "in the menu" not in drawn

    @settings(max_examples=40, deadline=None)
    @given(
        st.text(max_size=70)
        | st.sampled_from(["\x1b[31mred", "a\nb", "更新" * 40, "e\u0301" * 80, "\u202eabc", "x" * 9_000])
    )
    def test_the_box_is_straight_and_harmless(self, text):
        """Whatever a text holds, no line is longer and nothing moves the cursor."""
        lines = full(text).drawn().split("\n")

        assert all(line[0] in "╭│╰" and line[-1] in "╮│╯" for line in lines)
        assert all(character.isprintable() for line in lines for character in line)

    def test_wide_letters_take_two_places(self):
        """And marks on letters none."""
        wide, plain = (draw_text(Toast(title=title)).split("\n")[3] for title in ("更新e\u0301", "abcde"))

        assert len(plain) - 2 + 1 == len(wide)

    def test_many_buttons_take_more_rows(self):
        """As many as fit stand beside each other."""
        buttons = tuple(ToastButton(content=f"Button number {number}", arguments="") for number in range(4))

        rows = [line for line in draw_text(Toast(title="x", buttons=buttons)).split("\n") if "[" in line]
        assert [2, 2] == [row.count("[") for row in rows]
