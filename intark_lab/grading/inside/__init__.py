"""What runs beside a stranger's code, in its process: a notebook's kernel without sockets.

Nothing in here is to be believed: the code that runs here can change it. What counts is kept by
the lab, in a process of its own.
"""
