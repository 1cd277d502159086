#!/usr/bin/env bash
# `run`, `status`, `purge`: the job folder, what is frozen, what is refused, what is done once.
. "$(dirname "$0")/lib.sh"
cp "$FORMS"/lps-web-conforme.xlsx "$FORMS"/proxy-conforme.xlsx "$FORMS"/lps-vierge.xlsx "$FORMS"/proxy-vierge.xlsx "$FORMS"/bad/non-sans-commentaire.xlsx .

# the folder stands beside the form, for its owner alone; the second run does nothing again
run 0 run lps-web-conforme.xlsx --deposit-date 2026-11-23 --until check
says err "lps-web-conforme.xlsx: check done"
says err "Thresholds met"
says out "Job folder: lps-web-conforme.paraphe"
present lps-web-conforme.paraphe/{job.json,journal.jsonl,1/grid.json,1/lps-web-conforme.xlsx}
ok "the folder is closed to others" test "$(stat -c %a lps-web-conforme.paraphe lps-web-conforme.paraphe/1 | tr '\n' ' ')" = "700 700 "
ok "files are closed to others" test -z "$(find lps-web-conforme.paraphe -type f ! -perm 600)"
cp -a lps-web-conforme.paraphe before
run 0 run lps-web-conforme.xlsx --until check
says err "check was done already"
ok "nothing changed" diff -r before lps-web-conforme.paraphe
run 0 run --job lps-web-conforme.paraphe --until check --json
json "d['format'], d['status'], d['forms'][0]['stages']['check']['state']" "('paraphe-run', 0, 'done')"
run 0 status lps-web-conforme.paraphe
says out "check: done \(thresholds met, last day of deposit 2027-09-10\)"
says out "Next: "
run 0 status lps-web-conforme.paraphe --json
json "d['format'], d['next']['code'], d['role']" "('paraphe-status', 'run', 'editeur')"
lang fr
run 0 status lps-web-conforme.paraphe
says out "contrôle : fait \(seuils respectés, dernier jour de dépôt 10/09/2027\)"
lang en
# no text of a cell in journal and job.json
ok "no cell text in the journal" test -z "$(grep -c 'Éditeur\|Commentaire' lps-web-conforme.paraphe/journal.jsonl | grep -v '^0')"

# rule sets and layout are copied into the job: what is learnt, changed or lost later changes no result of it
/usr/bin/python3 - lps-web-conforme.xlsx v9.xlsx << 'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        b.writestr(name, a.read(name).replace(b"SP&#201;CIMEN 2026.1", b"V9 2027"))
PY
run 0 form learn v9.xlsx --id v9 --source "a test"
echo '{"format":"paraphe-layout","version":1,"columns":{}}' > more.json
run 0 run v9.xlsx --deposit-date 2026-11-23 --until check --layout more.json
cp v9.paraphe/1/grid.json judged.json
ok "the rule set was used" grep -q '"id": *"v9"' judged.json
rm "$HOME/.config/paraphe/rulesets/v9.json" more.json v9.paraphe/1/grid.json
run 0 run --job v9.paraphe --until check
ok "judged alike from the copies" cmp v9.paraphe/1/grid.json judged.json
run 0 run v9.xlsx --job other.paraphe --deposit-date 2026-11-23 --until check
ok "another job knows nothing of it" grep -q '"ruleset": *null' other.paraphe/1/grid.json

# what is frozen
run 2 run lps-web-conforme.xlsx --deposit-date 2026-11-24 --until check
says err "deposit-date was fixed when the job"
run 0 run lps-web-conforme.xlsx --deposit-date 2026-11-23 --until check
run 2 run lps-web-conforme.xlsx --role auditeur --until check
says err "role was fixed"
run 2 run proxy-conforme.xlsx --job lps-web-conforme.paraphe --until check
says err "is not the form that the job"
run 4 run absent.xlsx --job lps-web-conforme.paraphe
run 2 run --job nulle-part
says err "is no job yet"
absent nulle-part
run 2 run --deposit-date hier lps-web-conforme.xlsx --job autre
says err "hier is no day"
run 2 run
run 2 run lps-web-conforme.xlsx --job autre --until verify
says err 'check\|report\|sign\|bundle\|submit'
run 4 run absent.xlsx
absent absent.paraphe autre double
mkdir -p anchors && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ancre -keyout /dev/null -out anchors/a.pem 2> /dev/null
run 0 run lps-web-conforme.xlsx --job ancres --trust anchors --deposit-date 2026-11-23 --until check
echo deux > anchors/a.pem
run 2 run --job ancres --until check
says err "What --trust names is not what it was"

# a form to correct ends the chain, each time with the same status
run 3 run non-sans-commentaire.xlsx --deposit-date 2026-11-23
says err "check ends the chain here"
says out "correct non-sans-commentaire.xlsx"
says err "Application web!G25 .*without a comment"
run 3 run non-sans-commentaire.xlsx
says err "Application web!G25 .*without a comment" # what to correct is said again, with its cell
run 3 run lps-vierge.xlsx --deposit-date 2026-11-23
says err 'and [0-9]+ more: "paraphe check" lists them'
run 0 form learn proxy-vierge.xlsx -o proxy-rules.json
run 3 run lps-web-conforme.xlsx --job regles --ruleset proxy-rules.json --deposit-date 2026-11-23
run 3 run --job regles
says err "asked for when the job regles was made"
run 0 status non-sans-commentaire.paraphe --json
json "d['next']['code'], d['next']['form']" "('correct-form', 'non-sans-commentaire.xlsx')"

# the same name, corrected: nothing was signed, so the job starts again; with --job it is refused
cp non-sans-commentaire.xlsx form.xlsx
run 3 run form.xlsx --deposit-date 2026-11-23
cp lps-web-conforme.xlsx form.xlsx
run 2 run form.xlsx --job form.paraphe
run 0 run form.xlsx --deposit-date 2026-11-23 --until report
says err "the job starts again"
present form.paraphe/1/rapport.pdf
ok "one journal from the start" test "$(grep -c created form.paraphe/journal.jsonl)" = 1

run 2 run --job lps-web-conforme.paraphe --initial proxy-conforme.xlsx
says err "initial was fixed"
run 2 run --job lps-web-conforme.paraphe --signed a.pdf --signed b.pdf
says err "signed was given more often"

# several forms
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job deux --deposit-date 2026-11-23 --until check
present deux/1/grid.json deux/2/grid.json
run 2 run lps-web-conforme.xlsx lps-web-conforme.xlsx --job double --until check
says err "was given twice"
absent double

# damage
cp -a deux torn && truncate -s -5 torn/journal.jsonl
run 0 status torn
says err "last line of the journal was torn"
run 0 run --job torn --until check
says err "last line of the journal was torn"
run 0 run --job torn --until check
ok "told once" test -z "$(grep torn "$ERR")"
cp -a deux damaged && sed -i '2s/done/dome/' damaged/journal.jsonl
run 10 run --job damaged --until check
says err "damaged at line 2"
run 10 status damaged
cp -a deux edited && sed -i 's/editeur/cabinet/' edited/job.json
run 10 run --job edited --until check
says err "is not as it was written"
cp -a deux open && chmod 777 open
run 2 run --job open --until check
says err "others may write to it"
mkdir full && echo x > full/photo.jpg
run 2 run lps-web-conforme.xlsx --job full
says err "holds other files"
run 2 status full
says err "no job folder"
present full/photo.jpg
(exec 9> deux/lock && flock 9 && run 2 run --job deux --until check && says err "Another run is at work" && [ "$FAILURES" = 0 ]) || FAILURES=$((FAILURES + 1))

# two runs that start the same job at once: one makes it, the other leaves it alone
for i in 1 2 3 4 5 6 7 8; do
  for k in 1 2; do
    "$PARAPHE" run proxy-conforme.xlsx --job "at-once-$i" --deposit-date 2026-11-23 --until check > "at-once.$k" 2>&1 < /dev/null &
  done
  wait
  present "at-once-$i/job.json" "at-once-$i/1/grid.json"
done
# purge
run 2 purge deux
says err "add --yes"
present deux/1/grid.json
CHECKS=$((CHECKS + 1)); LAST="purge, answered no"
PARAPHE_LANG=en /usr/bin/python3 - "$PARAPHE" purge deux > "$OUT" << 'PY' && fail "a no must not end well"
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
try:
    while b"[y/N]" not in seen:
        seen += os.read(fd, 4096)
    os.write(fd, b"n\n")
    while True:
        data = os.read(fd, 4096)
        if not data:
            break
        seen += data
except OSError:
    pass
print(seen.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
says out "left as it is"
present deux/1/grid.json
run 0 purge deux --yes
absent deux/1 deux/2
present deux/job.json deux/journal.jsonl
run 2 run --job deux
says err "was purged"
run 0 status deux
says out "purged"
run 0 purge deux --yes --json
json "d['format']" "paraphe-purge"
# a re-evaluation: the first form is kept in the job, and read there once the file is gone
cp "$FORMS/lps-web-haute.xlsx" h.xlsx
run 0 run "$FORMS/lps-web-reevaluation.xlsx" --initial h.xlsx --job re --deposit-date 2026-11-23 --until check
rm h.xlsx re/1/grid.json
run 0 run --job re --until check
ok "the first form is the job's" grep -q '"name": *"h.xlsx"' re/1/grid.json
# ... and found in the job when it is one of its forms, whatever their order: the earlier end counts, the earlier answers are shown beside
for order in "lps-web-haute.xlsx lps-web-reevaluation.xlsx" "lps-web-reevaluation.xlsx lps-web-haute.xlsx"; do
  read -r one two <<< "$order"
  run 11 run "$FORMS/$one" "$FORMS/$two" --job "both-${one%.xlsx}" --deposit-date 2026-11-23 --until check
  ok "found in the job: $one first" /usr/bin/python3 -c 'import json, sys
for n in "12":
    d = json.load(open(sys.argv[1] + "/" + n + "/grid.json"))
    again = d["form"]["name"] == "lps-web-reevaluation.xlsx"
    assert ((d["initial"] or {}).get("name"), d["deposit_until"]) == ("lps-web-haute.xlsx" if again else None, "2027-09-10"), d["initial"]' "both-${one%.xlsx}"
done
# a form whose last day is over: what is left leads to no deposit, which is said first
run 3 run "$FORMS/lps-web-conforme.xlsx" --job late --deposit-date 2027-09-20 --until check
says out 'Can no longer be deposited: lps-web-conforme.xlsx. Have the tests done again'
run 0 status late --json; json "d['next']['expired'], d['next']['sentence'][:16]" "(['lps-web-conforme.xlsx'], 'Can no longer be')"
run 0 run "$FORMS/lps-web-conforme.xlsx" --job early --deposit-date 2027-09-10 --until check
CHECKS=$((CHECKS + 1)); ! grep -q 'no longer' "$OUT" || fail 'the last day is still a day of deposit'
# ---- with a token: report, signature, verification ----
services
TOKEN+=(--cert subject:rsa2048) # the token of CTest holds four
WITH=(--deposit-date 2026-11-23 --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST")
run 2 run lps-web-conforme.xlsx --job chaine "${WITH[@]}" "${TOKEN[@]}" --until sign
says err "no terminal to ask it"
absent chaine/1/rapport-signe.pdf
# the card's options are remembered by the job: the folder alone is enough
run 0 run --job chaine --yes --role editeur --until sign --json
json "[d['forms'][0]['stages'][s]['state'] for s in ('check', 'report', 'sign', 'verify')]" "['done', 'done', 'done', 'done']"
json "d['forms'][0]['stages']['verify']['result']['signature'], d['forms'][0]['stages']['sign']['result']['level']" "('valid', 'B-T')"
present chaine/1/rapport-signe.pdf chaine/1/verdict.json
ok "pdfsig agrees" pdfsig -nocert chaine/1/rapport-signe.pdf
pdftotext chaine/1/rapport-signe.pdf "$OUT"
says out "^Signé le [0-9/]{10} à " # the report is French, the messages are not
ok "no reference, name or comment of the form in the journal" test -z "$(grep -c 'TI-LPS' chaine/journal.jsonl | grep -v '^0')"
cp chaine/1/rapport-signe.pdf first.pdf
# what is signed stands: another form of the same name needs a job of its own
cp lps-web-conforme.xlsx signed.xlsx
run 0 run signed.xlsx "${WITH[@]}" "${TOKEN[@]}" --yes --until sign
cp proxy-conforme.xlsx signed.xlsx
run 2 run signed.xlsx
says err "is not the form that the job"
present signed.paraphe/1/rapport-signe.pdf
# the signed file is lost: it comes back from the kept value, byte for byte but for the time-stamp, without a token
rm chaine/1/rapport-signe.pdf
run 0 run --job chaine --yes --until sign --token pkcs11:token=absent
present chaine/1/rapport-signe.pdf
ok "the report is the same" cmp -n "$(stat -c %s chaine/1/rapport.pdf)" chaine/1/rapport-signe.pdf first.pdf
# a wrong PIN, an absent token: said, nothing half made, and the chain goes on afterwards
echo 9999 > wrong && chmod 600 wrong
run 5 run lps-web-conforme.xlsx --job pin "${WITH[@]}" "${TOKEN[@]:0:4}" --cert subject:rsa2048 --pin-source file:wrong --yes --until sign
absent pin/1/rapport-signe.pdf
run 0 run --job pin --pin-source "file:$PARAPHE_TEST_PIN_FILE" --yes --until sign
# a level that needs a time-stamp service, and none: before the PIN
echo 9999 > wrong && chmod 600 wrong
run 2 run lps-web-conforme.xlsx --job niveau --deposit-date 2026-11-23 --level B-T "${TOKEN[@]:0:4}" --cert subject:rsa2048 --pin-source file:wrong --yes --until sign
says err '--tsa.*--level B-B'
absent niveau/1/rapport-signe.pdf
# B-B is said when there is no time-stamp service
run 0 run lps-web-conforme.xlsx --job bb --deposit-date 2026-11-23 "${TOKEN[@]}" --yes --until sign
says err "B-B"
run 0 status bb
says out "signature: done \(B-B\)"

# made elsewhere: the report is signed by other means and taken back
run 0 run lps-web-conforme.xlsx --job ailleurs --deposit-date 2026-11-23 --trust "$PARAPHE_TEST_TRUST" --until report
run 0 status ailleurs
says out "signed elsewhere and run"
run 0 sign ailleurs/1/rapport.pdf -o elsewhere.pdf "${TOKEN[@]}" --level B-B --yes
# a name that a terminal or a shell would act on, or that is no text: a plain copy, and commands that can be copied
odd=$'x\x1b[1m $(touch hacked)\n\xe9.xlsx'
ok "an odd name" cp lps-web-conforme.xlsx "$odd"
run 0 run "$odd" --deposit-date 2026-11-23 --until check
says out "paraphe run --job .'x.x1b.1m .\(touch hacked\).x0a"
present "${odd%.xlsx}.paraphe/1/x_[1m \$(touch hacked)__.xlsx"
run 0 check "$odd" --deposit-date 2026-11-23
says out "paraphe report .'x.x1b.1m .\(touch hacked\).x0a.xe9.xlsx' -o"
# a report of the same form, made and signed on another machine at another time, is this form's all the same...
run 0 run lps-web-conforme.xlsx --job autre-poste --deposit-date 2026-11-23 --trust "$PARAPHE_TEST_TRUST" --signed first.pdf --until sign
says err "says what lps-web-conforme.xlsx says"
same first.pdf autre-poste/1/rapport-signe.pdf
# ... another form's is not
run 6 run proxy-conforme.xlsx --job autre-formulaire --deposit-date 2026-11-23 --signed first.pdf --until sign
says err "does not say what proxy-conforme.xlsx says"
absent autre-formulaire/1/rapport-signe.pdf
run 0 run --job ailleurs --signed elsewhere.pdf --until sign
same elsewhere.pdf ailleurs/1/rapport-signe.pdf
run 0 run --job ailleurs --signed elsewhere.pdf --until sign --json
json "d['forms'][0]['stages']['sign']['state']" "taken"
run 2 run --job ailleurs --signed first.pdf --until sign
says err "is not the file that"
run 4 run --job ailleurs --signed absent.pdf --until sign
# an unsigned file is no signed report, nor is one that was changed; neither is taken, and the right one still can be
run 0 run lps-web-conforme.xlsx --job nu --deposit-date 2026-11-23 --until report
cp nu/1/rapport.pdf unsigned.pdf
run 6 run --job nu --signed unsigned.pdf --until sign
says err "not signed"; absent nu/1/rapport-signe.pdf
python3 -c 'import sys; b = bytearray(open("elsewhere.pdf", "rb").read()); b[3000] ^= 1; open("altered.pdf", "wb").write(b)'
run 6 run --job nu --signed altered.pdf --until sign
says err "changed after it was signed"; absent nu/1/rapport-signe.pdf
run 0 status nu
says out "signed elsewhere and run"
run 0 run --job nu --signed elsewhere.pdf --until sign
same elsewhere.pdf nu/1/rapport-signe.pdf
# two of them come back in any order; each goes to the form that it says, and so does one that comes alone and later
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job ordre --deposit-date 2026-11-23 --until report
says out "have ordre/1/rapport.pdf, ordre/2/rapport.pdf signed elsewhere"
run 0 sign ordre/1/rapport.pdf -o ordre-1.pdf "${TOKEN[@]}" --level B-B --yes
run 0 sign ordre/2/rapport.pdf -o ordre-2.pdf "${TOKEN[@]}" --level B-B --yes
run 0 run --job ordre --signed ordre-2.pdf --until report
same ordre-2.pdf ordre/2/rapport-signe.pdf; absent ordre/1/rapport-signe.pdf
ok "what was walked twice is said once" test "$(grep -c 'proxy-conforme.xlsx: report was done already' "$ERR")" = 1
run 0 run --job ordre --signed ordre-2.pdf --signed ordre-1.pdf --until sign
same ordre-1.pdf ordre/1/rapport-signe.pdf
# a form where a PDF is expected: named, beside the form that it is not
for option in --report --signed; do
  run 4 run lps-web-conforme.xlsx --job "tableur$option" --deposit-date 2026-11-23 "$option" proxy-conforme.xlsx --until sign
  says err '^paraphe: proxy-conforme.xlsx: This is not a PDF'
done
run 6 run --job ordre --signed ordre-1.pdf --signed ordre-1.pdf --until sign
says err "does not say what proxy-conforme.xlsx says"
# the job folder alone, as for status; a day that was over is no "thresholds met" to rely on
run 0 run ordre --until report
run 3 run lps-web-conforme.xlsx --job tard --deposit-date 2027-09-11 --until report
run 0 status tard; says out 'but no deposit possible: the last day was 2027-09-10'
run 0 status tard --json; json "d['deposit_date']" 2027-09-11
# the official report in place of ours
run 0 report proxy-conforme.xlsx -o official.pdf --deposit-date 2026-11-23
run 6 run proxy-conforme.xlsx --job officiel-faux --deposit-date 2026-11-23 --report ailleurs/1/rapport.pdf "${TOKEN[@]}" --yes --until sign
says err "does not say what proxy-conforme.xlsx says"
absent officiel-faux/1/rapport.pdf
# a text that cannot be compared: said before it is signed, and a signed one must come with what was signed
/usr/bin/python3 "$SOURCE/tests/documents/make_kinds.py" kinds > kinds.txt
run 0 run proxy-conforme.xlsx --job illisible --deposit-date 2026-11-23 --report kinds/classic.pdf "${TOKEN[@]}" --yes --until sign
says err "compare by eye"
run 0 sign kinds/classic.pdf -o other-signed.pdf "${TOKEN[@]}" --level B-B --yes
run 6 run proxy-conforme.xlsx --job illisible-signe --deposit-date 2026-11-23 --signed other-signed.pdf --until sign
says err "--report too"
run 0 run proxy-conforme.xlsx --job illisible-deux --deposit-date 2026-11-23 --report kinds/classic.pdf --signed other-signed.pdf --until sign
same other-signed.pdf illisible-deux/1/rapport-signe.pdf
run 0 run proxy-conforme.xlsx --job officiel --deposit-date 2026-11-23 --report official.pdf "${TOKEN[@]}" --yes --until sign
ok "what is taken is not said to have been done before" test "$(grep -c 'report was done already' "$ERR")" = 0
same official.pdf officiel/1/rapport.pdf
ok "the official report is what was signed" cmp -n "$(stat -c %s official.pdf)" officiel/1/rapport-signe.pdf official.pdf
# the role of the configuration, which the job keeps
printf '[job]\nrole = auditeur\n' > role.conf
run 0 run lps-web-conforme.xlsx --job de-conf --config role.conf --deposit-date 2026-11-23 "${TOKEN[@]}" --yes
says out "hand de-conf/1/rapport-signe.pdf over"
ok "nothing is said of a proxy" test -z "$(grep -i proxy "$OUT" "$ERR")"
run 0 run --job de-conf; run 0 status de-conf --json; json "d['role'], d['next']['code']" "('auditeur', 'hand-over')"
PARAPHE_JOB_ROLE=cabinet run 0 run lps-web-conforme.xlsx --job d-ailleurs --deposit-date 2026-11-23 --until check --json; json "d['role']" cabinet
# an auditor's chain ends with the signed report
run 0 run lps-web-conforme.xlsx --job audit --role auditeur --deposit-date 2026-11-23 "${TOKEN[@]}" --yes
present audit/1/verdict.json
absent audit/depot
says out "hand audit/1/rapport-signe.pdf over"
# ... or with what only the editor can open; a certificate that does not serve is refused before the job exists or keeps it
need openssl
for usage in keyEncipherment digitalSignature; do
  ok "a certificate for $usage" openssl req -x509 -newkey rsa:2048 -nodes -keyout $usage.key -out $usage.pem -days 30 -subj /CN=Editor -addext keyUsage=critical,$usage
done
run 6 run lps-web-conforme.xlsx --job refused --role auditeur --encrypt-to digitalSignature.pem "${TOKEN[@]}" --yes
says err 'not made for encryption'; absent refused
run 6 run --job audit --encrypt-to digitalSignature.pem
run 0 run --job audit --encrypt-to keyEncipherment.pem
says out 'dossier.zip.p7m, which only the editor'
ok "the editor opens it" openssl cms -decrypt -inform DER -binary -in audit/depot/dossier.zip.p7m -recip keyEncipherment.pem -inkey keyEncipherment.key -out opened.zip
same opened.zip audit/depot/dossier.zip
# a form that does not pass is handed over too, and said; no deposit comes of it
cp "$FORMS/lps-web-haute.xlsx" .
run 11 run lps-web-haute.xlsx --job echec --role auditeur --encrypt-to keyEncipherment.pem --deposit-date 2026-11-23 "${TOKEN[@]}" --yes
says err 'thresholds not met; handed over'; present echec/depot/dossier.zip.p7m
run 11 submit echec/depot
# --quiet: nothing when all is done; what is left to be done is said
run 0 run --job audit --quiet; silent out; silent err
run 3 run non-sans-commentaire.xlsx --job mauvais --deposit-date 2026-11-23 --quiet; says out 'mauvais'
# What does not serve is refused before a job freezes it, or adds it.
cp "$FORMS/lps-web-conforme.xlsx" gele.xlsx
for wrong in '--tsa x' '--hash md5' '--trust nowhere' '--to ftp://x/' '--ca nowhere' '--look nowhere' '--policy nowhere' '--image nowhere'; do
  # shellcheck disable=SC2086
  "$PARAPHE" run gele.xlsx --job gele $wrong > "$OUT" 2> "$ERR" < /dev/null; status=$?
  CHECKS=$((CHECKS + 1)); LAST="run gele.xlsx $wrong"
  case $status in 2 | 4) ;; *) fail "status $status" ;; esac
  absent gele
done
run 0 run gele.xlsx --job gele --until report
run 2 run --job gele --tsa x; says err 'no time-stamp server'
run 2 run --job gele --to x; says err 'https://'
run 0 run --job gele --until report # nothing of it was fixed

finish
