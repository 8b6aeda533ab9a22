"""`python -m smotegan FILE TARGET`: from a file to a decision; 71_first_hour explains it."""

import sys

from smotegan.first_hour import main

if __name__ == "__main__":
    sys.exit(main())
