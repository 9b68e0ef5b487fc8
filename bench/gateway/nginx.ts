import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A JSON answer of about the size of a short completion. */
export const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(60) } }],
})

/** Writes a one-worker nginx: as the server that answers, or as a proxy in front of `origin`. */
export async function writeNginx(folder: string, name: string, origin: string | null) {
  const port = await freePort()
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  const location = origin
    ? `location /api/llm/ { proxy_pass http://up/; proxy_http_version 1.1;
         proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 1h; }`
    : `location / { default_type application/json; return 200 '${ANSWER}'; }`
  const up = origin
    ? `upstream up { server ${new URL(origin).host}; keepalive 1024; keepalive_requests 100000000; }`
    : ''
  const config = join(home, 'nginx.conf')
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path ${home}/b;
  proxy_temp_path ${home}/p; fastcgi_temp_path ${home}/f; uwsgi_temp_path ${home}/u;
  scgi_temp_path ${home}/s; ${up}
  server { listen 127.0.0.1:${port} backlog=4096; ${location} } }\n`,
  )
  return { port, args: ['-p', home, '-c', config, '-e', join(home, 'error.log')] }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}
