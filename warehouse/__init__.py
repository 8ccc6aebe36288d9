"""The only code that talks to a database: one Protocol,
its implementations, expected sets, input binding."""
