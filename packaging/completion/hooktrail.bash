# bash completion for hooktrail, made by `hooktrail completion bash`.
_hooktrail() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[1]} actions='' options=''
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'init send events show timeline history conversations leads agents stats rejected endpoint token erase retain hold keys export checkpoint prove evidence verify-bundle subject acts verify doctor reindex backup restore salvage compact help --help --version' -- "$word")
        return
    fi
    case $before in
    --data) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --since) [[ $command == backup ]] && mapfile -t COMPREPLY < <(compgen -d -- "$word") && return ;;
    --master-key | --signing-secret-file | --to | --state | --output | --checkpoint | --erasures | -o) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --order) mapfile -t COMPREPLY < <(compgen -W 'asc desc' -- "$word"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'parquet ndjson csv' -- "$word"); return ;;
    --compress) mapfile -t COMPREPLY < <(compgen -W 'none gzip zstd snappy' -- "$word"); return ;;
    --schema) mapfile -t COMPREPLY < <(compgen -W 'json postgresql clickhouse duckdb bigquery snowflake' -- "$word"); return ;;
    --scope) mapfile -t COMPREPLY < <(compgen -W 'read admin read,admin' -- "$word"); return ;;
    esac
    case $command in
    rejected) actions='list show retry drop' ;;
    endpoint) actions='list add rotate retire' ;;
    token) actions='list add revoke' ;;
    hold) actions='list add remove' ;;
    keys) actions='list rotate' ;;
    export) actions='status' ;;
    esac
    if [ -n "$actions" ]; then
        if [ "$COMP_CWORD" -eq 2 ] && [[ $word != -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$actions" -- "$word")
            return
        fi
        [[ ${COMP_WORDS[2]} == -* ]] || command+=" ${COMP_WORDS[2]}"
    fi
    case $command in
    'init') options='--origin --master-key --no-encryption --data --json --no-color --help --version' ;;
    'send') options='--url --type --samples --json --no-color --help --version' ;;
    'events') options='--follow --agent --conversation --lead --visitor --type --since --until --after --before --order --limit --cursor --data --json --no-color --help --version' ;;
    'show') options='--payload --data --json --no-color --help --version' ;;
    'timeline') options='--limit --cursor --data --json --no-color --help --version' ;;
    'history') options='--email --limit --cursor --data --json --no-color --help --version' ;;
    'conversations') options='--agent --conversation --lead --visitor --type --since --until --limit --cursor --data --json --no-color --help --version' ;;
    'leads') options='--agent --conversation --lead --visitor --since --until --limit --cursor --data --json --no-color --help --version' ;;
    'agents') options='--agent --since --until --limit --cursor --data --json --no-color --help --version' ;;
    'stats') options='--agent --type --since --until --data --json --no-color --help --version' ;;
    rejected | 'rejected list') options='--since --until --limit --cursor --data --json --no-color --help --version' ;;
    'rejected show') options='--payload --data --json --no-color --help --version' ;;
    'rejected retry') options='--all --data --json --no-color --help --version' ;;
    'rejected drop') options='--data --no-color --help --version' ;;
    endpoint | 'endpoint list') options='--data --json --no-color --help --version' ;;
    'endpoint add') options='--name --signing-secret-file --data --json --no-color --help --version' ;;
    'endpoint rotate') options='--data --json --no-color --help --version' ;;
    'endpoint retire') options='--confirm --data --json --no-color --help --version' ;;
    token | 'token list') options='--data --json --no-color --help --version' ;;
    'token add') options='--name --scope --data --json --no-color --help --version' ;;
    'token revoke') options='--data --json --no-color --help --version' ;;
    'erase') options='--email --seq --reason --dry-run --confirm --conversation --lead --data --json --no-color --help --version' ;;
    'retain') options='--dry-run --confirm --data --json --no-color --help --version' ;;
    hold | 'hold list') options='--data --json --no-color --help --version' ;;
    'hold add') options='--note --conversation --lead --data --json --no-color --help --version' ;;
    'hold remove') options='--data --json --no-color --help --version' ;;
    keys | 'keys list') options='--data --json --no-color --help --version' ;;
    'keys rotate') options='--master --to --signing --origin --confirm --data --json --no-color --help --version' ;;
    'export') options='--to --name --format --compress --tables --full --lock-timeout --file-size --singer --state --schema --for-spreadsheets --since --until --data --json --no-color --help --version' ;;
    'export status') options='--data --json --no-color --help --version' ;;
    'checkpoint') options='--key --acts --data --json --no-color --help --version' ;;
    'prove') options='--consistency --output --acts --data --no-color --help --version' ;;
    'evidence') options='--seq --output --conversation --lead --data --json --no-color --help --version' ;;
    'verify-bundle') options='--key --json --no-color --help --version' ;;
    'subject') options='--email --output --conversation --lead --data --json --no-color --help --version' ;;
    'acts') options='--since --until --after --before --order --limit --cursor --data --json --no-color --help --version' ;;
    'verify') options='--checkpoint --without-index --data --json --no-color --help --version' ;;
    'doctor') options='--data --json --no-color --help --version' ;;
    'reindex') options='--data --json --no-color --help --version' ;;
    'backup') options='--since --data --json --no-color --help --version' ;;
    'restore') options='--erasures --data --json --no-color --help --version' ;;
    'salvage') options='--to --data --json --no-color --help --version' ;;
    'compact') options='--data --json --no-color --help --version' ;;
    'help') options='--no-color --help --version' ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ $command == send || $command == backup || $command == restore || $command == salvage || $command == verify-bundle ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _hooktrail hooktrail
