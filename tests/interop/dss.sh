#!/usr/bin/env bash
# EU DSS as a judge and as a producer:   dss.sh judge ROOT.pem FILE...  |  sign LEVEL PKI SIGNER TSA_URL IN OUT  |  ...
# (DssJudge.java says all). Built once, with the versions that dss/pom.xml pins, into .cache/; 77 when it cannot be.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/.cache/dss
for program in java javac mvn; do command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }; done
build() {
  rm -rf "$cache" "$cache.new"
  mkdir -p "$cache.new/classes" || return 1
  mvn -q -B -f "$here/dss/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$cache.new/lib" >&2 \
    && javac -d "$cache.new/classes" -cp "$cache.new/lib/*" "$here/dss/src/main/java/DssJudge.java" >&2 \
    && cat "$here/dss/pom.xml" "$here/dss/src/main/java/DssJudge.java" > "$cache.new/made-from" && mv "$cache.new" "$cache"
}
mkdir -p "$here/.cache"
exec 9> "$here/.cache/dss.lock"
flock 9
cat "$here/dss/pom.xml" "$here/dss/src/main/java/DssJudge.java" | cmp -s - "$cache/made-from" \
  || build || { echo "skipped: EU DSS cannot be built"; exit 77; }
flock -u 9
exec java -XX:+UseSerialGC -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$cache/classes:$cache/lib/*" DssJudge "$@"
