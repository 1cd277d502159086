#!/usr/bin/python3
"""The arrows between rooms once more, by the symbols of the static libraries: what #include does not show (a declaration written
by hand, a macro) shows here. And only the network helper may need libcurl, only the second reader libqpdf.

    symbols.py SOURCE_FOLDER BUILD_FOLDER
"""
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402

FOUND = []


def symbols(library):
    """(defined, needed) global names of a static library; what it defines itself is not needed."""
    defined, needed = set(), {}
    done = subprocess.run(["nm", "-A", "-g", "-P", library], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        where, _, rest = line.partition("]: ")
        fields = rest.split()
        if len(fields) < 2:
            continue
        if fields[1] in "Uw":
            needed.setdefault(fields[0], where.rpartition("[")[2])
        else:
            defined.add(fields[0])
    return defined, {name: member for name, member in needed.items() if name not in defined}


def main():
    top, build = (os.path.abspath(path) for path in sys.argv[1:3])
    allowed = check.arrows_of(top)
    rooms = {}
    for library in glob.glob(os.path.join(build, "libroom_*.a")):
        target = os.path.basename(library)[len("libroom_"):-len(".a")]
        name = next((room for room in check.ROOMS if room.replace("/", "_") == target), None)
        if name:
            rooms[name] = symbols(library)
    if "base" not in rooms:
        print("no static libraries found in " + build)
        return 1
    owner = {}
    for room, (defined, _) in rooms.items():
        for name in defined:
            if name in owner:
                FOUND.append(f"{name} is defined in {owner[name]} and in {room} -> give one another name")
            owner[name] = room
    for room, (_, needed) in sorted(rooms.items()):
        for name, member in sorted(needed.items()):
            other = owner.get(name)
            if other and other != room and other not in allowed.get(room, ()):
                FOUND.append(f"{room}/{member}: uses {name} of {other} -> hand it in from cmd/, or move what both need down")
            if name.startswith("curl_") and member != "http.c.o" or name.startswith("qpdf_"):
                FOUND.append(f"{room}/{member}: uses {name} -> only its helper program may")
    program = subprocess.run(["readelf", "-d", os.path.join(build, "paraphe")], capture_output=True, text=True, check=True)
    for library in ("libcurl", "libqpdf", "libxmlsec1"):
        if library in program.stdout:
            FOUND.append(f"paraphe is linked with {library} -> only a helper program may load it (start-up time)")
    print("\n".join(FOUND))
    print(f"{len(rooms)} rooms, {len(owner)} symbols, {len(FOUND)} faults")
    return 1 if FOUND else 0


if __name__ == "__main__":
    sys.exit(main())
