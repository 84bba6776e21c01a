"""Uses so many MiB of memory."""
import sys

bytearray(int(sys.argv[1]) << 20)
