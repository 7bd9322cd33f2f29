"""What happens at the institution: changes in its source systems, and the notices of them.

Kind: something that can happen, by its name: "a student changes name". Scene: when it happens, and
the chances by which it falls out. Happening: the changes of records, and what the systems will say
of them. Everything here is decided by the seed, the kind, and how often it has happened before;
nothing here keeps or sends anything: that is `control.occasions`.
"""

from intark_lab.events.kinds import KINDS, Kind
from intark_lab.events.scene import Happening, Notice, Scene

__all__ = ["KINDS", "Happening", "Kind", "Notice", "Scene"]
