"""Windows PowerShell 5.1 on the emulated machine: scripts are parsed, then interpreted over the machine's ports."""
