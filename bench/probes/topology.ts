/** The topology.yaml of the simulated hosts: four servers and a container that is followed on each. */
export function topologyOf(ssh: readonly number[], http: readonly number[][]): string {
  const hosts = ssh.map(
    (port, n) => `  spark-${n}: { address: 127.0.0.1, user: alice, ssh: { port: ${port} } }`,
  )
  const services = http.map(
    (
      [chat, vectors, voice, ear],
      n,
    ) => `  chat-${n}: { kind: openai, host: spark-${n}, port: ${chat} }
  vectors-${n}: { kind: openai, host: spark-${n}, port: ${vectors}, paths: [embeddings] }
  voice-${n}: { kind: kokoro, host: spark-${n}, port: ${voice} }
  ear-${n}: { kind: parakeet, host: spark-${n}, port: ${ear} }
  bot-${n}: { kind: container, host: spark-${n}, container: bot }`,
  )
  return `cluster: bench\nhosts:\n${hosts.join('\n')}\nservices:\n${services.join('\n')}\n`
}
