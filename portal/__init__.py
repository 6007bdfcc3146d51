"""The face: application factory, command line, JSON API and pages; the only room that knows Flask and the terminal."""
