"""The command line: one file a subcommand, each parses, calls a service, prints."""
