/** Goes to the folder, whose `~/` the shell has not seen. */
const ENTER = `case $dir in '~/'*) dir=$HOME/\${dir#'~/'} ;; esac
LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
export LC_ALL GIT_OPTIONAL_LOCKS GIT_TERMINAL_PROMPT` as const

/**
 * Reads how a work tree stands against its branch as it was fetched last. Changes nothing.
 * Arguments: docker or podman, folder, remote, branch, compose file or nothing.
 * Records: NODIR · NOGIT why · BRANCH name · HEAD commit, date, subject · DIRTY file · REMOTE commit ·
 * COUNT ahead, behind · CHANGE commit, date, subject (newest first) · FETCHED seconds since 1970 ·
 * COMPOSE file · RUNTIME status, why · TOOL command, and of docker-compose its version and the engine's · END
 */
export const UPDATE_LOOK_SCRIPT = `# reads the version and what is new
runtime=$1 dir=$2 remote=$3 branch=$4 compose=$5
${ENTER}
cd "$dir" 2> /dev/null || { printf 'NODIR\\nEND\\n'; exit; }
said=$(git rev-parse --is-inside-work-tree 2>&1) || {
  printf 'NOGIT\\t%s\\nEND\\n' "$(printf '%s' "$said" | head -n 1)"
  exit
}
printf 'BRANCH\\t%s\\n' "$(git symbolic-ref --short -q HEAD)"
git log -1 --format='HEAD%x09%H%x09%cI%x09%s' 2> /dev/null
git status --porcelain --untracked-files=no | head -n 20 | sed 's/^.. /DIRTY	/'
ref=refs/remotes/$remote/$branch
if git rev-parse -q --verify "$ref" > /dev/null; then
  printf 'REMOTE\\t%s\\n' "$(git rev-parse "$ref")"
  git rev-list --left-right --count "HEAD...$ref" | sed 's/^/COUNT	/'
  git log -20 --format='CHANGE%x09%H%x09%cI%x09%s' "HEAD..$ref"
fi
fetched=$(git rev-parse --git-path FETCH_HEAD)
[ ! -f "$fetched" ] || printf 'FETCHED\\t%s\\n' "$(stat -c %Y "$fetched" 2> /dev/null)"
for file in \${compose:-compose.yaml compose.yml docker-compose.yaml docker-compose.yml}; do
  if [ -f "$file" ]; then printf 'COMPOSE\\t%s\\n' "$file"; break; fi
done
said=$("$runtime" version 2>&1)
printf 'RUNTIME\\t%s\\t%s\\n' "$?" "$(printf '%s' "$said" | tail -n 1)"
# the plugin; where it lacks, the program it came after
if "$runtime" compose version > /dev/null 2>&1; then printf 'TOOL\\t%s compose\\n' "$runtime"
elif version=$("$runtime-compose" version --short 2> /dev/null); then
  engine=$("$runtime" version --format '{{.Server.Version}}' 2> /dev/null)
  printf 'TOOL\\t%s-compose\\t%s\\t%s\\n' "$runtime" "$version" "$engine"
fi
printf 'END\\n'
` as const

/** Fetches the branch, and nothing else. Arguments: folder, remote, branch. */
export const FETCH_SCRIPT = `# fetches the branch
dir=$1 remote=$2 branch=$3
${ENTER}
cd "$dir" || exit 1
# nobody is there to answer a question; what the owner has set up for git stays in force
if [ -z "$GIT_SSH_COMMAND" ] && [ -z "$(git config core.sshCommand)" ]; then
  GIT_SSH_COMMAND='ssh -o BatchMode=yes'
  export GIT_SSH_COMMAND
fi
git fetch --no-tags "$remote" "+refs/heads/$branch:refs/remotes/$remote/$branch" < /dev/null
` as const

/** Moves the work tree forward to a commit it has. Arguments: folder, commit. */
export const FORWARD_SCRIPT = `# moves the work tree forward
dir=$1
${ENTER}
cd "$dir" && git merge --ff-only "$2"
` as const

/** Puts the work tree back; refuses where that would lose an edit. Arguments: folder, commit. */
export const BACK_SCRIPT = `# puts the work tree back
dir=$1
${ENTER}
cd "$dir" && git reset --keep "$2"
` as const

/** Runs a command in the folder. Arguments: folder, the words of the command. */
export const IN_FOLDER_SCRIPT = `# runs a command in the folder of the source
dir=$1
shift
case $dir in '~/'*) dir=$HOME/\${dir#'~/'} ;; esac
cd "$dir" || exit 1
# one that a lost connection left running ends before the next begins
if lock=$(git rev-parse --git-path spark-control.lock 2> /dev/null) && command -v flock > /dev/null; then
  exec 9> "$lock"
  flock 9
fi
exec "$@"
` as const
