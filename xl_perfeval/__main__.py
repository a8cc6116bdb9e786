"""`python -m xl_perfeval`: the same as `perfeval`."""

from xl_perfeval.cli import main

main()
