"""Rows about statements, functions, scopes and errors."""

from tests.emulator.powershell.conformance.rows import row

SWITCH = "about_Switch"
TRY = "about_Try_Catch_Finally"
FUNCTIONS = "about_Functions"
ADVANCED = "about_Functions_Advanced_Parameters"
SCOPES = "about_Scopes"
EXIT = "about_PowerShell_exe"

ROWS = (
    row("if (1 -gt 2) { 'a' } elseif (2 -gt 1) { 'b' } else { 'c' }", "b", source="about_If"),
    row("$x = if ($true) { 1 } else { 2 }; $x", "1", source="about_If"),
    row("foreach ($i in 1..3) { if ($i -eq 2) { continue }; $i }", "1", "3", source="about_Foreach"),
    row("foreach ($i in 1..5) { if ($i -eq 3) { break }; $i }", "1", "2", source="about_Break"),
    row("foreach ($i in $null) { 'x' }; foreach ($i in 'a',$null) { 'y' }", "y", "y", source="about_Foreach"),
    row("for ($i = 0; $i -lt 3; $i++) { $i }", "0", "1", "2", source="about_For"),
    row("$i = 0; while ($i -lt 2) { $i; $i++ }", "0", "1", source="about_While"),
    row("$i = 0; do { $i; $i++ } until ($i -ge 2); do { $i } while ($false)", "0", "1", "2", source="about_Do"),
    row(
        ':outer foreach ($i in 1,2) { foreach ($j in 1,2) { if ($j -eq 2) { continue outer }; "$i$j" } }',
        "11",
        "21",
        source="about_Continue",
    ),
    row(":o while ($true) { while ($true) { break o } }; 'out'", "out", source="about_Break"),
    row("$r = foreach ($i in 1..3) { $i * 2 }; $r.Count", "3", source="about_Foreach"),
    row("switch (2) { 1 { 'a' } 2 { 'b' } 2 { 'c' } default { 'd' } }", "b", "c", source=SWITCH),
    row("switch (2) { 1 { 'a' } 2 { 'b'; break } 2 { 'c' } }", "b", source=SWITCH),
    row("switch ('x') { 'y' { 1 } default { 'd' } }", "d", source=SWITCH),
    row("switch (1,2) { 1 { 'one' } 2 { 'two' } }", "one", "two", source=SWITCH),
    row("switch -Wildcard ('abc') { 'a*' { 'w' } }", "w", source=SWITCH),
    row("switch -Regex ('abc') { '^a(.)' { $Matches[1] } }", "b", source=SWITCH),
    row("switch -CaseSensitive ('A') { 'a' { 1 } 'A' { 2 } }", "2", source=SWITCH),
    row("switch (5) { { $_ -gt 3 } { 'big' } }", "big", source=SWITCH),
    row("switch ($true) { ($true) { 't' } }", "t", source=SWITCH),
    row("function f { 'x'; return 1; 'y' }; f", "x", "1", source="about_Return"),
    row('function f($a, $b = 2) { "$a-$b" }; f 1; f -b 5 -a 4; f 1 3', "1-2", "4-5", "1-3", source=FUNCTIONS),
    row("function f { param([int]$n) $n.GetType().Name }; f '5'", "Int32", source=FUNCTIONS),
    row("function f { $args.Count; $args[1] }; f a b c", "3", "b", source=FUNCTIONS),
    row("function f([switch]$s) { $s.IsPresent; [bool]$s }; f -s", "True", "True", source=FUNCTIONS),
    row("function f([switch]$s) { [bool]$s }; f; f -s:$false", "False", "False", source=FUNCTIONS),
    row("function f { param($LongName) $LongName }; f -Long 7", "7", source="about_Parameters"),
    row("function f { process { $_ * 2 } }; 1,2 | f", "2", "4", source=FUNCTIONS),
    row("filter f { $_ + 1 }; 1,2 | f", "2", "3", source=FUNCTIONS),
    row("function f { begin { 'b' } process { $_ } end { 'e' } }; 1,2 | f", "b", "1", "2", "e", source=FUNCTIONS),
    row("function f { $input | ForEach-Object { $_ } }; 1,2 | f", "1", "2", source=FUNCTIONS),
    row("function f { param([Parameter(Mandatory)][string]$n) $n }; f -n x", "x", source=ADVANCED),
    row(
        'function f { [CmdletBinding()] param([Parameter(ValueFromPipeline)]$x) process { "<$x>" } }; 1,2 | f',
        "<1>",
        "<2>",
        source=ADVANCED,
    ),
    row(
        "function f { param([Parameter(ValueFromPipelineByPropertyName)]$Name) process { $Name } }; "
        "[pscustomobject]@{Name='q'} | f",
        "q",
        source=ADVANCED,
    ),
    row("function f { param([ValidateSet('a','b')]$x) $x }; f a", "a", source=ADVANCED),
    row(
        "function f { param([ValidateSet('a','b')]$x) $x }; f c",
        source=ADVANCED,
        error='The argument "c" does not belong to the set "a,b" specified by the ValidateSet attribute.',
    ),
    row("function f { param([Alias('nm')]$Name) $Name }; f -nm 1", "1", source=ADVANCED),
    row(
        "function f { [CmdletBinding()] param($a) }; f 1 2",
        source=ADVANCED,
        error="A positional parameter cannot be found that accepts argument '2'.",
    ),
    row(
        "function f { param([Parameter(Mandatory)]$n) }; f",
        source=ADVANCED,
        error="Cannot process command because of one or more missing mandatory parameters: n.",
    ),
    row(
        "Get-Item -Nope x",
        source="about_Parameters",
        error="A parameter cannot be found that matches parameter name 'Nope'.",
    ),
    row("try { Write-Output 'x' -Level INFO } catch { 'caught' }", "caught", source="about_Parameters"),
    row('$h = @{a=1;b=2}; function f($a,$b) { "$a$b" }; f @h; $l = 3,4; f @l', "12", "34", source="about_Splatting"),
    row("function f { $x = 1 }; $x = 0; f; $x", "0", source=SCOPES),
    row("function f { $script:x = 1 }; $x = 0; f; $x", "1", source=SCOPES),
    row("function f { $x }; $x = 7; f", "7", source=SCOPES),
    row("$x = 1; & { $x = 2 }; $x; . { $x = 3 }; $x", "1", "3", source=SCOPES),
    row("1..2 | ForEach-Object { $n += $_ }; $n", "3", source=SCOPES),
    row("$b = { param($x) $x * 2 }; & $b 4; $b.Invoke(5)", "8", "10", source="about_Script_Blocks"),
    row(
        "$env:FOO = 'bar'; $env:FOO; $env:FOO = ''; Test-Path env:FOO",
        "bar",
        "False",
        source="about_Environment_Variables",
    ),
    row(
        "function fact($n) { if ($n -le 1) { 1 } else { $n * (fact ($n - 1)) } }; fact 10", "3628800", source=FUNCTIONS
    ),
    row("function d($n) { if ($n -eq 0) { 0 } else { 1 + (d ($n - 1)) } }; d 200", "200", source=FUNCTIONS),
    row("try { throw 'x' } catch { \"c:$_\" } finally { 'f' }", "c:x", "f", source=TRY),
    row("try { 1 } finally { 2 }", "1", "2", source=TRY),
    row("try { [int]'a' } catch [System.InvalidCastException] { 'ice' } catch { 'other' }", "ice", source=TRY),
    row("try { 1/0 } catch [System.DivideByZeroException] { 'dz' }", "dz", source=TRY),
    row(
        "try { Get-Item C:\\nope -ErrorAction Stop } catch [System.Management.Automation.ItemNotFoundException] { "
        "'inf' }",
        "inf",
        source=TRY,
    ),
    row("try { Get-Item C:\\nope -ea SilentlyContinue; 'after' } catch { 'c' }", "after", source=TRY),
    row(
        "$ErrorActionPreference='Stop'; try { Get-Item C:\\nope } catch { 'c' }",
        "c",
        source="about_Preference_Variables",
    ),
    row("try { nosuchcmd } catch { $_.FullyQualifiedErrorId }", "CommandNotFoundException", source=TRY),
    row("try { try { throw 'a' } catch { throw } } catch { \"o:$_\" }", "o:a", source="about_Throw"),
    row(
        "try { throw [System.ArgumentException]'bad' } catch [System.ArgumentException] { $_.Exception.Message }",
        "bad",
        source="about_Throw",
    ),
    row("function f { try { return 1 } finally { 'f' } }; f", "1", "f", source=TRY),
    row("trap { 'trapped'; continue }; throw 'x'; 'next'", "trapped", "next", source="about_Trap"),
    row(
        "Get-Item C:\\nope -ea 0; $Error.Count; $Error[0].CategoryInfo.Category",
        "1",
        "ObjectNotFound",
        source="about_Automatic_Variables",
    ),
    row("Get-Item C:\\nope -ea Ignore; $Error.Count", "0", source="about_CommonParameters"),
    row("Get-Item C:\\nope -ea SilentlyContinue; $?", "False", source="about_Automatic_Variables"),
    row(
        "[int]'x'; 'goes on'",
        "goes on",
        source="about_Error_Handling",
        error="Input string was not in a correct format.",
    ),
    row(
        "Get-Item C:\\nope; 'on'",
        "on",
        source="about_Error_Handling",
        error="Cannot find path 'C:\\nope' because it does not exist.",
    ),
    row("throw 'bad'; 'not here'", source="about_Throw", error="FullyQualifiedErrorId : bad", code=1),
    row(
        "$ErrorActionPreference='Stop'; Get-Item C:\\nope; 'no'",
        source="about_Preference_Variables",
        error="nope",
        code=1,
    ),
    row("$ErrorActionPreference='SilentlyContinue'; throw 'x'; 'on'", "on", source="memory"),
    row("Write-Error 'oops'; 'on'", "on", source="Write-Error", error="WriteErrorException"),
    row("try { Write-Error 'e' -ea Stop } catch { \"$_\" }", "e", source="Write-Error"),
    row("exit 5", code=5, source=EXIT),
    row("exit", code=0, source=EXIT),
    row("function f { exit 3 }; f; 'no'", code=3, source=EXIT),
    row("'a'; exit 0; 'b'", "a", source=EXIT),
    row("exit -1", code=0xFFFFFFFF, source=EXIT),
    row("exit 'x'", code=0, source="about_Language_Keywords"),
    row("try { exit 4 } finally { 'f' }", "f", code=4, source=TRY),
    row("if (", source=EXIT, error="ParserError", code=1),
    row("'a'; return; 'b'", "a", source="about_Return"),
    row("break; 'x'", source="memory"),
    row("1..3 | ForEach-Object { if ($_ -eq 2) { return }; $_ }", "1", "3", source="about_Return"),
    row("$PSScriptRoot; Split-Path $PSCommandPath -Leaf", "C:\\Package", "t.ps1", source="about_Automatic_Variables"),
    row("$MyInvocation.MyCommand.Name", "t.ps1", source="about_Automatic_Variables"),
    row(
        "$PSVersionTable.PSVersion.Major; $PSVersionTable.PSEdition", "5", "Desktop", source="about_Automatic_Variables"
    ),
    row(
        "function f { $PSBoundParameters.Keys -join ',' }; function g($a,$b) { $PSBoundParameters.Count }; g 1",
        "1",
        source="about_Automatic_Variables",
    ),
    row(
        "Set-Variable -Name q -Value 3; $q; Get-Variable q -ValueOnly; Remove-Variable q; $null -eq $q",
        "3",
        "3",
        "True",
        source="Set-Variable",
    ),
    row("Invoke-Expression '1 + 2'", "3", source="Invoke-Expression"),
    row(
        "function Get-Foo { 'foo' }; Get-Command Get-Foo | ForEach-Object CommandType", "Function", source="Get-Command"
    ),
    row("Get-Command nosuch -ErrorAction SilentlyContinue; 'x'", "x", source="Get-Command"),
    row(
        "nosuchcmd",
        source="about_Command_Precedence",
        error="The term 'nosuchcmd' is not recognized as the name of a cmdlet, function, script file, or operable "
        "program.",
    ),
    row(
        "$true = 1",
        source="about_Automatic_Variables",
        error="Cannot overwrite variable true because it is read-only or constant.",
    ),
    row("Start-Sleep -Seconds 90; 'slept'", "slept", source="Start-Sleep"),
    row("function f { param($x) if ($x) { 'y' } else { 'n' } }; f @()", "n", source="about_Booleans"),
    row("$f = { $args[0] }; & $f 'v'", "v", source="about_Script_Blocks"),
    row(
        "function f { [CmdletBinding()] param() Write-Verbose 'v' }; f -Verbose",
        "VERBOSE: v",
        source="about_CommonParameters",
    ),
)
