"""Settings, the root of addresses, and the console command."""
