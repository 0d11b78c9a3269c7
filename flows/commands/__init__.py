"""The subcommands of `quality`, one module each, imported when they run."""
