"""Named places in the paths of flows and path mappings."""

import pytest

from intark_lab.gateway.paths import mapped, pattern


@pytest.mark.parametrize(
    ("path", "exact", "called", "matches"),
    [
        ("/", False, "/", True),
        ("/", False, "/emner/x", True),
        ("/", True, "/emner", False),
        ("/emner", False, "/emner", True),
        ("/emner", False, "/emner/x/y", True),
        ("/emner", False, "/emnerad", False),
        ("/emner/", False, "/emner", True),
        ("/emner", True, "/emner/x", False),
        ("/rom/:id", False, "/rom/B02/bookinger", True),
        ("/rom/:id", True, "/rom/B02", True),
        ("/rom/:id", True, "/rom", False),
        ("/rom/:id/bookinger", True, "/rom/B02/bookinger", True),
        ("/a.b", True, "/axb", False),
    ],
)
def test_pattern(path, exact, called, matches):
    assert (pattern(path, exact).fullmatch(called) is not None) is matches


def test_the_first_mapping_that_fits():
    mappings = ["/emner", "/emner/:id"]
    paths = ("/emner", "/emner/INF1100-1", "/x", "")
    assert [mapped(path, mappings) for path in paths] == ["/emner", "/emner/:id", None, None]
