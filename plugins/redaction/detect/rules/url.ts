import { type Candidate, WEIGHT } from '../finding.ts'
import { found, type Rule } from './rule.ts'

/** With a scheme, credentials and all; brackets and quotes end it. */
const WITH_SCHEME = /[A-Za-z][A-Za-z0-9+.-]{0,15}:\/\/[^\s<>"'`{}|\\^]{1,2048}/y
const NAKED =
  /(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}(xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}@_-])(?::\d{2,5})?(?:[/?#][^\s<>"'`{}|\\^]{0,2048})?/uy
const WITH_WWW = /www\d?\.[^\s<>"'`{}|\\^]{1,2048}/iy

/** Endings people write sites with. Country codes that are file endings as well count only with a path. */
const TLD = new Set(
  (
    'com org net edu gov mil int info biz name pro museum aero coop jobs mobi travel tel cat asia post xxx app dev io ai ' +
    'cloud online site store shop blog tech xyz club live news life world today space website agency digital email ' +
    'group media network solutions systems services support team work works zone academy capital care center city ' +
    'company consulting design energy engineering events expert finance fund global guru health host house land law ' +
    'link local lan internal intranet corp home test example invalid onion page photo photos pub report reviews rocks ' +
    'run sale school science social studio style top tours training university ventures vip wiki wine win bank me tv cc ' +
    'ac ad ae af ag al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cd cf cg ' +
    'ch ci ck cl cm cn co cr cu cv cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg ' +
    'gi gl gm gn gp gq gr gt gu gw gy hk hm hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh ki km kn kp kr ' +
    'kw ky kz la lb lc li lk lr lt lu lv ly ma mc mg mh ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni ' +
    'nl no np nr nu nz om pa pe pf pg ph pk pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sj sk sl sm sn sr ss st su ' +
    'sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'
  ).split(' '),
)
const ALSO_FILES = new Set(
  'md py rs sh ps pl so mk gz js ts am st do no in is it me at id be to'.split(' '),
)

export const url: Rule = {
  name: 'URL',
  find: ({ text }) => [...withScheme(text), ...naked(text)],
}

function withScheme(text: string): Candidate[] {
  const candidates: Candidate[] = []
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    let start = at
    while (at - start < 16 && /[A-Za-z0-9+.-]/.test(text.charAt(start - 1))) start--
    WITH_SCHEME.lastIndex = start
    const match = WITH_SCHEME.exec(text)
    if (!match) continue
    candidates.push(trimmed(match[0], start))
    at = Math.max(at, start + match[0].length - 3)
  }
  return candidates
}

const LABEL = /[\p{L}\p{N}-]/u
const MAX_LEFT = 64

/** From each dot between letters to the left until the name begins, then forward. */
function naked(text: string): Candidate[] {
  const candidates: Candidate[] = []
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    if (!LABEL.test(text.charAt(dot - 1)) || !LABEL.test(text.charAt(dot + 1))) continue
    let start = dot
    while (dot - start < MAX_LEFT && LABEL.test(text.charAt(start - 1))) start--
    while (text.charAt(start) === '-') start++
    if (/[@._-]/.test(text.charAt(start - 1))) continue
    const match = matchAt(WITH_WWW, text, start) ?? matchAt(NAKED, text, start)
    if (!match) continue
    if (isSite(match)) candidates.push(trimmed(match[0], start))
    dot = Math.max(dot, start + match[0].length - 1)
  }
  return candidates
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start
  return pattern.exec(text)
}

/** `end.It` is a missing space and `main.rs` a file. */
function isSite({ 0: all, 1: ending }: RegExpExecArray): boolean {
  if (ending === undefined) return true
  if (ending !== ending.toLowerCase() && ending !== ending.toUpperCase()) return false
  const tld = ending.toLowerCase()
  if (!TLD.has(tld) && !tld.startsWith('xn--') && !all.includes('/')) return false
  return !ALSO_FILES.has(tld) || /[/?]/.test(all) || all.split('.').length > 2
}

function trimmed(all: string, start: number): Candidate {
  let end = all.length
  while (end > 0 && /[.,;:!?)\]*_-]/.test(all.charAt(end - 1))) {
    if (all.charAt(end - 1) === ')' && all.slice(0, end).includes('(')) break
    end--
  }
  const isOpen = GIVES_ACCESS.test(all.slice(0, end))
  return found(start, start + end, isOpen ? 'SECRET' : 'URL', WEIGHT.exact)
}

/** A password before the host, or a parameter that is named like a credential: whoever has the URL is let in. */
const GIVES_ACCESS =
  /^[^/]{1,17}\/\/[^/?#@:]{0,128}:[^/?#@]{3,256}@|[?&;#][\w.-]{0,32}(?:token|key|secret|sig|signature|passw(?:or)?d|pwd|auth|jwt|session|sid|credential|code)=[^&#]{8,}/i
