"""What .NET gives to scripts: types, conversions, operators, members."""
