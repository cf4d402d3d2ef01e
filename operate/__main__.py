"""``python -m operate`` is ``thingsync``."""

from operate.app import main

if __name__ == "__main__":
    main()
