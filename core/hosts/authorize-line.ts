/**
 * What to run on a host, as the user the controller comes as, to let this key in. On a line of its own
 * even where the last one of the file does not end.
 */
export const authorizeLine = (publicKey: string): string =>
  `mkdir -p ~/.ssh && chmod 700 ~/.ssh && printf '\\n%s\\n' '${publicKey}' >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`
