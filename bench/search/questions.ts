/** A question, and words that stand in the passages of the docs which answer it and in no other. */
export interface Question {
  ask: string
  found: string
}

/**
 * Written from reading the docs, before anything was searched, and not changed after the figures
 * were seen. Two thirds ask as people do, in other words than the text; one third names the thing.
 */
export const QUESTIONS: readonly Question[] = [
  {
    ask: 'What happens to an edit of the configuration that is wrong?',
    found: 'with mistakes changes nothing',
  },
  { ask: 'How long am I kept logged in to the web page?', found: 'so for 30 days by a cookie' },
  { ask: 'Can a program that watches take actions too?', found: 'the most it may: read looks' },
  {
    ask: 'How many people may wait in line before they are turned away?',
    found: 'requests that wait for a place; more are answered 429',
  },
  {
    ask: 'Where do I put the password of a server without writing it into the file?',
    found: 'an environment variable of the controller',
  },
  {
    ask: 'May a server have an address on the public internet?',
    found: 'Servers are in private ranges only',
  },
  {
    ask: 'How do I get a message on my phone when something breaks?',
    found: 'comes with high priority on ntfy',
  },
  {
    ask: 'How often is a notification tried again when nobody answers?',
    found: 'After a failure the pause is 5 seconds',
  },
  { ask: 'Could I receive the same event two times?', found: 'Keep the ids you have seen' },
  {
    ask: 'When do you stop trying to tell me about an event?',
    found: 'After 24 hours an event is given up',
  },
  {
    ask: 'Two programs want the graphics card at once, who gets it?',
    found: 'One holder at a time',
  },
  {
    ask: 'Does my booking of the GPU survive a crash of the control program?',
    found: 'A restart of the controller',
  },
  {
    ask: 'Somebody went home and still blocks the machine, what can I do?',
    found: 'The dashboard shows holder, reason and the time left',
  },
  {
    ask: 'Tell others that I will need the card every night',
    found: 'A schedule tells people and other programs',
  },
  { ask: 'What about daylight saving time?', found: 'Where clocks are put forward' },
  {
    ask: 'How long is the history of who changed something kept?',
    found: 'for 400 days, 100,000 entries at most',
  },
  {
    ask: 'The machine freezes when it runs out of memory',
    found: 'A Spark that runs out of memory does not kill a process',
  },
  {
    ask: 'The engine crashed at night, is the model brought back by itself?',
    found: 'An engine of ours that is gone without an unload',
  },
  {
    ask: 'Free the memory when nobody has used the model for a while',
    found: 'after so long without a request `default_model`',
  },
  {
    ask: 'What does a caller see while the model is still being loaded?',
    found: 'gets the head of the answer and a comment at once',
  },
  {
    ask: 'Which model is next when several are wanted?',
    found: 'When a model has had `min_loaded`',
  },
  {
    ask: 'Are running answers cut off when another model is loaded?',
    found: 'for `drain_s` seconds; new ones get 503',
  },
  {
    ask: 'How is a model tested after it has started?',
    found: 'one question, and one tool call where',
  },
  {
    ask: 'Copy a model to the other machine instead of fetching it twice',
    found: 'over their `fabric` address: `rsync`',
  },
  {
    ask: 'I cancelled fetching a model, is there rubbish left on the disk?',
    found: "hub's list or `trees",
  },
  {
    ask: 'Remove files of a model that root wrote',
    found: 'a container wrote as root is removed by',
  },
  {
    ask: 'Will this model fit on my card?',
    found: '`GET /api/models/:key/fit`, the plan and the dialog reckon alike',
  },
  {
    ask: 'Why is there less memory for the engine than the system says is available?',
    found: 'On shared memory CUDA sees `MemFree` only',
  },
  {
    ask: 'Try the software without owning any hardware',
    found: 'Without a topology of yours it runs a',
  },
  {
    ask: 'How do I make a simulated machine break on purpose?',
    found: 'The body of `PUT` is an object of these',
  },
  {
    ask: 'Is there a login? May I open it to the world?',
    found: 'Made for a LAN or a VPN, not for the open internet',
  },
  {
    ask: 'Why do you not use a ready-made proxy library?',
    found: 'The proxy plugins of Fastify do not cancel',
  },
  {
    ask: 'Why does reading statistics not wake a sleeping server?',
    found: "Engines' metrics are read by the probe",
  },
  {
    ask: 'Restart a bot or a database from the dashboard',
    found: 'Any container on any host: a bot, a page, a database',
  },
  // those that name the thing
  { ask: 'JOB_INTERRUPTED', found: 'the controller stopped while the job was running' },
  { ask: 'what is HOST_KEY_CHANGED', found: 'the host key is not the one that was trusted' },
  {
    ask: 'error 417 EXPECTATION_FAILED',
    found: 'the Expect header asks for more than 100-continue',
  },
  {
    ask: 'UPSTREAM_NOT_PRIVATE',
    found: 'the name of the server resolves outside the private ranges',
  },
  { ask: 'trusted_proxies X-Forwarded', found: 'addresses or ranges of proxies whose' },
  { ask: 'hf_home setting of a host', found: 'where downloaded models lie' },
  { ask: 'disk_low 20g', found: 'tell the owner when a disk has less room than this' },
  { ask: 'whsec_ secret of a webhook', found: 'key of the signature: whsec_' },
  { ask: 'container_runtime podman', found: 'program that runs the containers on the machine' },
  { ask: 'croner time zones', found: 'croner reads cron expressions' },
  {
    ask: 'SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION',
    found: 'SGLang answers the first by writing one token',
  },
  { ask: 'port of LM Studio and llama.cpp', found: '11434 for Ollama, 8080 llama.cpp' },
  { ask: 'on_demand.preload', found: 'at the start if nothing is there' },
  { ask: 'recipe_version files of spark-vllm-docker', found: 'files are read by paste, drop or' },
  {
    ask: 'NOT_STOPPED after docker stop -t 15',
    found: 'name must be gone everywhere, the port must refuse',
  },
  { ask: 'X-Queue-Position header', found: 'which place it' },
]
