"""Prints the files of a directory as one object of JSON, name to content."""
import json
import pathlib
import sys

print(json.dumps({file.name: file.read_text(errors="replace")[-8000:] for file in pathlib.Path(sys.argv[1]).iterdir()}))
