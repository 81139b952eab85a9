import type { SlackEventRecord } from '#db/repositories/slack-events.ts';
import { keptBody } from './delivery.ts';
import { handleCommand } from './handle-command.ts';
import { handleMessage } from './handle-message.ts';
import { handlePress } from './handle-press.ts';
import { handleEnded, handleHalt, handleHome } from './handle-workspace.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { Outcome } from './inbox.ts';
import { openThread } from './thread.ts';

/** Works one thing that Slack has sent. Throws where it is to be tried again. */
export async function workEvent(deps: HandlerDeps, event: SlackEventRecord): Promise<Outcome> {
  const body = keptBody.parse(event.body);
  const workspace = await deps.workspaces.byConnection(event.organizationId, event.connectionId);
  if (workspace === null) {
    deps.log.info({ eventId: event.id }, 'an event of Slack is dropped: its workspace is not connected any more');
    return { type: 'done' };
  }
  switch (body.type) {
    case 'message':
      return handleMessage(deps, workspace, { body, event });
    case 'press':
      return handlePress(deps, workspace, body);
    case 'command':
      return handleCommand(deps, workspace, body);
    case 'home':
      return handleHome(deps, workspace, body);
    case 'halt':
      return handleHalt(deps, workspace, body);
    case 'ended':
      return handleEnded(deps, workspace, body);
  }
}

const failed =
  'This could not be worked on, because something went wrong in the service. Send it again; if that does not help, whoever runs the service finds the reason in its log.';

/** Tells whoever has sent something that nothing comes of it. Never rejects. */
export async function tellFailure(deps: HandlerDeps, event: SlackEventRecord): Promise<void> {
  try {
    const body = keptBody.parse(event.body);
    const workspace = await deps.workspaces.byConnection(event.organizationId, event.connectionId);
    if (workspace === null) return;
    if (body.type === 'message') {
      const { channelId, threadTs } = body;
      await openThread(deps.clients, { workspace, channelId, threadTs }, deps.signal).post({ text: failed });
    } else if (body.type === 'press' || body.type === 'command') {
      const threadTs = body.type === 'press' ? body.threadTs : null;
      await deps.tellPerson({ ...body, workspace, threadTs }, failed);
    }
  } catch (error) {
    deps.log.warn({ err: error, eventId: event.id }, 'nobody in Slack could be told that something failed');
  }
}
