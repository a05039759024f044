"""Deploy Win32 apps on an emulated Windows machine as the Intune Management Extension does."""
