#!/usr/bin/python3
"""Sums up CTest's JUnit files, NAME=FILE each: prints failures, skips and one closing line. Status 1 on a failure, on a skip
when PARAPHE_CI is set, and when nothing ran at all."""
import os
import sys
import xml.etree.ElementTree as tree


def main():
    passed, failed, skipped = 0, [], []
    for argument in sys.argv[1:]:
        name, _, path = argument.partition("=")
        if not os.path.exists(path):
            failed.append(f"{name}: no result ({path})")
            continue
        for case in tree.parse(path).getroot().iter("testcase"):
            label = f"{name}: {case.get('name')}"
            if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                message = case.find("skipped")
                skipped.append(label + (f" ({message.get('message')})" if message is not None else ""))
            elif case.find("failure") is not None or case.get("status") == "fail":
                failed.append(label)
            else:
                passed += 1
    strict = os.environ.get("PARAPHE_CI") == "1"
    if strict:
        failed += [label + ": skipped, which counts as failed here" for label in skipped]
        skipped = []
    for label in failed:
        print("FAILED  " + label)
    for label in skipped:
        print("skipped " + label)
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
