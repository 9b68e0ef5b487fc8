/** `data:image/png;base64,…`, and base64 too long to be a text somebody wrote. */
const DATA_URL =
  /\bdata:(?:[a-z0-9.+-]{1,64}\/[a-z0-9.+-]{1,64}|(?=;))(?:;[^,;\s"'<>]{1,64}){0,8},[^\s"'<>)]*/gi
const LONG_BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{512,}={0,2}/g

/** What in a text nobody can look into. */
export const binaryIn = (text: string): { start: number; end: number }[] =>
  [DATA_URL, LONG_BASE64].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ 0: run, index }) => ({
      start: index,
      end: index + run.length,
    })),
  )

/** Keys under which APIs carry pictures, sound and files in base64. */
export const BINARY_KEYS: ReadonlySet<string> = new Set([
  ...['b64_json', 'file_data', 'image_data', 'audio_data', 'base64', 'blob'],
])
