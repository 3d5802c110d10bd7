"""The steps that bring a records database from any earlier version to this one."""
