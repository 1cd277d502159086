#!/usr/bin/env bash
# Builds everything twice (with AddressSanitizer and UndefinedBehaviorSanitizer, and as a release) and runs all tests.
#   ./test.sh                 everything
#   ./test.sh -R NAME ...     options go to CTest (-L unit, -R form ...)
# JOBS=N sets how much runs at once. PARAPHE_CI=1 turns a skipped test into a failure.
set -euo pipefail
cd "$(dirname "$0")"
jobs=${JOBS:-$(nproc)}
started=$SECONDS

./packages.sh packages.txt tests/packages.txt

build() { # PRESET
  local log status=0
  log=$(mktemp)
  { cmake --preset "$1" && cmake --build --preset "$1" -j "$jobs"; } > "$log" 2>&1 < /dev/null || status=$?
  if [ $status -ne 0 ]; then
    grep -E 'error|FAILED|CMake Error' -A 6 "$log" | head -n 80 || tail -n 60 "$log"
    echo "The build \"$1\" failed; the whole log: $log"
  else
    rm -f "$log"
  fi
  return $status
}

status=0
results=()
tests() { # PRESET FOLDER [CTEST OPTION...]
  echo "== $1: build"
  build "$1" || { status=1; results+=("$1=build-failed"); return 0; }
  echo "== $1: tests"
  local preset=$1 folder=$2
  shift 2
  rm -f "$folder/results.xml"
  # A fault of ours fails twice; a daemon of somebody else (pcscd, a TPM, a registry) that stumbles once does not.
  ctest --test-dir "$folder" --repeat until-pass:2 --output-on-failure -j "$jobs" --output-junit results.xml "$@" < /dev/null || status=1
  results+=("$preset=$folder/results.xml")
}

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
# Which places that set an error were reached is recorded by the sanitized build.
export PARAPHE_ERR_SITES=$PWD/build-asan/err-sites
rm -f "$PARAPHE_ERR_SITES"
# What judges files, not memory, once is enough.
tests asan build-asan -LE 'interop|tree|bench' "$@"
unset PARAPHE_ERR_SITES
if [ $# -eq 0 ] && [ -s build-asan/err-sites ]; then
  echo "== errors that tests reach"
  /usr/bin/env python3 tests/tree/errors.py . build-asan/err-sites || { status=1; results+=("errors=unreached"); }
fi
tests release build -LE bench "$@"

/usr/bin/env python3 tests/summary.py "${results[@]}" || status=1
echo "Time: $((SECONDS - started)) s"
exit $status
