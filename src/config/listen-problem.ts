import { ConfigError } from '#errors';

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  readonly portVariable: 'PORT' | 'STANDIN_NINOX_PORT';
}

/** A place that cannot be listened on, as a ConfigError that names the variable and the cure; other errors as they are. */
export function toListenProblem(error: unknown, { host, port, portVariable }: ListenPlace): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : null) {
    case 'EADDRINUSE':
      return new ConfigError(
        `${portVariable}: found “${port}”, which another program on this machine is using. Stop that one, or set another port; 0 takes any free one.`,
      );
    case 'EACCES':
      return new ConfigError(
        `${portVariable}: found “${port}”, which this account may not use. Set a port from 1024 up; 0 takes any free one.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(
        `HOST: found “${host}”, which is no address of this machine. Allowed: 127.0.0.1 for this machine only, 0.0.0.0 for all of its addresses, or one of them.`,
      );
    default:
      return error;
  }
}
