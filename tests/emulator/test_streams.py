"""The standard streams of a process."""

import pytest

from harness.emulator.streams import Input, Output


class TestInput:
    """Reading."""

    @pytest.mark.parametrize(
        ("text", "lines"),
        [("", []), ("one", ["one"]), ("one\r\ntwo\n\nthree\r\n", ["one", "two", "", "three"]), ("a\rb", ["a\rb"])],
    )
    def test_lines_come_without_their_ends(self, text, lines):
        """However they end; None at the end of all."""
        stream = Input(text)

        assert [*lines, None, None] == [stream.read_line() for _ in range(len(lines) + 2)]

    def test_the_rest_can_be_read_at_once(self):
        """And then there is nothing left."""
        stream = Input("one\r\ntwo\r\nthree")
        stream.read_line()

        assert ("two\r\nthree", "", None) == (stream.read(), stream.read(), stream.read_line())


class TestOutput:
    """Writing."""

    def test_streams_are_apart_and_together(self):
        """Together they are in the order of writing."""
        output = Output()
        output.write("one ")
        output.write_error("two ")
        output.write("three")

        assert ("one three", "two ", "one two three") == (output.stdout, output.stderr, output.combined)


class TestOfAProcess:
    """What a program sees of them."""

    def test_a_program_reads_what_it_is_given(self, finish):
        """Line by line or all at once, and writes with and without ending the line."""

        async def program(run):
            run.print(f"<{run.read_line()}>")
            run.write(run.stdin.read())
            run.write_error("!")
            return 0

        process = finish("setup.exe", program, stdin="first\r\nsecond\r\nthird")

        assert ("<first>\r\nsecond\r\nthird", "!") == (process.exit.stdout, process.exit.stderr)
        assert "<first>\r\nsecond\r\nthird!" == process.output.combined

    def test_a_child_gets_its_own_input(self, machine, finish):
        """The parent's is not handed on."""
        machine.files.write(r"C:\Package\child.exe", b"")
        seen = []

        async def child(run):
            seen.append(run.stdin.read())
            return 0

        async def parent(run):
            await run.start("child.exe").wait()
            await run.start("child.exe", stdin="given").wait()
            return 0

        machine.programs["child.exe"] = child
        finish("parent.exe", parent, stdin="parent's")

        assert ["", "given"] == seen
