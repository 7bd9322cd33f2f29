"""How a submission is held: namespaces, Landlock, seccomp and limits, by way of ctypes alone.

`root` makes the file system that a warm process moves into, `hold` is what each child does to
itself before a stranger's code runs. Linux only; `levels` says what can be had here.
"""
