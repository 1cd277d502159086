# Sourced: the Python libraries of writers/requirements.txt, installed once into .cache/venv; two tests may come at once.
# $here and $cache are set; 77 when they cannot be installed.
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if ! cmp -s "$here/writers/requirements.txt" "$cache/requirements.txt"; then
  rm -rf "$cache/venv"
  { /usr/bin/python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install -q --disable-pip-version-check -r "$here/writers/requirements.txt"; } >&2 ||
    { echo "skipped: the Python libraries cannot be installed"; exit 77; }
  cp "$here/writers/requirements.txt" "$cache/requirements.txt"
fi
exec 9>&-
