/**
 * What the form has where there is no topology yet. Names no kind: the page "Add machines" finds what
 * runs on a machine, and docs/topology.md tells the rest.
 */
export const STARTER = `# Your machines and what runs on them. Every key: docs/topology.md.
cluster: my-cluster

hosts:
  spark-1:
    # IP address in your own network, and the user to come as by SSH.
    address: <spark-1-ip>
    user: <spark-user>
  spark-2:
    address: <spark-2-ip>
    user: <spark-user>

# "Add machines" in the dashboard finds what runs there and writes it for you.
services: {}
`
