"""Small programs of Windows that batch files expect beside the command processor, one module each."""
