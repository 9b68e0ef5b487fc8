import { WEIGHT } from '../finding.ts'
import { every, found, type Rule } from './rule.ts'

/** With a scheme, credentials and all; brackets and quotes end it. */
const WITH_SCHEME = /(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{0,15}:\/\/[^\s<>"'`{}|\\^]{1,2048}/g
const WITH_WWW = /(?<![\p{L}\p{N}@])www\d?\.[^\s<>"'`{}|\\^]{1,2048}/giu
const BARE =
  /(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}(\p{L}{2,24}|xn--[a-z0-9-]{2,59})(?![\p{L}\p{N}@_-])(?::\d{2,5})?(?:[/?#][^\s<>"'`{}|\\^]{0,2048})?/gu

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
  find: (text) => [
    ...every(WITH_SCHEME, text, ({ 0: all, index }) => trimmed(all, index, WEIGHT.exact)),
    ...every(WITH_WWW, text, ({ 0: all, index }) => trimmed(all, index, WEIGHT.exact)),
    ...every(BARE, text, ({ 0: all, 1: ending = '', index }) => {
      const isLower = ending === ending.toLowerCase() || ending === ending.toUpperCase()
      const tld = ending.toLowerCase()
      if (!isLower || (!TLD.has(tld) && !tld.startsWith('xn--') && !all.includes('/'))) return null
      // 'end.It' is a missing space, 'main.rs' a file
      const isDoubtful = ALSO_FILES.has(tld) && !/[/?]/.test(all) && all.split('.').length < 3
      return isDoubtful ? null : trimmed(all, index, WEIGHT.exact)
    }),
  ],
}

function trimmed(all: string, start: number, weight: number) {
  let end = all.length
  while (end > 0 && /[.,;:!?)\]*_-]/.test(all.charAt(end - 1))) {
    if (all.charAt(end - 1) === ')' && all.slice(0, end).includes('(')) break
    end--
  }
  return found(start, start + end, 'URL', weight)
}
