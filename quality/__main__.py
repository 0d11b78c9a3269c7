"""`python -m quality` is the `quality` command."""

from flows.cli import main

if __name__ == "__main__":
    main()
