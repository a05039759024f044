"""Parsing PowerShell 5.1, dense one-liners included."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.powershell.cursor import ScriptSyntaxError
from harness.emulator.powershell.expressions import (
    ArrayLiteral,
    Binary,
    Cast,
    ExpandableText,
    Expression,
    Hashtable,
    Index,
    Invocation,
    Member,
    Number,
    Paren,
    Postfix,
    ScriptBlockExpression,
    SubExpression,
    Text,
    TypeLiteral,
    Unary,
    Variable,
)
from harness.emulator.powershell.parser import parse_script
from harness.emulator.powershell.statement_printing import print_script
from harness.emulator.powershell.statements import (
    Assignment,
    Command,
    CommandExpression,
    CommandParameter,
    Flow,
    ForEach,
    Function,
    If,
    Pipeline,
    Switch,
    Try,
)


def statements(script: str) -> tuple[object, ...]:
    """Return the statements of a script."""
    block = parse_script(script)
    return block.end.statements if block.end else ()


def statement(script: str) -> object:
    """Return the only statement of a script."""
    (found,) = statements(script)
    return found


def value(script: str) -> Expression:
    """Return the expression that a script is."""
    found = statement(script)
    assert isinstance(found, Pipeline)
    (element,) = found.elements
    assert isinstance(element, CommandExpression)
    return element.expression


def command(script: str) -> Command:
    """Return the command that a script is."""
    found = statement(script)
    assert isinstance(found, Pipeline)
    (element,) = found.elements
    assert isinstance(element, Command)
    return element


def shape(node: Expression) -> str:  # noqa: PLR0911 - one a kind
    """Return an expression with brackets around every operation."""
    match node:
        case Binary(operator=operator, left=left, right=right):
            return f"({shape(left)} {operator} {shape(right)})"
        case Unary(operator=operator, operand=operand):
            return f"({operator} {shape(operand)})"
        case Postfix(operator=operator, operand=operand):
            return f"({shape(operand)} {operator})"
        case ArrayLiteral(items=items):
            return "{" + " ".join(map(shape, items)) + "}"
        case Cast(type=type_, operand=operand):
            return f"<{type_.name}>{shape(operand)}"
        case TypeLiteral(type=type_):
            return f"<{type_.name}>"
        case Member(target=target, name=name):
            return f"{shape(target)}.{shape(name)}"
        case Index(target=target, index=index):
            return f"{shape(target)}[{shape(index)}]"
        case Variable(name=name):
            return f"${name}"
        case Number(text=text):
            return text
        case Text(value=text):
            return text
        case _:
            return type(node).__name__


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("$a-eq$b", "($a -eq $b)"),
        ("$a-eq4", "($a -eq 4)"),
        ("$_.s-ge5mb", "($_.s -ge 5mb)"),
        ("$a-eq'.'", "($a -eq .)"),
        ("$x-as[guid]-is[guid]", "(($x -as <guid>) -is <guid>)"),
        ("$a-and![bool]$b", "($a -and (-not <bool>$b))"),
        ("-not $a -eq $b", "((-not $a) -eq $b)"),
        ("!$s.b-and$c", "((-not $s.b) -and $c)"),
        ("$a -or $b -and $c", "(($a -or $b) -and $c)"),
        ("1+2*3", "(1 + (2 * 3))"),
        ("1,2+3", "({1 2} + 3)"),
        ("'{0}{1}' -f 'a','b'", "({0}{1} -f {a b})"),
        ("1..3+4", "((1 .. 3) + 4)"),
        ("-1,2", "{(- 1) 2}"),
        ("[int]1,2", "{<int>1 2}"),
        ("$a -band 1 -eq 1", "($a -band (1 -eq 1))"),
        ("$i++", "($i ++)"),
        ("$i ++", "($i ++)"),
        ("++$i", "(++ $i)"),
        ("$a[0].b", "$a[0].b"),
        ("[int]::MaxValue", "<int>.MaxValue"),
        ("$a.'b c'", "$a.b c"),
        ("$_.$k", "$_.$k"),
        ("-join $x", "(-join $x)"),
        ("$x -join ','", "($x -join ,)"),
        ("$a -creplace 'x'", "($a -creplace x)"),
        ("'.0'*3", "(.0 * 3)"),
        ("$a \u2013eq $b", "($a -eq $b)"),
        (",1", "(, 1)"),
        ("- -5", "(- (- 5))"),
        ("[string[]]$x", "<string>$x"),
        ("$a -eq 1 -or\n$b", "(($a -eq 1) -or $b)"),
    ],
)
def test_operators_bind_as_in_powershell(script: str, expected: str) -> None:
    """Precedence, dense dash words, casts and unary operators; learn.microsoft.com, about_Operator_Precedence."""
    assert expected == shape(value(script))


@pytest.mark.parametrize(
    ("text", "number", "is_long"),
    [
        ("5mb", 5 * 2**20, False),
        ("4gb", 4 * 2**30, True),
        ("0x10", 16, False),
        ("0xFFFFFFFF", -1, False),
        ("0xFFFFFFFFF", 0xFFFFFFFFF, True),
        ("10l", 10, True),
        ("2147483648", 2147483648, True),
        ("1.5", 1.5, False),
        ("1.5kb", 1536.0, False),
        ("1e3", 1000.0, False),
        (".5", 0.5, False),
        ("1.", 1.0, False),
    ],
)
def test_numbers_have_their_types(text: str, number: float, is_long: bool) -> None:  # noqa: FBT001
    """Suffixes, multipliers and sizes decide about a number; learn.microsoft.com, about_Numeric_Literals."""
    found = value(text)
    assert isinstance(found, Number)
    assert (number, type(number), is_long) == (found.value, type(found.value), found.is_long)


class TestTexts:
    """Quotes, escapes and what expands."""

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("'it''s'", "it's"),
            ('"a`tb`"c""d`q"', 'a\tb"c"dq'),
            ("@'\nline 'one'\n\"two\"\n'@", "line 'one'\n\"two\""),
            ("@'\r\na\r\nb\r\n'@", "a\r\nb"),
            ("@'\n'@", ""),
            ('"$"', "$"),
            ('"50$ "', "50$ "),
            ("\u2018curly\u2019", "curly"),
        ],
    )
    def test_plain(self, script: str, expected: str) -> None:
        """A text without variables has its value at once; learn.microsoft.com, about_Quoting_Rules."""
        found = value(script)
        assert isinstance(found, Text)
        assert expected == found.value

    def test_expandable(self) -> None:
        """Variables and subexpressions stand out; a property is text, as only simple references expand."""
        found = value('"a $b.c ${d e} $($f.g) $env:TEMP`:x"')

        assert isinstance(found, ExpandableText)
        kinds = [part if isinstance(part, str) else shape(part) for part in found.parts]
        assert ["a ", "$b", ".c ", "$d e", " ", "SubExpression", " ", "$TEMP", ":x"] == kinds

    def test_nested_quotes_in_a_subexpression(self) -> None:
        """Inside `$( )` quotes need no escapes."""
        found = value('"x $(if ($a) { "y $("z")" })"')

        assert isinstance(found, ExpandableText)
        assert isinstance(found.parts[1], SubExpression)

    def test_drive_without_a_name(self) -> None:
        """A colon behind a variable is taken for a drive; the message says how to write it."""
        with pytest.raises(ScriptSyntaxError, match=r"\$\{h\}:"):
            parse_script('"$h:\\x"')


class TestCommands:
    """Argument mode; learn.microsoft.com, about_Parsing."""

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("echo 2+2", ["2+2"]),
            ("echo (2+2)", ["Paren"]),
            ("echo a#b #c", ["a#b"]),
            ("echo a,b , c", ["{a b c}"]),
            ("echo $HOME.Length-more", ["$HOME.Length", "-more"]),
            ("echo a$a", ["a$a"]),
            ('echo a"b c"d', ["ab cd"]),
            ("echo $a/b", ["$a/b"]),
            ("echo $env:TEMP\\x", ["$TEMP\\x"]),
            ("echo -Recurse:$false x", ["-Recurse:$false", "x"]),
            ("echo 007 5mb 7z -5", ["007", "5mb", "7z", "(- 5)"]),
            ("echo *.txt [a-z]*", ["*.txt", "[a-z]*"]),
            ("echo $appid --exact", ["$appid", "--exact"]),
            ('cmd --% /c %X% "a', ['--% /c %X% "a']),
            ("echo `\n x", ["x"]),
            ("echo {a} @{b=1} @(1)", ["ScriptBlockExpression", "Hashtable", "ArrayExpression"]),
            ("echo @args", ["$args"]),
        ],
    )
    def test_arguments(self, script: str, expected: list[str]) -> None:
        """Bare words, numbers, variables with what follows them, parameters and lists."""

        def shown(element: CommandParameter | Expression) -> str:
            if isinstance(element, CommandParameter):
                return f"-{element.name}" + (f":{shape(element.argument)}" if element.argument else "")
            if isinstance(element, ExpandableText):
                return "".join(part if isinstance(part, str) else shape(part) for part in element.parts)
            return shape(element)

        assert expected == [shown(element) for element in command(script).elements]

    @pytest.mark.parametrize(
        ("script", "operator", "name"),
        [
            (". .\\x.ps1", ".", ".\\x.ps1"),
            (".\\x.ps1", "", ".\\x.ps1"),
            ("& 'a b.exe' 1", "&", "a b.exe"),
            ("&$x.Path /s", "&", "$x.Path"),
            ("%{$_}", "", "%"),
            ("?{$_}", "", "?"),
            ("7z x", "", "7z"),
            ("ForEach-Object x", "", "ForEach-Object"),
        ],
    )
    def test_names(self, script: str, operator: str, name: str) -> None:
        """What is called, and whether it is called by an operator."""
        found = command(script)
        assert (operator, name) == (found.operator, shape(found.name))

    def test_redirections(self) -> None:
        """Streams go to files or into each other, behind commands and values."""
        found = command("foo 2>$null 3>&1 *>> all.log")
        assert [(2, False, 0), (3, False, 1), (0, True, 0)] == [
            (one.stream, one.appends, one.merge) for one in found.redirections
        ]
        assert 1 == len(statement("($x) *> $null").elements[0].redirections)  # type: ignore[attr-defined]

    def test_calculated_properties_among_bare_words(self) -> None:
        """The shape of machine-written one-liners parses: hashtables and bare words in one list."""
        (first, where, select) = statement(
            "gp $k -ea Si|?{$_.Name-like\"*x*\"}|select @{n='a';e={$_.b}},name,@{l='c';e={($_.d)/1MB}}"
        ).elements  # type: ignore[attr-defined]

        assert ["gp", "?", "select"] == [shape(part.name) for part in (first, where, select)]
        (items,) = select.elements
        assert [Hashtable, Text, Hashtable] == [type(item) for item in items.items]

    def test_method_with_a_block(self) -> None:
        """A brace directly behind a member's name is its argument."""
        found = value("$x.Where{$_}")
        assert isinstance(found, Invocation)
        assert isinstance(found.arguments[0], ScriptBlockExpression)


class TestStatements:
    """Keywords, blocks, and where statements end."""

    @pytest.mark.parametrize(
        ("script", "kinds"),
        [
            ("if($a){1}elseif($b){2}else{3}$c", [If, Pipeline]),
            ("$x=if($a){1};$y", [Assignment, Pipeline]),
            ("foreach($a in 1,2){$a}'x'|out-null", [ForEach, Pipeline]),
            ("try{1}catch [IO.IOException],[Exception]{2}finally{3}return$x", [Try, Flow]),
            ("switch -regex ($x){'^a'{1}default{2}}", [Switch]),
            ("function f{param($a)$a};f 1", [Function, Pipeline]),
            ("exit 1", [Flow]),
            ("$a\r$b\n$c\r\n$d", [Pipeline] * 4),
            ("<# all\nof it #>", []),
            ("($x=5)", [Pipeline]),
        ],
    )
    def test_kinds(self, script: str, kinds: list[type]) -> None:
        """Keywords need no blanks around them; a statement may follow a block directly."""
        assert kinds == [type(one) for one in statements(script)]

    def test_assignment_in_brackets(self) -> None:
        """An assignment in round brackets is a value."""
        found = value("($x=5)")
        assert isinstance(found, Paren)
        assert isinstance(found.body, Assignment)

    def test_tree_of_a_lone_carriage_return(self) -> None:
        """A carriage return alone ends a comment."""
        assert 1 == len(statements("# note\r$x"))

    def test_order_mark_does_not_count(self) -> None:
        """A byte order mark at the beginning is no part of the script."""
        assert parse_script("$x") == parse_script("\ufeff$x")


@pytest.mark.parametrize(
    ("script", "place", "words"),
    [
        ("if ($a { }", "line 1, column 8", "end of a condition"),
        ("\n\n'abc", "line 3, column 1", "never ends"),
        ("$a = \n)", "line 2, column 1", "expected"),
        ("@{a=1 b=2}", "line 1, column 7", "behind"),
        ("a && b", "line 1, column 3", "behind"),
        ("$x = 1 2", "line 1, column 8", "behind a complete statement"),
        ("1 = 2", "line 1, column 1", "assigned"),
        ("try { }", "line 1, column 1", "catch"),
        ("'a' | 'b'", "line 1, column 7", "only the first part"),
        ("<# x", "line 1, column 1", "never ends"),
        ("foo < bar", "line 1, column 5", "reserved"),
        ("}", "line 1, column 1", "closes"),
        (":x foo", "line 1, column 1", "no loop"),
        ("(" * 500, "line 1, column", "open at once"),
        ("@'x\n'@", "line 1, column 3", "line below"),
        ("foreach (1 in 2) { }", "line 1, column 10", "variable"),
        ("$x = @y", "line 1, column 6", "hands items"),
    ],
)
def test_mistakes_name_their_place(script: str, place: str, words: str) -> None:
    """A script that does not parse says where and what was expected."""
    with pytest.raises(ScriptSyntaxError, match=words) as caught:
        parse_script(script, "detect.ps1")
    assert f"detect.ps1: {place}" in str(caught.value)


PIECES = r"""
    $a $b.c 'x' "y$z" 1 5mb 0x1F ( ) { } [ ] @( @{ $( = -eq -not -join , ; | & . :: .. + - * / % ! foo -bar
    if else foreach in function param return try catch switch default [int] [string[]] # ` @' '@ 2>&1 > $ _ ~
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["\n", *PIECES.split()]), max_size=25), st.sampled_from(["", " "]))
def test_anything_parses_or_says_where_not(pieces: list[str], between: str) -> None:
    """No text makes the parser fail in another way; and what parses is written so that it parses to the same tree."""
    try:
        tree = parse_script(between.join(pieces))
    except ScriptSyntaxError as error:
        where = error.problems[0].where
    else:
        where = "line" if tree == parse_script(print_script(tree)) else "another tree"
    assert where.startswith("line")
