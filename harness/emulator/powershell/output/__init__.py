"""What scripts show: tables, lists, error texts."""
