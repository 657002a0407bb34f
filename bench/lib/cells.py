"""What is measured: each cell is one thing that every server is asked to do."""

import fnmatch
from dataclasses import dataclass

SIZES = (10, 100, 1000, 10_000)  # members of a room
PAYLOADS = {"100B": 100, "1KB": 1024}
IN_FLIGHT = (1, 4, 16)
RAMP = 10_000
MEMBERS_FLAT = (100, 300, 1000, 3000, 10_000)  # of 10,000 connections
CONNECTIONS_FLAT = (1000, 5000, 10_000, 15_000)  # in rooms of 100
ACROSS_SIZES = (10, 100, 1000)
ACROSS = ("troupe2", "redis2")
# Groups at half of the rate that a server reached in another group, in the same round.
OPEN_LOOP_GROUPS = {"latency": ("fanout", "ws"), "across-latency": ("across", "redis2")}


@dataclass(frozen=True)
class Cell:
    name: str
    group: str
    scenario: str  # of `troupe load`
    connections: int
    rooms: int = 1
    payload: int = 100
    in_flight: int = 1
    duration: float = 1  # times what was asked for
    seconds: float = 0  # exactly this long instead
    servers: tuple = ()  # only these; empty: all
    not_servers: tuple = ()
    tls: bool = False
    publishers: int = 1  # per room

    def takes(self, server):
        return server in self.servers if self.servers else server != "troupe2" and server not in self.not_servers

    @property
    def members(self):
        return self.connections // self.rooms


# With large payloads they show nothing that they do not show with small ones, and they take long to connect.
TWO_PROCESSES = ("redis2", "cluster2")


def rooms_of(size):
    """1,000 connections in rooms of this size, or one room."""
    return max(1, 1000 // size)


def fanout_name(size, payload, in_flight):
    return f"fanout/{size}/{payload}/{in_flight}"


def fanout():
    for size in SIZES:
        for payload, size_of_payload in PAYLOADS.items():
            for k in IN_FLIGHT:
                name, rooms = fanout_name(size, payload, k), rooms_of(size)
                yield Cell(name, "fanout", "fanout", size * rooms, rooms, size_of_payload, k, not_servers=TWO_PROCESSES if payload == "1KB" else ())


def latency():
    """At half of what Node managed in the same round, so these come after `fanout`."""
    for size in SIZES:
        yield Cell(f"latency/{size}", "latency", "fanout", size * rooms_of(size), rooms_of(size), duration=2)


def across_name(size, in_flight):
    return f"across/{size}/{in_flight}"


def across():
    """Rooms whose members are on two nodes, with a publisher on each: what goes between nodes, and in which order it arrives."""
    for size in ACROSS_SIZES:
        rooms = rooms_of(size)
        for k in (1, 16):
            yield Cell(across_name(size, k), "across", "fanout", size * rooms, rooms, in_flight=k, servers=ACROSS, publishers=2)
        yield Cell(f"across-latency/{size}", "across-latency", "fanout", size * rooms, rooms, servers=ACROSS, publishers=2, duration=2)


def saturating(cell):
    """The cells that show how much a server manages in rooms like those of this open-loop cell."""
    group, server = OPEN_LOOP_GROUPS[cell.group]
    names = [fanout_name(cell.members, "100B", k) for k in IN_FLIGHT] if group == "fanout" else [across_name(cell.members, 16)]
    return server, names


def others():
    for connections in (1, 100, 1000):
        yield Cell(f"echo/{connections}", "echo", "echo", connections)
    yield Cell(f"ramp/{RAMP}", "ramp", "connect", RAMP, 100)
    yield Cell(f"ramp-tls/{RAMP}", "ramp-tls", "connect", RAMP, 100, tls=True, servers=("troupe", "ws"))
    yield Cell(f"idle/{RAMP}", "idle", "idle", RAMP, 100, seconds=25)  # every connection is pinged once in it


def flatness():
    for size in MEMBERS_FLAT:
        rooms = RAMP // size
        yield Cell(f"members/{size}", "members", "fanout", rooms * size, rooms, servers=("troupe", "floor"))
    for connections in CONNECTIONS_FLAT:
        yield Cell(f"connections/{connections}", "connections", "fanout", connections, connections // 100, servers=("troupe", "floor"))


ALL = [*fanout(), *latency(), *across(), *others(), *flatness()]
BY_NAME = {cell.name: cell for cell in ALL}


def select(patterns):
    """Cells that one of the patterns names, in their order; a group's name stands for all of it."""
    chosen = [c for c in ALL if any(c.group == p or fnmatch.fnmatch(c.name, p) for p in patterns)]
    unused = [p for p in patterns if not any(c.group == p or fnmatch.fnmatch(c.name, p) for c in ALL)]
    if unused:
        raise ValueError(f"no cell is called {', '.join(unused)}; the groups are {', '.join(dict.fromkeys(c.group for c in ALL))}")
    return chosen
