'''Cmdlets: how one is written.

A cmdlet is an `async def` that takes a `Call`. A decorator says its name and its parameters; nothing of the
interpreter has to be known:

    from harness.emulator.powershell.cmdlets.api import Call, cmdlet
    from harness.emulator.powershell.runtime.objects import custom_object
    from harness.emulator.powershell.runtime.parameters import switch, texts

    @cmdlet("Get-Fruit", texts("Name", position=0, from_pipeline=True), switch("Ripe"), aliases=("gfr",))
    async def get_fruit(call: Call) -> None:
        """Put out fruit by name. Source: learn.microsoft.com, Get-Fruit."""
        for name in call["Name"] or ["apple"]:
            if name == "durian":
                await call.error(f"Cannot find any fruit with the name '{name}'.", "NoFruit", "ObjectNotFound", name)
                continue
            await call.write(custom_object({"Name": name, "Ripe": call["Ripe"]}))

    CMDLETS = (get_fruit,)

Then the module's name goes into `_MODULES` of `catalogue.py`. That is all.

How often it runs: once when nothing comes down the pipeline, otherwise once for each item, with the parameters that
take it (`from_pipeline`, `from_property`) set to it. `call.item` is the item, NOTHING when there is none. With
`gathers=True` it runs once, at the end, and `call.items` has everything that came. `begin=` and `end=` name functions
that run before the first and behind the last item; what they share is put on `call.state`, a plain namespace.

What it can do:
- `call["Name"]` is an argument: converted, `None` when it was not given; switches are False then. `call.has("Name")`
  says whether it was given.
- `await call.write(value)` puts a value out; a list goes down the pipeline item by item with `call.write_all(items)`.
- `await call.error(message, id, category, target, exception=...)` tells an error and goes on, `-ErrorAction` willing;
  `raise call.failure(message, id, category, target)` ends the statement.
- `await call.warning(text)`, `call.verbose(text)`, `call.information(text)`.
- `call.run` is the process: `call.run.registry`, `.files`, `.environment`, `.start(...)`, `.machine`. Only what it has
  may be used: nothing of a script may reach the computer the emulation runs on. A `MachineError` that is not caught
  ends the statement as the exception of .NET that Windows would throw.
- `await call.invoke(block, item)` runs a script block with `$_` and returns its output. The interpreter is
  `call.shell` (variables: `call.shell.variable("name")`; properties: `await call.shell.member(value, "Name")`; text:
  `call.shell.converter.text(value)`; comparison: `call.shell.operators.comparison`).
- What is not modelled: `raise Unmodelled("Get-Fruit -Season", "leave -Season out")`. The place in the script is added.

Values are plain Python, see `runtime/values.py`; objects are `PSObject`, see `runtime/objects.py`. How objects look on
the screen is said in `output/views.py`.
'''
