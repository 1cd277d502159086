#!/usr/bin/env bash
# Servers whose time-stamps must not be taken: C2 to C5 of the check-list, with the real program.
. "$(dirname "$0")/../e2e/lib.sh"
services
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: pyHanko is missing"; exit 77; }
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
cp kinds/classic.pdf in.pdf
export PYTHONPATH=$SOURCE/tests/attacks PYTHONDONTWRITEBYTECODE=1
"$SOURCE/tests/interop/.cache/venv/bin/python" "$SOURCE/tests/attacks/stamp_faults.py" "$PARAPHE" "$WORK"
