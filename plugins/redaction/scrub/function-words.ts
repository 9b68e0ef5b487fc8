/**
 * Words of English that carry no name. One of them in small letters is the word, even where a value
 * is spelled like it: "us" is not "US", "will" not "Will".
 */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a about after all also am an and any are as at be because been before being both but by can could
  did do does each few for from had has have he her here him his how i if in into is it its just may
  me might more most much must my no nor not now of off on once one only or other our out over own
  shall she should so some such than that the their them then there these they this those to too
  under until up us very was we were what when where which while who whom whose why will with would
  yes yet you your`
    .split(/\s+/)
    .filter(Boolean),
)
