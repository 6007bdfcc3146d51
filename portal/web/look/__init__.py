"""The look of the pages: style sheet, icons, font and script under names that change with their bytes, and tints."""
