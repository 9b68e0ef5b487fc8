/** What shows a machine's own key to who sits at it, to be compared with what it shows here. */
export const COMPARE_KEYS = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'
