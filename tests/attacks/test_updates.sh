#!/usr/bin/env bash
# Later updates of signed files, drawn at random with a fixed seed: where they pass as what may change, pdftoppm shows nothing else than was signed.
. "$(dirname "$0")/../e2e/lib.sh"
services
need pdftoppm
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: pyHanko is missing"; exit 77; }
export PYTHONPATH=$SOURCE/tests/attacks PYTHONDONTWRITEBYTECODE=1 PARAPHE
"$SOURCE/tests/interop/.cache/venv/bin/python" "$SOURCE/tests/attacks/random_updates.py" "$PARAPHE_TEST_PKI" "$WORK" --seed 1 --count 80
