"""`python -m horehab`: the same as the `horehab` command."""

from horehab.cli import main

if __name__ == "__main__":
    main(prog_name="horehab")
