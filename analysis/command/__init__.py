"""What `python -m analysis NAME ...` can do: one module a name, found by `COMMANDS`.

A command module has `SUMMARY` (one English sentence), `add_arguments(parser)` and
`run(options) -> Answer`. It raises `FileRefused` where a file cannot be read as what it should be,
and `Refused` where the options make no sense together. Nothing else is caught: a trace is a fault.
"""
