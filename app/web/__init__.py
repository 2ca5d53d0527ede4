"""Pages for people, with everything they load bundled."""
