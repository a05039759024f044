"""The toasts that tests show."""

from datetime import timedelta

from harness.model.toasts import Toast, ToastButton, ToastKind

SECOND = timedelta(seconds=1)
LATER = ToastButton(content="Remind me later", arguments="snooze")
RESTART = Toast(
    kind=ToastKind.RESTART_REQUIRED,
    app_name="Contoso VPN",
    title="Restart required",
    lines=("Save your work.", "At 18:00 the device restarts."),
    buttons=(LATER, ToastButton(content="Restart now", arguments="restart")),
    stays=True,
    tag="restart",
)
SUCCESS = Toast(kind=ToastKind.SUCCESS, app_name="Contoso VPN", title="Contoso VPN is installed")
POWERSHELL = r"{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe"
XML = "<toast><visual><binding template='ToastGeneric'><text>Hi</text></binding></visual></toast>"
