#compdef PROGRAM
# zsh completion for PROGRAM: source <(PROGRAM completion zsh), or this file as _PROGRAM in a directory of $fpath
_PROGRAM() {
	local line
	for line in ${(f)"$(${~words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
		local -a value=(${line%%$'\t'*}) shown=("${line/$'\t'/  -- }")
		case $line in
		:files*) [[ $line == *, ]] && compset -P '*,'; _files ;;
		:dirs*) _files -/ ;;
		*=) compadd -S '' -- $value ;;
		*) compadd -l -d shown -- $value ;;
		esac
	done
}
compdef _PROGRAM PROGRAM
