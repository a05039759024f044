"""Running PowerShell scripts: values, scopes, statements, commands."""
