"""The commands about variables and what belongs to them: `set`, `setlocal`, `path`, `prompt`, `assoc`, `ftype`.

Source: learn.microsoft.com, pages of the commands; error levels in `.bat` and `.cmd` files: Wine's tests
(test_builtins.bat.exp and .cmd.exp).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.cmd.arithmetic import ArithmeticFault, evaluate
from harness.emulator.cmd.tokens import batch_arguments, unquoted
from harness.errors import MachineError
from harness.model.windows import Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["assoc", "endlocal", "ftype", "path", "set_prompt", "set_variable", "setlocal"]

_CLASSES = RegistryPath(Hive.HKCR)
_SYNTAX = "The syntax of the command is incorrect."
_LOCAL = {
    "enabledelayedexpansion": ("is_delayed", True),
    "disabledelayedexpansion": ("is_delayed", False),
    "enableextensions": ("has_extensions", True),
    "disableextensions": ("has_extensions", False),
}


async def set_variable(interpreter: Interpreter, arguments: str) -> int:
    """Show variables, or set one: from text, a calculation (`/a`) or what is read (`/p`)."""
    shell = interpreter.shell
    text = arguments.lstrip(" \t,;")
    switch = text[:2].lower()
    if switch == "/a":
        return _calculate(shell, text[2:])
    if switch == "/p":
        return await _ask(shell, text[2:])
    return _show_or_assign(shell, _between_quotes(text))


async def setlocal(interpreter: Interpreter, arguments: str) -> int:
    """Put variables, folder and switches aside, so that they come back at the end of the batch file."""
    shell = interpreter.shell
    words = [word.lower() for word in batch_arguments(arguments)]
    if shell.frame is not None:
        shell.frame.saved.append(shell.save())
        for word in words:
            if word in _LOCAL:
                setattr(shell, *_LOCAL[word])
    if any(word not in _LOCAL for word in words):
        return shell.fail()
    return shell.succeed()


async def endlocal(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Bring back what the last `setlocal` put aside."""
    shell = interpreter.shell
    if shell.frame is not None and shell.frame.saved:
        shell.restore(shell.frame.saved.pop())
    return 0


async def path(interpreter: Interpreter, arguments: str) -> int:
    """Show or set the folders that programs are looked for in; `;` alone for none."""
    shell = interpreter.shell
    text = arguments.lstrip(" \t=")
    if not text.strip():
        value = shell.environment.get("PATH")
        shell.print(f"PATH={value}" if value is not None else "PATH=(null)")
    elif text.strip() == ";":
        shell.environment.pop("PATH", None)
    else:
        shell.environment["PATH"] = text
    return quiet_success(shell)


async def set_prompt(interpreter: Interpreter, arguments: str) -> int:
    """Set what stands in front of commands that are shown; nothing for the usual."""
    shell = interpreter.shell
    text = arguments.lstrip(" \t=")
    if text.strip():
        shell.environment["PROMPT"] = text
    else:
        shell.environment.pop("PROMPT", None)
    return quiet_success(shell)


async def assoc(interpreter: Interpreter, arguments: str) -> int:
    """Show or set what kind of file an extension means."""
    return _classes(interpreter.shell, arguments, "", "File association not found for extension {}")


async def ftype(interpreter: Interpreter, arguments: str) -> int:
    """Show or set how a kind of file is opened."""
    return _classes(
        interpreter.shell,
        arguments,
        r"\shell\open\command",
        "File type '{}' not found or no open command associated with it.",
    )


def quiet_success(shell: Shell) -> int:
    """Return the result of a command that clears the error level in `.cmd` files only."""
    if shell.frame is not None and shell.frame.clears_level:
        return shell.succeed()
    return 0


def _between_quotes(text: str) -> str:
    """Return what `set "name=value" rest` sets: up to the last quote."""
    if not text.startswith('"'):
        return text
    inner = text[1:].lstrip(" \t")
    end = inner.rfind('"')
    return inner[:end] if end >= 0 else inner


def _show_or_assign(shell: Shell, text: str) -> int:
    name, equals, value = text.partition("=")
    if equals:
        return _assign(shell, name, value) if name else shell.fail(_SYNTAX)
    if _show(shell, text.rstrip()) or not text:
        return quiet_success(shell)
    return shell.fail(f"Environment variable {text.rstrip()} not defined")


def _assign(shell: Shell, name: str, value: str) -> int:
    if value:
        try:
            shell.environment[name] = value
        except MachineError:
            return shell.fail(_SYNTAX)
        return quiet_success(shell)
    if shell.environment.pop(name, None) is None:
        return shell.end_with(1)
    return quiet_success(shell)


def _show(shell: Shell, prefix: str) -> bool:
    """Show the variables that begin with a text, sorted; return whether there are any."""
    wanted = unquoted(prefix).upper()
    found = [
        (name, value)
        for name, value in shell.environment.items()
        if name.upper().startswith(wanted) and not name.startswith("=")
    ]
    for name, value in sorted(found, key=lambda item: item[0].upper()):
        shell.print(f"{name}={value}")
    return bool(found)


def _calculate(shell: Shell, text: str) -> int:
    def assign(name: str, value: int) -> None:
        shell.environment[name] = str(value)

    expression = unquoted(text)
    if not expression.strip():
        return shell.fail(_SYNTAX)
    try:
        result = evaluate(expression, shell.environment.get, assign)
    except ArithmeticFault as fault:
        return shell.fail(fault.text, fault.code)
    if shell.frame is None:
        shell.write(str(result))
    return quiet_success(shell)


async def _ask(shell: Shell, text: str) -> int:
    text = _between_quotes(text.lstrip(" \t"))
    name, equals, question = text.partition("=")
    if not equals or not name:
        return shell.fail(_SYNTAX)
    question = question.lstrip(" \t,;=")
    shell.write(question[1:].rpartition('"')[0] or question[1:] if question.startswith('"') else question)
    line = shell.stdin.read_line()
    if line is None and not shell.stdin.is_redirected:
        await shell.run.show_dialog(f"set /p, which waits for an answer to {question!r}")
    if not line:
        return shell.end_with(1)
    shell.environment[name] = line[:1023]
    return quiet_success(shell)


def _classes(shell: Shell, arguments: str, below: str, missing: str) -> int:
    text = arguments.strip()
    if not text:
        raise shell.not_emulated("listing every association", "name one, as in assoc .txt")
    name, equals, value = text.partition("=")
    key = _CLASSES.child(f"{name.strip()}{below}")
    if not equals:
        known = shell.run.registry.get(key)
        if known is None:
            return shell.fail(missing.format(name))
        shell.print(f"{name}={known}")
        return quiet_success(shell)
    if not value.strip():
        if shell.run.registry.exists(key):
            shell.run.registry.delete(key)
        return quiet_success(shell)
    shell.run.registry.set(key, "", value)
    shell.print(f"{name}={value}")
    return quiet_success(shell)
