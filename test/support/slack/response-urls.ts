import { randomUUID } from 'node:crypto';
import { acceptBlocks } from './blocks.ts';
import { type Fields, refuse, textOf } from './fields.ts';
import type { SeenMessage, SlackChannel, SlackUser, SlackWorld } from './world.ts';

/** Where a press or a command happened. */
export interface Spot {
  readonly channel: SlackChannel;
  readonly user: SlackUser;
  /** The message of the pressed button; null for a command. */
  readonly seen: SeenMessage | null;
}

const mostUses = 5;
const goodForMs = 30 * 60_000;

/** What presses and commands may be answered with, within half an hour and five times. */
export function createResponseUrls(world: SlackWorld, address: () => string, bot: (teamId: string) => string) {
  const known = new Map<string, { readonly spot: Spot; readonly madeAt: number; uses: number }>();

  function show(spot: Spot, answer: Fields): void {
    const { channel, user, seen } = spot;
    if (answer.delete_original === true || answer.replace_original === true) {
      change(spot, answer);
      return;
    }
    const { text, blocks } = contentOf(answer);
    const threadTs = textOf(answer.thread_ts) || (seen?.isReply === true ? seen.thread : null);
    if (text === '' && blocks.length === 0) refuse('no_text');
    const ephemeralTo = answer.response_type === 'in_channel' ? null : user.id;
    world.write({ channel, threadTs, userId: bot(channel.teamId), text, blocks, ephemeralTo });
  }

  function change({ seen }: Spot, answer: Fields): void {
    const original = seen === null ? null : world.find(seen.channel, seen.ts);
    if (original === null) return;
    const { edits } = original;
    if (answer.delete_original === true) original.isDeleted = true;
    else Object.assign(original, { ...contentOf(answer), isMarkdown: false, edits: edits + 1 });
    world.changed(original);
  }

  function contentOf(answer: Fields): { text: string; blocks: readonly Fields[] } {
    return { text: textOf(answer.text), blocks: acceptBlocks(answer.blocks, () => world.newId('b')) };
  }

  return {
    show,
    make(spot: Spot): string {
      const id = randomUUID();
      known.set(id, { spot, madeAt: Date.now(), uses: 0 });
      return `${address()}/actions/${id}`;
    },
    /** Makes all of them as old as they may get. */
    expire(): void {
      known.clear();
    },
    take(id: string, body: string): { status: number; text: string } {
      const found = known.get(id);
      if (found === undefined || Date.now() - found.madeAt > goodForMs) return { status: 404, text: 'expired_url' };
      if (found.uses >= mostUses) return { status: 404, text: 'used_url' };
      found.uses += 1;
      show(found.spot, JSON.parse(body) as Fields);
      return { status: 200, text: 'ok' };
    },
  };
}
export type ResponseUrls = ReturnType<typeof createResponseUrls>;
