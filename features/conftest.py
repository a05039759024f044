"""Steps of this folder's own go here; one with the words of a library step replaces it."""
