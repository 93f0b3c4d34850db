"""The subcommands of ``jinzhi evidence``: one module each, with HELP, ``add(parser)`` and ``run(options, say)``."""
