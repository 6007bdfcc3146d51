"""Files of unknown kind: their content tells what they are."""
