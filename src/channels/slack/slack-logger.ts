import { LogLevel, type Logger as SlackLogger } from '@slack/web-api';
import type { Logger } from '#log';

/** What Slack's packages remark, in our log. Their debug lines hold whole messages of people and are left out. */
export function toSlackLogger(log: Logger): SlackLogger {
  const words = (message: readonly unknown[]) => ({ slack: message.map(String).join(' ') });
  return {
    debug: () => undefined,
    info: (...message: readonly unknown[]) => log.debug(words(message), 'a remark of Slack’s package'),
    warn: (...message: readonly unknown[]) => log.warn(words(message), 'Slack’s package warns'),
    error: (...message: readonly unknown[]) => log.error(words(message), 'Slack’s package reports an error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
