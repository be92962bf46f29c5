
# `cargo xtask`: the words after cargo go to _xtask, all else to what completed cargo before.
{ _comp_load cargo || _completion_loader cargo; } >/dev/null 2>&1
_xtask_cargo_before=$(complete -p cargo 2>/dev/null | sed -n 's/.*-F \([^ ]*\) .*/\1/p')
[[ $_xtask_cargo_before == _xtask_cargo ]] && _xtask_cargo_before=
_xtask_cargo() {
    if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == xtask ]]; then
        COMP_WORDS=("${COMP_WORDS[@]:1}")
        COMP_CWORD=$((COMP_CWORD - 1))
        _xtask xtask "$2" "$3"
    elif [[ -n $_xtask_cargo_before ]]; then
        "$_xtask_cargo_before" "$@"
    elif [[ $COMP_CWORD -eq 1 ]]; then
        COMPREPLY=($(compgen -W xtask -- "$2"))
    fi
}
complete -F _xtask_cargo -o bashdefault -o default cargo
