# Completion for bash. Verbs and options are asked from the program itself, so that this file never lags behind.
_paraphe() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]} verb= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in -*) ;; *) verb=${COMP_WORDS[i]}; break ;; esac
  done
  COMPREPLY=()
  if [ -z "$verb" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2> /dev/null | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')" -- "$word")
    [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
    return
  fi
  case $word in
    -*)
      mapfile -t COMPREPLY < <(compgen -W "$("$program" "$verb" --help 2> /dev/null | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u)" -- "$word")
      return ;;
  esac
  local choices words
  if [ "$before" = "$verb" ]; then # explain, cells, learn... of form
    words=$("$program" "$verb" --help 2> /dev/null | grep -oE -- "paraphe $verb [a-z]{3,}" | sed 's/.* //' | sort -u)
    [ -z "$words" ] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    [ ${#COMPREPLY[@]} -eq 0 ] || return
  fi
  choices=$("$program" "$verb" --help 2> /dev/null | grep -oE -- "${before}[ =][A-Za-z0-9-]+(\\|[A-Za-z0-9-]+)+" | head -n 1)
  case $before in
    --*)
      if [ -n "$choices" ]; then
        # N stands for any number
        mapfile -t COMPREPLY < <(compgen -W "$(tr '|' '\n' <<< "${choices#"$before"?}" | grep -vx N)" -- "$word")
        return
      fi ;;
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -o filenames -F _paraphe paraphe
