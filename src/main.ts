import { startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { ConfigError } from '#errors';
import { describeStart } from './describe-start.ts';

/** Running answers get this long to end after a SIGTERM or Ctrl+C. */
const drainMs = 25_000;

try {
  const config = loadConfig(readEnvironment(process.env));
  const app = await startApp(config);
  process.stdout.write(describeStart(app, config));

  const shutDown = (signal: NodeJS.Signals) => {
    process.stdout.write(`${signal} received: finishing running answers, then stopping.\n`);
    app.close(drainMs).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The service did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
