#!/usr/bin/env bash
# Every attack class of the literature on PDF signatures, made from a sound signed file, gets its verdict; sound files stay sound.
. "$(dirname "$0")/../e2e/lib.sh"
services
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: pyHanko is missing"; exit 77; }
export PYTHONPATH=$SOURCE/tests/attacks PYTHONDONTWRITEBYTECODE=1 PARAPHE
"$SOURCE/tests/interop/.cache/venv/bin/python" "$SOURCE/tests/attacks/attacks.py" "$PARAPHE_TEST_PKI" "$PARAPHE_TEST_TSA" "$WORK"
