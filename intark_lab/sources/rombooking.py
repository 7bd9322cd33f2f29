"""Rombooking: the rooms, and what they are booked for beside teaching."""

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import bilingual, room_reference, unit_reference
from intark_lab.world import World


def rom(world: World) -> list[dict]:
    """The rooms, building by building."""
    return [
        {
            **room_reference(room),
            "etasje": room.floor,
            "type": room.kind,
            "antall_plasser": room.seats,
            "stengt_fra": None,
        }
        for room in world.rooms
    ]


def bookinger(world: World) -> list[dict]:
    """The bookings, in the order of their time."""
    return [
        {
            "id": booking.number,
            "rom": room_reference(booking.room),
            "dato": booking.date,
            "fra": booking.start,
            "til": booking.end,
            "formal": bilingual(booking.purpose),
            "organisasjonsenhet": unit_reference(booking.unit),
        }
        for booking in world.bookings
    ]


COLLECTIONS = {
    "rom": Spec(
        rom,
        "id",
        {
            "bygning": lambda room, value: room["bygning"]["kode"] == value,
            "type": lambda room, value: room["type"] == value,
            "min_plasser": lambda room, value: room["antall_plasser"] >= value,
        },
    ),
    "bookinger": Spec(
        bookinger,
        "id",
        {
            "rom": lambda booking, value: booking["rom"]["id"] == value,
            "dato": lambda booking, value: booking["dato"] == value,
            "ou_id": lambda booking, value: booking["organisasjonsenhet"]["ou_id"] == value,
        },
    ),
}
