"""The server process: workers, what follows a publication, background threads, logs, letters."""
