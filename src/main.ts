import { startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { loadEnvFile } from '#config/load-env-file.ts';
import { AppError, ConfigError } from '#errors';
import { describeStart } from './describe-start.ts';

try {
  loadEnvFile();
  const config = loadConfig(readEnvironment(process.env));
  const app = await startApp(config);
  let isStopping = false;
  const shutDown = (signal: NodeJS.Signals) => {
    if (isStopping) {
      process.stdout.write(`${signal} received again: stopping at once.\n`);
      process.exit(1);
    }
    isStopping = true;
    process.stdout.write(
      `${signal} received: finishing running answers, then stopping. Send it again to stop at once.\n`,
    );
    app.close(config.shutdownGraceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The service did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  process.stdout.write(describeStart(app, config));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
