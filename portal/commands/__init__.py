"""The commands of `oerbron`: a file per group, and what they share (console, files, helper process)."""
