# fish completion for PROGRAM: PROGRAM completion fish | source
function __PROGRAM_complete
	set -l words (commandline -opc)
	set -l word (commandline -ct)
	for line in (PROGRAM __complete $words[2..-1] "$word" 2>/dev/null)
		set -l head (string replace -r '^:\w+ ' '' -- $line)
		set -l tail (string sub -s (math (string length -- "$head") + 1) -- "$word")
		switch $line
			case ':files*'
				string replace -r '^' -- "$head" (__fish_complete_path "$tail")
			case ':dirs*'
				__fish_complete_directories "$word"
			case '*'
				echo $line
		end
	end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
