"""The ports: what any Windows machine can do, emulated or real."""
