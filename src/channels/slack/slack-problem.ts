/** The word Slack refused a call with; null for everything else that can go wrong. */
export function slackProblemOf(error: unknown): string | null {
  const data = propertyOf(error, 'data');
  const word = propertyOf(data, 'error');
  return propertyOf(error, 'code') === 'slack_webapi_platform_error' && typeof word === 'string' ? word : null;
}

/** Whether Slack has asked for fewer calls. */
export function isRateLimited(error: unknown): boolean {
  return propertyOf(error, 'code') === 'slack_webapi_rate_limited_error';
}

/** The message, or where it stood, is not there any more, or may not be changed: to try again changes nothing. */
const gone = new Set([
  'message_not_found',
  'channel_not_found',
  'thread_not_found',
  'is_archived',
  'not_in_channel',
  'cant_update_message',
  'edit_window_closed',
  'user_not_found',
  'user_disabled',
  'cannot_dm_bot',
]);

export function isGone(error: unknown): boolean {
  const word = slackProblemOf(error);
  return word !== null && gone.has(word);
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
