#!/usr/bin/env bash
# veraPDF judges files:   judge.sh 3a,ua1 FILE...     status 0 when all conform, 6 when one does not, 77 when it cannot run.
# The jars, pinned by pom.xml, are fetched once from Maven Central into ../.cache/verapdf.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../.cache/verapdf
[ $# -ge 2 ] || { echo "usage: judge.sh FLAVOURS FILE..." >&2; exit 2; }
for program in mvn javac java; do
  command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }
done
if ! cmp -s "$here/pom.xml" "$cache/pom.xml" || ! cmp -s "$here/src/main/java/Judge.java" "$cache/Judge.java"; then
  rm -rf "$cache"
  mkdir -p "$cache"
  { mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
      -DoutputDirectory="$cache/lib" && javac -encoding UTF-8 -cp "$cache/lib/*" -d "$cache/classes" "$here/src/main/java/Judge.java"; } >&2 \
    || { echo "skipped: veraPDF cannot be fetched"; rm -rf "$cache"; exit 77; }
  cp "$here/pom.xml" "$here/src/main/java/Judge.java" "$cache/"
fi
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$cache/classes:$cache/lib/*" Judge "$@" 2> /dev/null
