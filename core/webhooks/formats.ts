import { createHmac } from 'node:crypto'
import { toAt } from '../clock.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import type { Delivery } from './outbox.ts'
import { isTrouble, wordsOf } from './words.ts'

/** A request as it is sent; `path` below the origin of the webhook's url. */
export interface WebhookRequest {
  method: 'POST' | 'PUT'
  path: string
  headers: Record<string, string>
  body: string
}

/**
 * The request for one attempt. The body is the same at each; with a secret it is signed as Standard
 * Webhooks 1.0 says (https://www.standardwebhooks.com), over id, time of sending and body.
 */
export function buildRequest(
  spec: WebhookSpec,
  delivery: Delivery,
  { cluster, nowMs }: { cluster: string; nowMs: number },
): WebhookRequest {
  const { method, path, body } = SHAPES[spec.format](spec, delivery, cluster)
  const text = JSON.stringify(body)
  const timestamp = String(Math.floor(nowMs / 1000))
  return {
    method,
    path,
    body: text,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'spark-control',
      'webhook-id': delivery.event,
      'webhook-timestamp': timestamp,
      ...(spec.secret !== undefined && {
        'webhook-signature': `v1,${sign(spec.secret, `${delivery.event}.${timestamp}.${text}`)}`,
      }),
      ...(spec.token !== undefined && { authorization: `Bearer ${spec.token}` }),
    },
  }
}

/** HMAC-SHA256 in base64; the key is what stands after `whsec_`, decoded. */
const sign = (secret: string, content: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(content)
    .digest('base64')

type Shape = (
  spec: WebhookSpec,
  delivery: Delivery,
  cluster: string,
) => { method: 'POST' | 'PUT'; path: string; body: unknown }

const SHAPES: Record<WebhookSpec['format'], Shape> = {
  generic: ({ url }, { name, data, happenedAt }, cluster) => ({
    method: 'POST',
    path: pathOf(url),
    body: { type: name, timestamp: toAt(happenedAt), cluster, data },
  }),

  // As JSON to the server itself, since headers would take no umlauts: docs.ntfy.sh/publish.
  ntfy({ url }, delivery, cluster) {
    const path = new URL(url).pathname.split('/').filter(Boolean)
    return {
      method: 'POST',
      path: `/${path.slice(0, -1).join('/')}`,
      body: {
        topic: decodeURIComponent(path.at(-1) ?? ''),
        title: cluster,
        message: wordsOf(delivery),
        priority: isTrouble(delivery) ? 4 : 3,
        tags: [isTrouble(delivery) ? 'warning' : 'information_source'],
      },
    }
  },

  // Mattermost, Rocket.Chat and Discord (…/slack) take it too.
  slack: ({ url }, delivery, cluster) => ({
    method: 'POST',
    path: pathOf(url),
    body: { text: `*${escapeSlack(cluster)}*: ${escapeSlack(wordsOf(delivery))}` },
  }),

  // The transaction id makes a second attempt no second message.
  matrix: ({ room = '' }, delivery, cluster) => ({
    method: 'PUT',
    path: `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${delivery.event}`,
    body: {
      msgtype: isTrouble(delivery) ? 'm.text' : 'm.notice',
      body: `${cluster}: ${wordsOf(delivery)}`,
    },
  }),
}

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** Slack reads `<…>` as links and mentions: https://docs.slack.dev/messaging/formatting-message-text */
const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
