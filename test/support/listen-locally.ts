import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Opens an app on a free port of this machine. `close` cuts whoever is still connected. */
export async function listenLocally(app: { listen(port: number, host: string): Server }) {
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
