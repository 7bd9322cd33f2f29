"""The made-up people of the institution, as Feide tells of them.

Claims and the scopes that open them: https://docs.feide.no/reference/apis/userinfo.html and
oauth_scopes.html. A person's Feide name (eduPersonPrincipalName) is their address.
"""

from intark_lab.birth import identity
from intark_lab.institution import Institution
from intark_lab.world import Person

OFFERED = 6
"""How many students and how many employees the login page offers."""
SCOPES = ("openid", "userid", "profile", "email", "userid-feide")


class Directory:
    def __init__(self, institution: Institution):
        self._institution = institution

    def offered(self) -> list[tuple[Person, str]]:
        """Whom the login page offers: people, each with `student` or `employee`."""
        world = self._institution.world
        students = [(student.person, "student") for student in world.students[:OFFERED]]
        employees = [(employee.person, "employee") for employee in world.employees[:OFFERED]]
        return employees + students

    def by_feide_name(self, name: str) -> Person | None:
        return next((one for one in self._institution.world.people if one.email == name), None)

    def by_number(self, number: int) -> Person | None:
        return next((one for one in self._institution.world.people if one.number == number), None)

    def subject(self, person: Person) -> str:
        """`sub`: a UUID, the same for every client."""
        return identity(self._institution.seed, "feide", str(person.number))

    def claims(self, person: Person, scope: str) -> dict:
        """What a client with these scopes learns of a person."""
        scopes = scope.split()
        claims: dict = {"sub": self.subject(person)}
        secondary = [f"feide:{person.email}"] if "userid-feide" in scopes else []
        claims["https://n.feide.no/claims/userid_sec"] = secondary
        claims["dataporten-userid_sec"] = secondary
        if secondary:
            claims["https://n.feide.no/claims/eduPersonPrincipalName"] = person.email
        if "profile" in scopes:
            claims["name"] = f"{person.given} {person.family}"
        if "email" in scopes:
            claims["email"] = person.email
            claims["email_verified"] = False  # Feide verifies none
        return claims
