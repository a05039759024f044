"""sc.exe."""

import pytest

from harness.emulator.serviceprocesses import Pace
from harness.errors import NotEmulated
from harness.model.services import Recovery, RecoveryAction, ServiceState, StartType
from harness.model.windows import RegistryPath
from tests.emulator.services import told
from tests.emulator.tools.cases import CAPTURE, MEMORY, Case, ids, said

CREATE = r"sc create Contoso binPath= C:\Contoso\svc.exe"
FULL = (
    rf'{CREATE} start= delayed-auto DisplayName= "Contoso Service" group= Base depend= RpcSs/Tcpip/+Net '
    r'obj= "NT AUTHORITY\LocalService" password= "" type= own error= normal tag= no'
)
RUNNING = "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"
REST = (
    "        WIN32_EXIT_CODE    : 0  (0x0)",
    "        SERVICE_EXIT_CODE  : 0  (0x0)",
    "        CHECKPOINT         : 0x0",
    "        WAIT_HINT          : 0x0",
)
SPOOLER = ("", "SERVICE_NAME: Spooler ", "        TYPE               : 110  WIN32_OWN_PROCESS  (interactive)")
UP = (*SPOOLER, "        STATE              : 4  RUNNING ", RUNNING, *REST)
DOWN = (*SPOOLER, "        STATE              : 1  STOPPED ", *REST)
NO_SERVICE = "The specified service does not exist as an installed service."


def failed(doing, code, text):
    """Return what sc.exe says when Windows refuses."""
    return (f"[SC] {doing} FAILED {code}:", "", text, "")


def usage(what, line):
    """Return the beginning of the help of a verb."""
    return ("DESCRIPTION:", f"        {what}", "USAGE:", f"        {line}", "")


CREATE_USAGE = usage(
    "Creates a service entry in the registry and Service Database.",
    "sc <server> create [service name] [binPath= ] <option1> <option2>...",
)
CONFIG_USAGE = usage(
    "Modifies a service entry in the registry and Service Database.",
    "sc <server> config [service name] <option1> <option2>...",
)
FAILURE_USAGE = usage("Changes the actions upon failure", "sc <server> failure [service name] <option1> <option2>...")
QUERY_USAGE = usage("Obtains and displays information about a service.", "sc <server> query [service name] <options>")
SC_USAGE = usage(
    "SC is a command line program used for communicating with the", "sc <server> [command] [service name] ..."
)


def configuration(*, start="3   DEMAND_START", display="Contoso", group="", needs=("",), who="LocalSystem"):
    """Return what `sc qc` says of the service that was made."""
    return (
        "[SC] QueryServiceConfig SUCCESS",
        "",
        "SERVICE_NAME: Contoso",
        "        TYPE               : 10  WIN32_OWN_PROCESS  ",
        f"        START_TYPE         : {start}",
        "        ERROR_CONTROL      : 1   NORMAL",
        r"        BINARY_PATH_NAME   : C:\Contoso\svc.exe",
        f"        LOAD_ORDER_GROUP   : {group}",
        "        TAG                : 0",
        f"        DISPLAY_NAME       : {display}",
        f"        DEPENDENCIES       : {needs[0]}",
        *(f"                           : {name}" for name in needs[1:]),
        f"        SERVICE_START_NAME : {who}",
    )


FAILURES = "sc failure Contoso reset= 86400 actions= restart/60000/run/1000//5000 command= C:\\x.exe"
CASES = [
    Case("sc query Spooler", UP, source=MEMORY),
    Case("sc.exe QUERY Spooler", UP, source=MEMORY),
    Case(
        "sc queryex spooler",
        ("", "SERVICE_NAME: spooler ", *UP[2:], "        PID                : 1032", "        FLAGS              : "),
        source=MEMORY,
    ),
    Case("sc query Nope", failed("EnumQueryServicesStatus:OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case("sc qc Nope", failed("OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case("sc qfailure Nope", failed("OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case("sc stop Spooler", DOWN, source=MEMORY),
    Case(
        "sc stop Spooler",
        failed("ControlService", 1062, "The service has not been started."),
        code=1062,
        source=MEMORY,
        before=("sc stop Spooler",),
    ),
    Case(
        "sc stop RpcSs",
        failed("ControlService", 1052, "The requested control is not valid for this service."),
        code=1052,
        source=MEMORY,
    ),
    Case("sc stop Nope", failed("OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case("sc start Nope", failed("StartService: OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case(
        "sc start Spooler",
        failed("StartService", 1056, "An instance of the service is already running."),
        code=1056,
        source=MEMORY,
    ),
    Case(
        "sc start Spooler",
        failed(
            "StartService",
            1058,
            "The service cannot be started, either because it is disabled or because it has no enabled devices "
            "associated with it.",
        ),
        code=1058,
        source=MEMORY,
        before=("sc stop Spooler", "sc config Spooler start= disabled"),
    ),
    Case(CREATE, ("[SC] CreateService SUCCESS",), source=CAPTURE),
    Case(CREATE, failed("CreateService", 1073, "The specified service already exists."), code=1073, before=(CREATE,)),
    Case(
        f'{CREATE} DisplayName= "Print Spooler"',
        failed("CreateService", 1078, "The name is already in use as either a service name or a service display name."),
        code=1078,
    ),
    Case(
        f"{CREATE} obj= bad|name",
        failed(
            "CreateService",
            1057,
            "The account name is invalid or does not exist, or the password is invalid for the account name specified.",
        ),
        code=1057,
        source=MEMORY,
    ),
    Case("sc create Contoso", CREATE_USAGE, code=1639),
    Case("sc create", CREATE_USAGE, code=1639),
    Case(f"{CREATE} start= sometimes", CREATE_USAGE, code=1639),
    Case(f"{CREATE} start=", CREATE_USAGE, code=1639),
    Case(f"{CREATE} nonsense= 1", CREATE_USAGE, code=1639),
    Case(f"{CREATE} start auto", CREATE_USAGE, code=1639),
    Case(f"{CREATE} start= auto start= demand", CREATE_USAGE, code=1639),
    Case("sc qc Contoso", configuration(), before=(CREATE,), source=CAPTURE),
    Case(
        "sc qc Contoso",
        configuration(
            start="2   AUTO_START  (DELAYED)",
            display="Contoso Service",
            group="Base",
            needs=("RpcSs", "Tcpip", "+Net"),
            who=r"NT AUTHORITY\LocalService",
        ),
        before=(FULL,),
    ),
    Case(
        "sc qc BITS",
        (
            "[SC] QueryServiceConfig SUCCESS",
            "",
            "SERVICE_NAME: BITS",
            "        TYPE               : 20  WIN32_SHARE_PROCESS  ",
            "        START_TYPE         : 3   DEMAND_START",
            "        ERROR_CONTROL      : 1   NORMAL",
            r"        BINARY_PATH_NAME   : C:\Windows\system32\svchost.exe -k netsvcs -p",
            "        LOAD_ORDER_GROUP   : ",
            "        TAG                : 0",
            "        DISPLAY_NAME       : Background Intelligent Transfer Service",
            "        DEPENDENCIES       : RpcSs",
            "        SERVICE_START_NAME : LocalSystem",
        ),
        source=CAPTURE,
    ),
    Case("sc config Contoso start= auto", ("[SC] ChangeServiceConfig SUCCESS",), before=(CREATE,), source=CAPTURE),
    Case(
        "sc config Contoso start=auto",
        ("[SC] ChangeServiceConfig SUCCESS",),
        before=(CREATE,),
        source="learn.microsoft.com, Create Windows Service using BackgroundService",
    ),
    Case('sc config Contoso "start= auto"', ("[SC] ChangeServiceConfig SUCCESS",), before=(CREATE,), source=MEMORY),
    Case(
        "sc qc Contoso",
        configuration(start="4   DISABLED", needs=("",)),
        before=(f"{CREATE} depend= RpcSs", "sc config Contoso start= disabled depend= /"),
    ),
    Case("sc config Contoso", CONFIG_USAGE, code=1639, before=(CREATE,)),
    Case("sc config Contoso start= x", CONFIG_USAGE, code=1639, before=(CREATE,)),
    Case("sc config Nope start= auto", failed("OpenService", 1060, NO_SERVICE), code=1060),
    Case(
        "sc config Contoso start= auto",
        failed("ChangeServiceConfig", 1072, "The specified service has been marked for deletion."),
        code=1072,
        before=(CREATE, "sc start Contoso", "sc delete Contoso"),
    ),
    Case(
        "sc failure Contoso reset= 0 actions= restart/1",
        failed("ChangeServiceConfig2", 1072, "The specified service has been marked for deletion."),
        code=1072,
        before=(CREATE, "sc start Contoso", "sc delete Contoso"),
    ),
    Case("sc delete Contoso", ("[SC] DeleteService SUCCESS",), before=(CREATE,), source=MEMORY),
    Case(
        "sc delete Contoso",
        failed("DeleteService", 1072, "The specified service has been marked for deletion."),
        code=1072,
        before=(CREATE, "sc start Contoso", "sc delete Contoso"),
        source=MEMORY,
    ),
    Case("sc delete Nope", failed("OpenService", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case('sc description Contoso "Does things"', ("[SC] ChangeServiceConfig2 SUCCESS",), before=(CREATE,)),
    Case(
        "sc description Contoso a b",
        usage("Sets the description string for a service.", "sc <server> description [service name] [description]"),
        code=1639,
        before=(CREATE,),
        source=MEMORY,
    ),
    Case(
        "sc qdescription Contoso",
        ("[SC] QueryServiceConfig2 SUCCESS", "", "SERVICE_NAME: Contoso", "DESCRIPTION:  Does things"),
        before=(CREATE, 'sc description Contoso "Does things"'),
        source=MEMORY,
    ),
    Case(
        "sc qdescription Contoso",
        ("[SC] QueryServiceConfig2 SUCCESS", "", "SERVICE_NAME: Contoso", "DESCRIPTION:  "),
        before=(CREATE,),
        source=MEMORY,
    ),
    Case(FAILURES, ("[SC] ChangeServiceConfig2 SUCCESS",), before=(CREATE,), source=MEMORY),
    Case(
        "sc qfailure Contoso",
        (
            "[SC] QueryServiceConfig2 SUCCESS",
            "",
            "SERVICE_NAME: Contoso",
            "        RESET_PERIOD (in seconds)    : 86400",
            "        REBOOT_MESSAGE               : ",
            r"        COMMAND_LINE                 : C:\x.exe",
            "        FAILURE_ACTIONS              : RESTART -- Delay = 60000 milliseconds.",
            "                                       RUN PROCESS -- Delay = 1000 milliseconds.",
            "                                       NONE -- Delay = 5000 milliseconds.",
        ),
        before=(CREATE, FAILURES),
        source=CAPTURE,
    ),
    Case(
        "sc qfailure Contoso",
        (
            "[SC] QueryServiceConfig2 SUCCESS",
            "",
            "SERVICE_NAME: Contoso",
            "        RESET_PERIOD (in seconds)    : 0",
            "        REBOOT_MESSAGE               : ",
            "        COMMAND_LINE                 : ",
        ),
        before=(CREATE,),
        source=CAPTURE,
    ),
    Case(
        "sc failure Contoso reset= 60",
        ("ERROR:  The reset and actions options must be set simultaneously.", "", *FAILURE_USAGE),
        code=1639,
        before=(CREATE,),
        source=MEMORY,
    ),
    Case("sc failure Contoso reset= x actions= restart/1", FAILURE_USAGE, code=1639, before=(CREATE,)),
    Case("sc failure Contoso reset= 1 actions= jump/1", FAILURE_USAGE, code=1639, before=(CREATE,)),
    Case("sc failure Contoso", FAILURE_USAGE, code=1639, before=(CREATE,)),
    Case("sc failureflag Contoso 1", ("[SC] ChangeServiceConfig2 SUCCESS",), before=(CREATE,)),
    Case("sc sidtype Contoso unrestricted", ("[SC] ChangeServiceConfig2 SUCCESS",), before=(CREATE,)),
    Case("sc sidtype Contoso some", SC_USAGE, code=1639, before=(CREATE,)),
    Case("sc GetDisplayName Spooler", ("[SC] GetServiceDisplayName SUCCESS", "Name = Print Spooler"), source=MEMORY),
    Case("sc GetDisplayName Nope", failed("GetServiceDisplayName", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case('sc GetKeyName "print spooler"', ("[SC] GetServiceKeyName SUCCESS", "Name = Spooler"), source=MEMORY),
    Case("sc GetKeyName Nope", failed("GetServiceKeyName", 1060, NO_SERVICE), code=1060, source=MEMORY),
    Case("sc query state= sometimes", ("ERROR:  Invalid Option", "", *QUERY_USAGE), code=1639),
    Case("sc query state=", ("ERROR:  Invalid Option", "", *QUERY_USAGE), code=1639),
    Case("sc query foo= bar", ("ERROR:  Invalid Option", "", *QUERY_USAGE), code=1639),
    Case("sc", SC_USAGE, code=1639),
    Case("sc frobnicate", ("ERROR:  Unrecognized command", "", *SC_USAGE), code=1639),
    Case("sc qc", QUERY_USAGE, code=1639),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(machine, check, case):
    """Every verb says what Windows' sc.exe does."""
    machine.files.write(r"C:\Contoso\svc.exe", b"MZ")
    check(case)


def test_a_service_of_nobody_runs(machine, run):
    """A service whose program nobody declared runs and does nothing, as the timeline tells."""
    machine.files.write(r"C:\Contoso\svc.exe", b"MZ")
    run(CREATE)
    out, _, code = said(run("sc start Contoso"))
    assert ("        STATE              : 4  RUNNING ", 0) == (out[3], code)
    assert 1 == len(told(machine, "service assumed"))


def test_a_service_that_was_to_be_deleted_goes_when_it_stops(machine, run):
    """What `sc stop` says of it is how it was."""
    machine.files.write(r"C:\Contoso\svc.exe", b"MZ")
    for line in (CREATE, "sc start Contoso", "sc delete Contoso"):
        run(line)
    assert "        STATE              : 1  STOPPED " in said(run("sc stop Contoso"))[0]
    assert 1060 == run("sc query Contoso").code


def test_a_slow_service_cannot_be_stopped_while_it_starts(machine, run):
    """What it takes depends on its state."""
    machine.services.paces["Spooler"] = Pace(starting="20 s")
    run("sc stop Spooler")
    out = said(run("sc start Spooler"))[0]
    assert ("        STATE              : 2  START_PENDING ", True) == (out[3], "NOT_STOPPABLE" in out[4])


def test_all_services_are_listed(machine, run):
    """Without a name those that run are shown, and others when asked for."""
    blocks = {state: run(f"sc query state= {state}").stdout.count("SERVICE_NAME") for state in ("all", "inactive")}
    active = run("sc query").stdout
    assert len(machine.services.names()) == blocks["all"] == blocks["inactive"] + active.count("SERVICE_NAME")
    assert "SERVICE_NAME: Spooler\r\nDISPLAY_NAME: Print Spooler\r\n" in active
    assert active == run("sc query type= service state= active bufsize= 9999").stdout


def test_changes_are_kept(machine, run):
    """The service manager and the registry know of them."""
    for line in (CREATE, FAILURES, "sc config Contoso start= auto", "sc failureflag Contoso 1"):
        run(line)
    info = machine.services.query("Contoso")
    assert (StartType.AUTOMATIC, ServiceState.STOPPED) == (info.start_type, info.state)
    key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Services\Contoso")
    assert 1 == machine.registry.get(key, "FailureActionsOnNonCrashFailures").data


def test_recovery_without_actions(machine, run):
    """Empty actions take the recovery away, and INFINITE is for ever."""
    from harness.emulator.serviceconfig import recovery_of
    from harness.model.names import folded

    for line in (CREATE, "sc failure Contoso reset= INFINITE actions= restart/5/reboot"):
        run(line)
    key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Services\Contoso")
    values = {folded(name): (name, value) for name, value in machine.registry.values(key).items()}
    found = recovery_of(values)
    assert isinstance(found, Recovery)
    assert [RecoveryAction.RESTART_SERVICE, RecoveryAction.RESTART_COMPUTER] == [action for action, _ in found.actions]
    assert "RESET_PERIOD (in seconds)    : 4294967295" in run("sc qfailure Contoso").stdout
    assert 0 == run('sc failure Contoso reset= 0 actions= ""').code


@pytest.mark.parametrize(
    ("line", "doing"),
    [
        ("sc stop Spooler", "OpenService"),
        ("sc start BITS", "StartService: OpenService"),
        ("sc delete Spooler", "OpenService"),
        ("sc config Spooler start= disabled", "OpenService"),
        (CREATE, "OpenSCManager"),
    ],
)
def test_standard_users_are_refused(as_user, line, doing):
    """Who is no administrator may look and nothing else. Source: from memory of Windows 10."""
    assert (failed(doing, 5, "Access is denied."), (), 5) == said(as_user(line))
    assert 0 == as_user("sc query Spooler").code


@pytest.mark.parametrize(
    "line",
    [
        "sc sdshow Spooler",
        r"sc \\PC-1 query Spooler",
        "sc query type= driver",
        "sc query group= Base",
        "sc pause Spooler",
        "sc /?",
        "sc failure Spooler command= x",
        "sc config Spooler tag= yes",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """Security, drivers and other computers."""
    with pytest.raises(NotEmulated, match=r"sc\.exe"):
        run(line)
