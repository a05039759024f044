"""What paths lead to: files, the registry, environment variables, variables."""
