"""Say how the process lives: bytes to requests, requests to groups, start, recovery, end."""
