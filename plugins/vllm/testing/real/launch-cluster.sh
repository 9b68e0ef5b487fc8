#!/bin/bash
# Keeps the contract of spark-vllm-docker's launch-cluster.sh (2026-09), written anew for tests:
# flags, messages, exit statuses and the order of what it runs. Left out: --gpus (no GPU here),
# --privileged and --ulimit (test machines may not), mods, Ray.

IMAGE_NAME=vllm-node
CONTAINER_NAME=vllm_node
DOCKER_ARGS="-e NCCL_IGNORE_CPU_AFFINITY=1 $VLLM_SPARK_EXTRA_DOCKER_ARGS"
MASTER_PORT=29501
NODES=""
SOLO=false
DAEMON=false
ACTION=""

usage() {
  echo "Usage: $0 [-n <node_ips>] [-t <image_name>] [--name <container_name>] [-e K=V] [-v A:B]"
  echo "          [--solo] [--no-ray] [--master-port N] [-d] [action] [command]"
  echo "  -n, --nodes   comma-separated node IPs, the head first"
  echo "  --solo        this node only"
  echo "  --no-ray      several nodes without Ray (default)"
  echo "  -v, --volume  mount a volume"
  echo "  -d            daemon mode"
  echo "  action        start | stop | status | exec"
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    -n | --nodes) NODES=$2; shift ;;
    -t) IMAGE_NAME=$2; shift ;;
    --name) CONTAINER_NAME=$2; shift ;;
    -e | --env) DOCKER_ARGS="$DOCKER_ARGS -e $2"; shift ;;
    -v | --volume) DOCKER_ARGS="$DOCKER_ARGS -v $2"; shift ;;
    --master-port | --head-port) MASTER_PORT=$2; shift ;;
    --solo) SOLO=true ;;
    --no-ray) ;;
    -d) DAEMON=true ;;
    -h | --help) usage ;;
    start | stop | status) ACTION=$1 ;;
    exec)
      ACTION=exec
      shift
      COMMAND=("$@")
      break
      ;;
    *)
      echo "Error: Unknown argument or action: $1"
      usage
      ;;
  esac
  shift
done

if [ "$SOLO" = true ]; then
  echo "Solo mode enabled. Skipping node detection."
  NODES=127.0.0.1
elif [ -z "$NODES" ]; then
  echo "Error: No nodes configured." # the real one looks for them with ibdev2netdev
  exit 1
fi
IFS=, read -ra ALL <<< "$NODES"
HEAD=${ALL[0]}
PEERS=("${ALL[@]:1}")

echo "Head Node: $HEAD"
echo "Worker Nodes: ${PEERS[*]}"
echo "Container Name: $CONTAINER_NAME"
echo "Image Name: $IMAGE_NAME"
echo "Action: $ACTION"

# Runs a command line on a node: the head is this machine, all others are reached by SSH.
on() {
  local node=$1
  shift
  if [ "$node" = "$HEAD" ]; then bash -c "$*"; else ssh "$node" "$*"; fi
}

is_running() {
  on "$1" "docker ps --format '{{.Names}}'" < /dev/null | grep -qx -- "$CONTAINER_NAME"
}

check_peers() {
  local peer
  for peer in "${PEERS[@]}"; do
    if ! ssh -o BatchMode=yes -o ConnectTimeout=5 "$peer" true < /dev/null; then
      echo "Error: Passwordless SSH to $peer failed."
      exit 1
    fi
    echo "  SSH to $peer: OK"
  done
}

# Too few nodes for the command is an error before anything starts; nodes too many are left idle.
trim_nodes() {
  local wanted=1 key value
  while read -r key value; do
    wanted=$((wanted * value))
  done < <(printf '%s\n' "${COMMAND[*]}" |
    grep -oE -- '(-tp|-pp|-dp|--(tensor|pipeline|data)-parallel-size)[ =]+[0-9]+' | tr = ' ')
  if [ "$wanted" -gt "${#ALL[@]}" ]; then
    echo "Error: Command requires $wanted nodes but only ${#ALL[@]} node(s) are configured."
    exit 1
  fi
  if printf '%s\n' "${COMMAND[*]}" | grep -qE -- '-(tp|pp|dp)|-parallel-size'; then
    ALL=("${ALL[@]:0:$wanted}")
    PEERS=("${ALL[@]:1}")
  fi
}

check_images() {
  local own other peer
  [ ${#PEERS[@]} -eq 0 ] && return
  echo "Verifying Docker image consistency across cluster nodes..."
  own=$(docker image inspect --format '{{.Id}}' "$IMAGE_NAME")
  for peer in "${PEERS[@]}"; do
    other=$(on "$peer" "docker image inspect --format '{{.Id}}' $IMAGE_NAME" < /dev/null)
    if [ -z "$own" ] || [ "$own" != "$other" ]; then
      echo "Error: Cluster launch aborted because image '$IMAGE_NAME' is not in sync."
      exit 1
    fi
  done
  echo "Docker image consistency check passed."
}

# As in the real script, options are split into words unquoted, and the status of docker run is not
# looked at. $HOME is that of the node: the machines of a test share a user, not a home.
start_node() {
  local hub='${HF_HOME:-$HOME/.cache/huggingface}'
  on "$1" "docker run -d --rm --network host --name $CONTAINER_NAME --entrypoint= \
    -e VLLM_HOST_IP=$1 $DOCKER_ARGS -v \"$hub\":/root/.cache/huggingface $IMAGE_NAME \
    sleep infinity" < /dev/null
}

start_cluster() {
  local node
  for node in "${ALL[@]}"; do
    if is_running "$node"; then
      echo "Warning: Container '$CONTAINER_NAME' is already running on $node."
      echo "Cluster containers are already running. Skipping launch."
      return
    fi
  done
  check_images
  for node in "${ALL[@]}"; do
    local role=Worker
    [ "$node" = "$HEAD" ] && role=Head
    echo "Starting $role Node on $node..."
    start_node "$node"
  done
}

stop_cluster() {
  local node
  echo "Stopping cluster..."
  for node in "${ALL[@]}"; do
    on "$node" "docker stop $CONTAINER_NAME" < /dev/null > /dev/null 2>&1
  done
  echo "Cluster stopped."
}

# Starts the words on a node in the background; their output goes to the container's log.
dispatch() {
  local node=$1 line
  shift
  printf -v line '%q ' "$@"
  printf -v line '%q' "$line >> /proc/1/fd/1 2>&1"
  on "$node" "docker exec -d $CONTAINER_NAME bash -c $line" < /dev/null
}

execute() {
  local rank=0 peer
  printf -v line '%q ' "${COMMAND[@]}"
  echo "Executing command: $line"
  if [ "$DAEMON" = false ]; then
    trap stop_cluster EXIT INT TERM HUP
    docker exec -i "$CONTAINER_NAME" "${COMMAND[@]}"
    exit $?
  fi
  if [ ${#PEERS[@]} -eq 0 ]; then
    dispatch "$HEAD" "${COMMAND[@]}"
  else
    local spread=(--nnodes "${#ALL[@]}" --master-addr "$HEAD" --master-port "$MASTER_PORT")
    for peer in "${PEERS[@]}"; do
      rank=$((rank + 1))
      echo "Launching worker (rank $rank) on $peer..."
      dispatch "$peer" "${COMMAND[@]}" "${spread[@]}" --node-rank "$rank" --headless
    done
    dispatch "$HEAD" "${COMMAND[@]}" "${spread[@]}" --node-rank 0
  fi
  # whatever became of it: the script does not look
  echo "Command dispatched in background (Daemon mode). Container: $CONTAINER_NAME"
}

case $ACTION in
  stop) stop_cluster ;;
  status)
    for node in "${ALL[@]}"; do
      if is_running "$node"; then echo "[$node] RUNNING"; else echo "[$node] NOT running"; fi
    done
    ;;
  start)
    check_peers
    start_cluster
    ;;
  exec)
    trim_nodes
    check_peers
    start_cluster
    execute
    ;;
  *)
    echo "Error: No action specified. Use: start | stop | status | exec"
    usage
    ;;
esac
