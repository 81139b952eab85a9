import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { BENCH_TEAM } from './bench-data.ts';
import { createModelServer } from './model-server.ts';

/* The model and the Ninox that both measured programs talk to, in a process of their own and as cheap as can be. */

const teams = JSON.stringify([{ id: BENCH_TEAM, name: 'Bench' }]);
const databases = JSON.stringify(
  ['crm', 'projects', 'inventory'].map((name, index) => ({ id: `benchdb0000${index}`, name })),
);
const ninox = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(request.url?.endsWith('/databases') === true ? databases : teams);
});
const model = createModelServer();

const listen = (server: http.Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
  });

const [modelUrl, ninoxUrl] = await Promise.all([listen(model), listen(ninox)]);
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', url: JSON.stringify({ modelUrl, ninoxUrl }) });
