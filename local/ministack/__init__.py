"""MiniStack 1.5.33 with its faults patched where this project would notice them (table: local/README.md)."""
