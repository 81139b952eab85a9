import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  readonly destination?: DestinationStream;
  /** Applied to each whole line before it is written. */
  readonly scrub?: (line: string) => string;
}

/** JSON lines on standard output; credentials that slip into a logged object are cut by name, secrets in use by value. */
export function createLogger(options: LoggerOptions): Logger {
  const redact = {
    paths: [
      'req.headers.authorization',
      'req.headers.cookie',
      '*.apiKey',
      '*.authorization',
      'err.requestBodyValues',
      'err.cause.requestBodyValues',
    ],
    censor: '[removed]',
  };
  const { level, scrub } = options;
  const settings = { level, redact, ...(scrub === undefined ? {} : { hooks: { streamWrite: scrub } }) };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
