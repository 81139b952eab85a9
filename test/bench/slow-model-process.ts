import { createServer } from 'node:http';
import { serveOn } from './process-protocol.ts';

/* A model that takes a minute before it says anything. */

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => response.writeHead(503).end(), 60_000).unref();
});
process.on('disconnect', () => process.exit(0));
serveOn(server);
server.listen(0, '127.0.0.1');
