#!/usr/bin/env bash
# Completion in bash: verbs, options and choices come from the program itself.
. "$(dirname "$0")/lib.sh"
PATH=$(dirname "$PARAPHE"):$PATH
# shellcheck disable=SC1091
. "$SOURCE/completion/paraphe.bash"
complete_words() { # WORD... ; the last one is being typed
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  _paraphe
  printf '%s\n' "${COMPREPLY[@]}" > "$OUT"
  LAST="completing: $*"
  : > "$ERR"
}
has() { CHECKS=$((CHECKS + 1)); grep -qxF -- "$1" "$OUT" || fail "no $1 among the words"; }
export PARAPHE_LANG=en
complete_words paraphe con
has config
complete_words paraphe config --ts
has --tsa
complete_words paraphe config --lang ''
has fr
has en
complete_words paraphe sign --page ''
has last
CHECKS=$((CHECKS + 1)); ! grep -qxF N "$OUT" || fail 'N is offered as a word'
complete_words paraphe form ex
has explain
complete_words paraphe dossier ''
has add
touch formulaire.xlsx
complete_words paraphe config --config form
has formulaire.xlsx
PARAPHE_LANG=fr complete_words paraphe con
has config
finish
