import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output; credentials that slip into a logged object are cut by name. */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
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
  const settings = { level: options.level, redact };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
