#!/usr/bin/env bash
# Workbooks of public packages, written by Excel, Google Sheets, WPS, Apple Numbers, LibreOffice, ONLYOFFICE and others, collected
# once into .cache/: read as openpyxl reads them, or refused in one sentence.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/.cache
. "$here/libraries.sh"
/usr/bin/python3 "$here/public.py" collect "$cache/public" || exit $?
exec "$cache/venv/bin/python" "$here/public.py" compare "${PARAPHE:?}" "$cache/public"
