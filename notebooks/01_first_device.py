# %% [markdown]
# # A first device
#
# You have a Win32 app for Intune: a `.intunewin` package and the app's JSON from Graph. On a real device you would assign
# it, wait for a check-in, and read a log. Here you hold the device in your hand: it is emulated, so an hour of its time
# passes while you blink, and nothing on your computer changes.
#
# You will deploy a package, watch the agent at work, find out why another package fails, and mend it.

# %%
from pathlib import Path

from harness import Installer, emulated_device

fixtures = Path("../fixtures").resolve()
if not fixtures.exists():
    fixtures = Path("fixtures").resolve()

# %% [markdown]
# ## Deploy a package
#
# A device is a Windows machine with the agent on it, enrolled in a tenant of its own. `publish` does what you do in the
# portal: it uploads the package, and makes the assignments that the JSON holds. This one says *required*.

# %%
device = emulated_device("PC-042", user="ada")
notes = device.tenant.publish(
    fixtures / "packages/contoso-notes/contoso-notes.json",
    fixtures / "packages/contoso-notes/contoso-notes.intunewin",
)
before = device.machine.snapshot()
notes.display_name

# %% [markdown]
# Nothing has happened yet: the agent has not checked in. Ada opens the Company Portal and presses *Sync*, and two minutes
# pass.

# %%
device.sync()
device.advance("2 min")
device.status(notes).words

# %% [markdown]
# What did she see? Toasts, in this order:

# %%
for shown in device.toasts:
    print(f"{shown.shown_at:%H:%M:%S}  {shown.toast.title}: {shown.toast.lines[0]}")

# %% [markdown]
# And the agent? The timeline is the record of everything that happened; here are its own entries.

# %%
for event in device.timeline.of("agent"):
    print(f"{event.at:%H:%M:%S}  {event.text}")

# %% [markdown]
# ## What it did to the machine
#
# A snapshot was taken before. The difference holds what the installer did, from the real tables of the MSI in the
# package, and what Windows and the agent keep of it. Here is the app's part: first the files,

# %%
changes = device.machine.changes_since(before)
for change in changes.files:
    if "Contoso" in change.path:
        print(change)

# %% [markdown]
# then the registry.

# %%
for change in changes.registry:
    if change.path.short == r"HKLM\SOFTWARE\Contoso\Notes":
        print(change)

# %% [markdown]
# Any place can be looked at by itself too. `ServerUrl` is what the app's command line says, not what the MSI holds.

# %%
from harness.model.windows import RegistryPath

url = device.machine.registry.get(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Notes"), "ServerUrl")
print(url)
print(device.machine.files.read(r"C:\Program Files\Contoso Notes\readme.txt").decode())

# %% [markdown]
# The log is where the real agent writes it, in its format; CMTrace would open it. Its steps, in the agent's words:

# %%
for entry in device.log("AppWorkload"):
    if "lpExitCode" in entry.message or "Handler invoked" in entry.message:
        print(entry.message[:100])

# %% [markdown]
# ## Why is it not detected?
#
# The classic: a 32-bit app, and a rule that looks into the 64-bit registry. The installer succeeds, and the portal says
# `0x87D1041C`.

# %%
device = emulated_device("PC-043", user="ada")
legacy = device.tenant.publish(
    fixtures / "packages/contoso-legacy/contoso-legacy-wrong-view.json",
    fixtures / "packages/contoso-legacy/contoso-legacy.intunewin",
)
device.sync()
device.advance("10 min")
status = device.status(legacy)
status.words, hex(status.error_code or 0)

# %%
print(device.explain(legacy))

# %% [markdown]
# The last sentence says what to change. Do so: take the app's only rule and turn that setting on. On a fresh device,
# publish the package as before; `add` then puts the mended app in the place of the first.

# %%
from dataclasses import replace

[rule] = legacy.rules
mended = replace(legacy, rules=(replace(rule, check_32_bit_on_64_system=True),))

device = emulated_device("PC-044", user="ada")
device.tenant.publish(
    fixtures / "packages/contoso-legacy/contoso-legacy-wrong-view.json",
    fixtures / "packages/contoso-legacy/contoso-legacy.intunewin",
)
device.tenant.add(mended)
device.sync()
device.advance("10 min")
device.status(mended).words

# %% [markdown]
# ## Setup programs that are no MSI
#
# What `setup.exe` does, nobody can read from its bytes. You declare it, by its file name, and the agent's side of the
# story is played as ever. This one takes 45 minutes, ends with 0, and does nothing else; after 30 minutes the app is
# still being installed.

# %%
device = emulated_device("PC-045", user="ada")
vpn = device.tenant.publish(
    fixtures / "packages/contoso-vpn/contoso-vpn.json",
    fixtures / "packages/contoso-vpn/contoso-vpn.intunewin",
)
device.machine.programs["contoso-vpn-setup.exe"] = Installer(takes="45 min", exit_code=0)
device.sync()
device.advance("30 min")
device.status(vpn).words

# %% [markdown]
# A quarter of an hour later it has ended with 0. But it wrote nothing, so detection finds nothing, and a success of the
# installer is a failure of the deployment.

# %%
device.advance("30 min")
print(device.explain(vpn))

# %% [markdown]
# Where to go from here: `ime-harness run --help` does all this from the command line, and `features/` says it in Gherkin.
