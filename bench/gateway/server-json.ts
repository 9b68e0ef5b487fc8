import { createServer } from 'node:http'
import { ANSWER } from './nginx.ts'

/** The answering server where nginx is not installed. */
const server = createServer((req, res) => {
  req.resume()
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length })
  res.end(ANSWER)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})
