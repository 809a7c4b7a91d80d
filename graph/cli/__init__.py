"""The command line, one file for each group of commands; `python -m graph` reads only the file of the one that is called."""
