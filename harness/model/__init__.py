"""What Intune says and what Windows is: frozen values, nothing but the standard library, no I/O."""
