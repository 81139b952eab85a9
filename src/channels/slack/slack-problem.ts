import { faultOf } from './slack-fault.ts';

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
  const fault = faultOf(error);
  return (fault.kind === 'refused' || fault.kind === 'over') && gone.has(fault.code);
}

/** Whether Slack has asked for fewer calls. */
export function isRateLimited(error: unknown): boolean {
  return faultOf(error).kind === 'limited';
}
