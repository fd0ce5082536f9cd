# bash completion for PROGRAM: source <(PROGRAM completion bash)
_PROGRAM() {
	local word=${COMP_WORDS[COMP_CWORD]} line head IFS=$'\n'
	COMPREPLY=()
	for line in $("${COMP_WORDS[0]/#\~/$HOME}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
		head=${line#:* }
		case $line in
		:files*) COMPREPLY+=($(compgen -P "$head" -f -- "${word#"$head"}")) ;;
		:dirs*) COMPREPLY+=($(compgen -P "$head" -d -- "${word#"$head"}")) ;;
		*) COMPREPLY+=("${line%%$'\t'*}") && continue ;;
		esac
		compopt -o filenames 2>/dev/null
	done
	if [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _PROGRAM PROGRAM
