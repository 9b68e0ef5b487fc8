/**
 * Shell text that finds the hub folder as huggingface_hub does: sets `hub` and `source` from
 * `given`, the HF_HOME of the topology or ''. POSIX sh.
 */
export const FIND_HUB = `home_of() {
  case $1 in
    '~') printf '%s' "$HOME" ;;
    '~/'*) printf '%s' "$HOME/\${1#??}" ;;
    *) printf '%s' "$1" ;;
  esac
}
if [ -n "$given" ]; then
  source=topology hub=$(home_of "$given")/hub
elif [ -n "\${HF_HUB_CACHE:-}" ]; then
  source=HF_HUB_CACHE hub=$HF_HUB_CACHE
elif [ -n "\${HUGGINGFACE_HUB_CACHE:-}" ]; then
  source=HUGGINGFACE_HUB_CACHE hub=$HUGGINGFACE_HUB_CACHE
elif [ -n "\${HF_HOME:-}" ]; then
  source=HF_HOME hub=$(home_of "$HF_HOME")/hub
else
  source=default hub=\${XDG_CACHE_HOME:-$HOME/.cache}/huggingface/hub
fi
` as const
