"""The first page: for each person what they must do now, every number a link."""

from isoportal.home.today import Home, home, what_to_do

__all__ = ["Home", "home", "what_to_do"]
