"""PowerShell rules: how the agent runs them, and what their output means.

What a script prints is declared (`harness.agent.declared`); files, log lines and verdicts around it are the agent's.
Source: controlled experiments on Windows 11 24H2 (IntuneScriptLab) for the verdicts, real logs for the lines.
"""

from __future__ import annotations

import re

from harness.agent.comparisons import Incomparable, compare, read_as
from harness.agent.contexts import InstallContext
from harness.agent.declared import ScriptResult
from harness.agent.findings import Evidence, Finding
from harness.agent.ids import content_name, draw_process_id
from harness.agent.rulewords import describe_wanted, verdict_word
from harness.agent.toolbox import Toolbox
from harness.errors import MachineError
from harness.formats import wirenumbers as wire
from harness.model.apps import Win32App
from harness.model.rules import PowerShellScriptRule, RuleType
from harness.model.states import as_signed

__all__ = ["TIMED_OUT", "run_script_rule"]

#: What the agent takes for the exit code of a script that outlived its time limit (observed for remediations).
TIMED_OUT = 2147483647
_SIGNATURE = b"# SIG # Begin signature block"


async def run_script_rule(
    rule: PowerShellScriptRule, app: Win32App, tools: Toolbox, context: InstallContext
) -> Finding:
    """Run the script of a rule and judge what it printed.

    Raises:
        NotEmulated: if nothing declares what the script prints.
    """
    result = await _run(rule, app, tools, context)
    exit_code = as_signed(result.exit_code)
    if result.stderr.strip() and exit_code == 0:
        exit_code = -1  # observed: AgentExecutor turns any error output into this
    if rule.rule_type is RuleType.DETECTION:
        finding = _judge_detection(rule, result, exit_code)
    else:
        finding = _judge_requirement(rule, result, exit_code)
    _log_verdict(rule, app, tools, is_met=finding.is_met, stdout=result.stdout, exit_code=exit_code)
    return finding


def _judge_detection(rule: PowerShellScriptRule, result: ScriptResult, exit_code: int) -> Finding:
    """Detected is: exit code 0, something on stdout, nothing on stderr."""
    printed = bool(result.stdout.strip())
    is_met = exit_code == 0 and printed and not result.stderr.strip()
    return Finding(rule=rule, is_met=is_met, evidence=_evidence(rule, result, exit_code))


def _judge_requirement(rule: PowerShellScriptRule, result: ScriptResult, exit_code: int) -> Finding:
    """Compare all of stdout, without its last line break; exit code 0 and an empty stderr are needed as well."""
    evidence = _evidence(rule, result, exit_code)
    if exit_code != 0 or result.stderr.strip():
        return Finding(rule=rule, is_met=False, evidence=evidence)
    printed = re.sub(r"\r?\n\Z", "", result.stdout)
    try:
        found = read_as(rule.operation_type, printed)
    except Incomparable:
        return Finding(rule=rule, is_met=False, evidence=evidence, is_unreadable=bool(printed))
    try:
        is_met = compare(found, rule.operator, read_as(rule.operation_type, rule.comparison_value or ""))
    except Incomparable as error:
        return Finding(rule=rule, is_met=False, evidence=evidence, problem=str(error))
    return Finding(rule=rule, is_met=is_met, evidence=evidence)


def _evidence(rule: PowerShellScriptRule, result: ScriptResult, exit_code: int) -> Evidence:
    streams = [f"exit code {exit_code}"]
    streams.append(f"stdout {result.stdout.strip()!r}" if result.stdout.strip() else "nothing on stdout")
    if result.stderr.strip():
        streams.append(f"stderr {result.stderr.strip()!r}")
    wanted = "exit code 0, output on stdout and none on stderr"
    if rule.rule_type is RuleType.REQUIREMENT:
        wanted = f"output as {rule.operation_type} {rule.operator} {rule.comparison_value or ''}".rstrip()
    bits = 32 if rule.run_as_32_bit else 64
    where = f"{describe_wanted(rule)} ({bits}-bit PowerShell)"
    return Evidence(wanted=wanted, where=where, found=", ".join(streams), actual=result.stdout.strip() or None)


async def _run(rule: PowerShellScriptRule, app: Win32App, tools: Toolbox, context: InstallContext) -> ScriptResult:
    """Save the script, run it as AgentExecutor does, and tell how it ended."""
    kind = _kind(rule)
    path = rf"{tools.folders.scripts}\{content_name(app.id, app.version)}.ps1"
    tools.log.workload("[Win32App] Using FileStream")
    _save(tools, path, rule.script_content)
    tools.log.workload(f"[Win32App] {kind} script file {path} is saved.")
    result = _result_of(rule, app, tools)
    host = _host(rule, tools)
    limit = tools.settings.script_time_limit
    limit_seconds = int(limit.total_seconds())
    names = [f"{path}quoted{part}FilePath.txt" for part in ("Result", "Error", "Timeout", "ExitCode")]
    tools.log.workload(
        f'"{tools.folders.executor_image}"  -powershellDetection  "{path}" "{names[0]}" "{names[1]}" "{names[2]}" '
        f'{limit_seconds} "{host}" {int(rule.enforce_signature_check)} "{names[3]}" False'
    )
    owner = f"[Win32App] SideCarScript{kind}Manager"
    tools.log.workload(f"{owner} create files for outputs")
    if not context.account.is_system:
        tools.log.workload(f"[Win32App] After impersonation: {context.account}")
        tools.log.workload(f"{owner} configuring ACL for current user")
        tools.log.workload(f"{owner} User profile successfully loaded, the user name is {context.account}")
        tools.log.workload(f"{owner} environment block is created successfuly.")
    tools.log.workload(f"{owner} Launch powershell executor in {context.session_word}")
    tools.log.workload(f"{owner} process id = {draw_process_id(tools.seed, 'executor', tools.now())}")
    tools.log.workload(f"{owner} Powershell execution process timeout milliseconds: {limit_seconds * 1000}.")
    takes = tools.settings.script_time if result.takes is None else result.takes
    if takes > limit:
        result = ScriptResult(exit_code=TIMED_OUT)
    _log_executor_start(tools, path, host, names, rule)
    await tools.machine.clock.sleep(min(takes, limit))
    _log_executor_end(tools, result)
    tools.log.workload(f"{owner} Execution is done, collecting result")
    return result


def _result_of(rule: PowerShellScriptRule, app: Win32App, tools: Toolbox) -> ScriptResult:
    """Return how the script ends; an unsigned one never starts when signatures are enforced (observed: exit 1).

    Whether a signature is trusted is not looked at: a script that has one counts as signed.
    """
    if rule.enforce_signature_check and _SIGNATURE not in rule.script_content:
        return ScriptResult(exit_code=1, stderr="the script is not digitally signed")
    return tools.settings.scripts.result_of(rule.script_content, app.id, tools.machine)


def _log_verdict(
    rule: PowerShellScriptRule, app: Win32App, tools: Toolbox, *, is_met: bool, stdout: str, exit_code: int
) -> None:
    kind = _kind(rule)
    path = rf"{tools.folders.scripts}\{content_name(app.id, app.version)}.ps1"
    owner = f"[Win32App] SideCarScript{kind}Manager"
    run_as = wire.RUN_AS[app.install_experience.run_as_account]
    operator = f" Operator: {wire.OPERATORS[rule.operator]}," if rule.rule_type is RuleType.REQUIREMENT else ""
    tools.log.workload(f"{owner} Powershell execution got lpExitCode: 0 lastWin32Error: 0")
    tools.log.workload(f"{owner} Powershell ExitCode: {exit_code}")
    tools.log.workload(f"[Win32App] {kind} script file {path}quotedExitCodeFilePath.txt is deleted.")
    tools.log.workload(f"[Win32App] Checked Powershell script result: {stdout}\n")
    tools.log.workload(
        f"[Win32App] Checked Powershell script exitCode: {exit_code} EnforceSignatureCheck: "
        f"{int(rule.enforce_signature_check)} RunAs32Bit: {int(rule.run_as_32_bit)} InstallExRunAs: {run_as},"
        f"{operator} result of {verdict_word(rule)}: {is_met}"
    )
    try:
        tools.machine.files.delete(path)
    except MachineError as error:
        tools.log.workload(f"[Win32App] {kind} script file {path} is not deleted: {error}", 2)
    else:
        tools.log.workload(f"[Win32App] {kind} script file {path} is deleted.")


def _log_executor_start(tools: Toolbox, path: str, host: str, names: list[str], rule: PowerShellScriptRule) -> None:
    no = "do not " if rule.run_as_32_bit else ""
    for line in (
        "ExecutorLog AgentExecutor gets invoked",
        "Creating command line parser, name delimiter is - and value separator is space",
        f"Adding argument powershellDetection with value {path} to the named argument list.",
        "PowershellDetection option gets invoked",
        path,
        *names,
        "Prepare to run Powershell Script ..",
        f"runAs32BitOn64 = {rule.run_as_32_bit}, so {no}Disable Wow64FsRedirection",
        rf"PowerShell path is {host}\powershell.exe",
        f'cmd line for running powershell is -NoProfile -executionPolicy bypass -file  "{path}"',
        f"[Executor] created powershell with process id {draw_process_id(tools.seed, 'powershell', tools.now())}",
    ):
        tools.log.executor(line)


def _log_executor_end(tools: Toolbox, result: ScriptResult) -> None:
    if result.exit_code == TIMED_OUT:
        limit = int(tools.settings.script_time_limit.total_seconds())
        tools.log.executor(f"Error:Powershell script execution timed out. timeout = {limit} seconds")
        return
    is_good = result.exit_code == 0 and not result.stderr.strip()
    for line in (
        f"Powershell exit code is {as_signed(result.exit_code)}",
        f"length of out={len(result.stdout)}",
        f"length of error={len(result.stderr)}",
        f"error from script ={result.stderr}\n",
        "Powershell script is successfully executed." if is_good else "Powershell script is failed to execute",
        f"write output done. output = {result.stdout}\n, error = {result.stderr}\n",
        "Revert Wow64FsRedirection",
        "Agent executor completed.",
    ):
        tools.log.executor(line)


def _save(tools: Toolbox, path: str, content: bytes) -> None:
    files = tools.machine.files
    try:
        files.make_folder(tools.folders.scripts)
        with files.open(path, "wb") as file:
            file.write(content)
    except MachineError as error:
        tools.log.workload(f"[Win32App] script file {path} is not saved: {error}", 3)


def _host(rule: PowerShellScriptRule, tools: Toolbox) -> str:
    is_narrow = rule.run_as_32_bit and tools.machine.facts.is_64_bit
    return rf"C:\Windows\{'SysWOW64' if is_narrow else 'System32'}\WindowsPowerShell\v1.0"


def _kind(rule: PowerShellScriptRule) -> str:
    return "Detection" if rule.rule_type is RuleType.DETECTION else "Requirement"
