
# `cargo xtask`: what `xtask` with the same words would be completed by.
complete -c cargo -n '__fish_seen_subcommand_from xtask' -f -a '(complete -C (string replace -r "^\s*cargo\s+" "" -- (commandline -cp)))'
