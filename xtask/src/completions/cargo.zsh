
# `cargo xtask`: the words after cargo go to _xtask, all else to what completed cargo before.
if [ "$funcstack[1]" != "_xtask" ]; then
    [[ $_comps[cargo] != _xtask_cargo ]] && _xtask_cargo_before=$_comps[cargo]
    _xtask_cargo() {
        if (( CURRENT > 2 )) && [[ $words[2] == xtask ]]; then
            shift words
            (( CURRENT-- ))
            _xtask "$@"
        elif [[ -n $_xtask_cargo_before ]]; then
            $_xtask_cargo_before "$@"
        else
            compadd xtask
        fi
    }
    compdef _xtask_cargo cargo
fi
